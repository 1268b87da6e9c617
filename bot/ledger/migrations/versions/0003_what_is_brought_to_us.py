"""What is brought to us: arrivals, subscriptions at hubs, and stories that an editor must let go."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0003"
down_revision = "0002"

_WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Two tables and a column, all empty."""
    op.add_column("stories", sa.Column("held", sa.Text(), nullable=True))
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'unreadable')", name=op.f("ck_arrivals_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_arrivals_source_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_arrivals_source_received_at", "arrivals", ["source", "received_at"], unique=False)
    op.create_index(
        "ix_arrivals_waiting", "arrivals", ["due_at"], unique=False, sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.create_table(
        "subscriptions",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('wanted', 'asked', 'active', 'denied')", name=op.f("ck_subscriptions_state_known")
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_subscriptions")),
    )
