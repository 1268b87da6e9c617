"""Subscribers, and what is on its way to them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Eleven empty tables, and a column that an older worker need not know."""
    op.add_column("deliveries", sa.Column("shared", sa.Integer(), nullable=True))
    op.create_table(
        "subscribers",
        _number("id"),
        _text("carrier"),
        _text("mark"),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        _number("generation"),
        _text("state"),
        _text("why"),
        _text("choices"),
        _text("timing"),
        _text("reading"),
        _text("consent", nullable=True),
        _at("since"),
        _at("changed_at"),
        _at("asked_at", nullable=True),
        _at("told_at", nullable=True),
        _at("digest_at", nullable=True),
        _at("digest_since", nullable=True),
        _text("day"),
        _number("sent"),
        _number("failures"),
        _at("failing_since", nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'active', 'paused', 'lost', 'left', 'banned')",
            name=op.f("ck_subscribers_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("carrier", "mark", name=op.f("uq_subscribers_carrier_mark")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscribers_carrier_state", "subscribers", ["carrier", "state", "id"])
    op.create_index("ix_subscribers_state_changed_at", "subscribers", ["state", "changed_at"])
    _partial("ix_subscribers_digest", "subscribers", ["digest_at"], "digest_at IS NOT NULL")
    _partial("ix_subscribers_asked", "subscribers", ["asked_at"], "asked_at IS NOT NULL")
    op.create_table(
        "subscriber_keys",
        _text("name"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_subscriber_keys")),
    )
    op.create_table(
        "kept_back",
        _number("subscriber"),
        _number("story"),
        _at("at"),
        sa.PrimaryKeyConstraint("subscriber", "story", name=op.f("pk_kept_back")),
    )
    op.create_table(
        "bans",
        _text("carrier"),
        _text("mark"),
        _text("who"),
        _text("why"),
        _at("at"),
        sa.PrimaryKeyConstraint("carrier", "mark", name=op.f("pk_bans")),
    )
    op.create_table(
        "fanouts",
        _number("id"),
        _text("kind"),
        _text("carrier"),
        _number("story", nullable=True),
        _number("revision"),
        _text("state"),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        _number("cursor"),
        _number("planned"),
        _number("priority"),
        _at("due_at"),
        _text("title"),
        _text("choices", nullable=True),
        _text("who"),
        _text("why"),
        _text("folded", nullable=True),
        _at("created_at"),
        _at("changed_at"),
        sa.CheckConstraint("kind IN ('story', 'digest', 'broadcast')", name=op.f("ck_fanouts_kind_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'planning', 'going', 'stopped', 'done')", name=op.f("ck_fanouts_state_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fanouts")),
        sa.UniqueConstraint("story", "carrier", name=op.f("uq_fanouts_story_carrier")),
        sqlite_autoincrement=True,
    )
    _partial("ix_fanouts_open", "fanouts", ["state", "due_at"], "state <> 'done'")
    op.create_index("ix_fanouts_changed_at", "fanouts", ["changed_at"])
    op.create_table(
        "shared_editions",
        _number("id"),
        _number("fanout"),
        _number("revision"),
        _text("variant"),
        _text("edition"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_editions")),
        sa.UniqueConstraint("fanout", "revision", "variant", name=op.f("uq_shared_editions_fanout_revision_variant")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "carrier_days",
        _text("day"),
        _text("carrier"),
        _number("joined"),
        _number("left"),
        _number("lost"),
        _number("sent"),
        _number("failed"),
        sa.PrimaryKeyConstraint("day", "carrier", name=op.f("pk_carrier_days")),
    )
    op.create_table(
        "digest_marks",
        _number("fanout"),
        _text("carrier"),
        _at("at"),
        sa.PrimaryKeyConstraint("fanout", name=op.f("pk_digest_marks")),
    )
    op.create_index("ix_digest_marks_at", "digest_marks", ["at"])
    op.create_table(
        "digest_stories",
        _number("shared"),
        _number("story"),
        _number("revision"),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("shared", "story", name=op.f("pk_digest_stories")),
    )
    op.create_index("ix_digest_stories_story", "digest_stories", ["story"])
    op.create_table(
        "broadcasts",
        _number("id"),
        _text("text"),
        _text("language"),
        _text("topics"),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        _number("needed"),
        _text("signed"),
        _text("fanouts"),
        _at("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sqlite_autoincrement=True,
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment(), nullable=nullable)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
