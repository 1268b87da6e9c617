"""Pages of posted stories: when they were asked for, and since when they are gone."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One table, empty."""
    op.create_table(
        "pages",
        sa.Column("story", sa.Integer(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("gone_since", Moment(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_pages_story")),
        sa.PrimaryKeyConstraint("story", name=op.f("pk_pages")),
    )
