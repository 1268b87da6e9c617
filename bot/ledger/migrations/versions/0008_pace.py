"""What a lane and a channel remember of their pace, and the order in which a lane's deliveries are claimed."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0008"
down_revision = "0007"

_PLANNED = sa.text("state = 'planned'")


def upgrade() -> None:
    """Three columns that an older worker need not know, an empty table, two indexes."""
    op.add_column("lanes", sa.Column("spares", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("lanes", sa.Column("strikes", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("lanes", sa.Column("worker", sa.Text(), nullable=True))
    op.create_table(
        "breakers",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("probe_at", Moment(), nullable=True),
        sa.Column("probes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_breakers")),
    )
    op.create_index(
        "ix_deliveries_lane",
        "deliveries",
        ["lane", sa.text("priority DESC"), "due_at", "id"],
        unique=False,
        sqlite_where=_PLANNED,
        postgresql_where=_PLANNED,
    )
    op.create_index("ix_deliveries_story_channel", "deliveries", ["story", "channel"], unique=False)
