"""What editors order of a story."""

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Seven empty tables."""
    op.create_table(
        "orders",
        _story(),
        sa.Column("needed", sa.Integer(), nullable=False),
        _text("because"),
        _text("signed"),
        _text("hurried"),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("scheduled", Moment(), nullable=True),
        sa.Column("embargo", Moment(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=True),
        sa.Column("renew", sa.Boolean(), nullable=False),
        _known("orders"),
        sa.PrimaryKeyConstraint("story", name=op.f("pk_orders")),
    )
    _index("ix_orders_embargo", "orders", "embargo", "embargo IS NOT NULL")
    _index("ix_orders_renew", "orders", "story", "renew")
    op.create_table(
        "overrides",
        _story(),
        _text("channel"),
        sa.Column("goes", sa.Boolean(), nullable=False),
        _text("who"),
        _text("why"),
        _known("overrides"),
        sa.PrimaryKeyConstraint("story", "channel", name=op.f("pk_overrides")),
    )
    op.create_table(
        "wordings",
        _story(),
        _text("channel"),
        sa.Column("revision", sa.Integer(), nullable=False),
        _text("wording"),
        _text("who"),
        sa.Column("at", Moment(), nullable=False),
        _known("wordings"),
        sa.PrimaryKeyConstraint("story", "channel", name=op.f("pk_wordings")),
    )
    op.create_table(
        "corrections",
        _story(),
        sa.Column("revision", sa.Integer(), nullable=False),
        _text("kind"),
        _text("correction"),
        _text("who"),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('typo', 'update', 'correction')", name=op.f("ck_corrections_kind_known")),
        _known("corrections"),
        sa.PrimaryKeyConstraint("story", "revision", name=op.f("pk_corrections")),
    )
    op.create_table(
        "unreached",
        _story(),
        sa.Column("revision", sa.Integer(), nullable=False),
        _text("channel"),
        _text("why"),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("seen_by", sa.Text(), nullable=True),
        sa.Column("seen_at", Moment(), nullable=True),
        _known("unreached"),
        sa.PrimaryKeyConstraint("story", "revision", "channel", name=op.f("pk_unreached")),
    )
    _index("ix_unreached_unseen", "unreached", "at", "seen_at IS NULL")
    op.create_table(
        "pins",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("channel"),
        _story(),
        sa.Column("until", Moment(), nullable=True),
        _text("who"),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        _text("problem"),
        _known("pins"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pins")),
        sqlite_autoincrement=True,
    )
    _index("uq_pins_current", "pins", "channel", "ended_at IS NULL", unique=True)
    _index("ix_pins_ended_at", "pins", "ended_at", "receipt IS NOT NULL")
    op.create_table(
        "reversals",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("who"),
        _story(),
        _text("verb"),
        sa.Column("at", Moment(), nullable=False),
        _text("changed"),
        sa.Column("undone_at", Moment(), nullable=True),
        _known("reversals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversals")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reversals_who", "reversals", ["who", "at"], unique=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _story() -> sa.Column[int]:
    return sa.Column("story", sa.Integer(), nullable=False, autoincrement=False)


def _known(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f(f"fk_{table}_story"))


def _index(name: str, table: str, column: str, where: str, *, unique: bool = False) -> None:
    """Of some rows only."""
    some = sa.text(where)
    op.create_index(name, table, [column], unique=unique, sqlite_where=some, postgresql_where=some)
