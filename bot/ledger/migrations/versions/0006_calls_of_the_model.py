"""Calls of the language model: what each cost, and what was answered for which story, revision and channel."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """One table, empty."""
    op.create_table(
        "model_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("story", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_calls")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_model_calls_at", "model_calls", ["at"], unique=False)
    op.create_index("ix_model_calls_story", "model_calls", ["story", "revision", "channel"], unique=False)
