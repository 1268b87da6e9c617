"""Threads: the receipts of the posts after the first."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """One table, empty."""
    op.create_table(
        "parts",
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.Text(), nullable=False),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_parts_delivery")),
        sa.PrimaryKeyConstraint("delivery", "number", name=op.f("pk_parts")),
    )
