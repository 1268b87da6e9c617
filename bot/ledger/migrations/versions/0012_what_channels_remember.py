"""What a channel has begun on its platform, and whose mail came back."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Two tables, both empty."""
    op.create_table(
        "begun",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", name=op.f("pk_begun")),
    )
    op.create_index(op.f("ix_begun_at"), "begun", ["at"])
    op.create_table(
        "bounces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('hard', 'soft', 'complaint')", name=op.f("ck_bounces_kind_known")),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"], name=op.f("fk_bounces_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounces")),
        sa.UniqueConstraint("mark", "address", name=op.f("uq_bounces_mark_address")),
    )
    op.create_index(op.f("ix_bounces_address_at"), "bounces", ["address", "at"])
    op.create_index(op.f("ix_bounces_delivery"), "bounces", ["delivery"])
