"""What editors order of a story."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing yet."""
