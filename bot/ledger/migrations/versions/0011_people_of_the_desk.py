"""The people of the desk, and what it remembers of its conversations."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0011"
down_revision = "0010"

_ROLES = "role IN ('reader', 'contributor', 'editor', 'admin')"


def upgrade() -> None:
    """Six tables, all empty."""
    op.create_table(
        "people",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.CheckConstraint(_ROLES, name=op.f("ck_people_role_known")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_people")),
    )
    op.create_table(
        "invitations",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.CheckConstraint(_ROLES, name=op.f("ck_invitations_role_known")),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_invitations")),
    )
    op.create_table(
        "dialogues",
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "person", name=op.f("pk_dialogues")),
    )
    op.create_table(
        "desk_messages",
        sa.Column("chat", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("story", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("picture", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint(
            "shows IN ('story', 'preview', 'answer', 'alarm', 'withdrawal')", name=op.f("ck_desk_messages_shows_known")
        ),
        sa.PrimaryKeyConstraint("chat", "message", name=op.f("pk_desk_messages")),
    )
    op.create_index("ix_desk_messages_story", "desk_messages", ["story"], unique=False)
    op.create_table(
        "updates",
        sa.Column("bot", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "number", name=op.f("pk_updates")),
    )
    op.create_table(
        "source_pauses",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_pauses")),
    )
