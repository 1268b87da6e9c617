"""What is held and what is uncertain is found without reading what is done."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Two indexes of few rows."""
    for state, columns in (("held", ["channel", "id"]), ("uncertain", ["id"])):
        rows = sa.text(f"state = '{state}'")
        op.create_index(f"ix_deliveries_{state}", "deliveries", columns, sqlite_where=rows, postgresql_where=rows)
