"""Tokens of accounts, encrypted, shared by all workers."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """One table, empty."""
    op.create_table(
        "tokens",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("refreshed_at", Moment(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_tokens")),
    )
