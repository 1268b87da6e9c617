"""Conversations laid aside for another question, and which chats have a menu of verbs."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Two tables, both empty."""
    op.create_table(
        "laid_aside",
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "person", "verb", name=op.f("pk_laid_aside")),
    )
    op.create_table(
        "menus",
        sa.Column("bot", sa.BigInteger(), nullable=False),
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "chat", name=op.f("pk_menus")),
    )
