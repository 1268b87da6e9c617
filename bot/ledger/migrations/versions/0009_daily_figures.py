"""What old deliveries and attempts are folded into."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_WHOLE = sa.text("NOT folded")


def upgrade() -> None:
    """A column that says what is folded (an older worker need not know it), and an empty table."""
    op.add_column("deliveries", sa.Column("folded", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_deliveries_whole", "deliveries", ["changed_at"], sqlite_where=_WHOLE, postgresql_where=_WHOLE)
    op.create_table(
        "daily_figures",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("delay", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "counted IN ('delivery', 'attempt', 'arrival')", name=op.f("ck_daily_figures_counted_known")
        ),
        sa.PrimaryKeyConstraint("day", "counted", "subject", "outcome", name=op.f("pk_daily_figures")),
    )
