"""The people of the desk, and what it remembers of its conversations."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Nothing yet."""
