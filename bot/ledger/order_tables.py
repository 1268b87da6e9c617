"""The tables of what editors order of a story."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from bot.ledger.moment import Moment
from bot.ledger.naming import metadata, one_of
from bot.model.order import Kind

orders = Table(
    "orders",
    metadata,
    Column("story", Integer, ForeignKey("stories.id"), primary_key=True, autoincrement=False),
    Column("needed", Integer, nullable=False),
    Column("because", Text, nullable=False),
    # JSON lists of names: each editor once.
    Column("signed", Text, nullable=False),
    Column("hurried", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("scheduled", Moment),
    Column("embargo", Moment),
    Column("picture", Text),
    # What waits is to be made anew first: an editor's words, picture or name are not in it yet.
    Column("renew", Boolean, nullable=False),
    Index(
        "ix_orders_embargo",
        "embargo",
        sqlite_where=text("embargo IS NOT NULL"),
        postgresql_where=text("embargo IS NOT NULL"),
    ),
    Index("ix_orders_renew", "story", sqlite_where=text("renew"), postgresql_where=text("renew")),
)

overrides = Table(
    "overrides",
    metadata,
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("goes", Boolean, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    PrimaryKeyConstraint("story", "channel"),
)

wordings = Table(
    "wordings",
    metadata,
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    # "": every channel that has none of its own.
    Column("channel", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("wording", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("story", "channel"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("correction", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("story", "revision"),
    one_of("kind", Kind),
)

unreached = Table(
    "unreached",
    metadata,
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("seen_by", Text),
    Column("seen_at", Moment),
    PrimaryKeyConstraint("story", "revision", "channel"),
    Index("ix_unreached_unseen", "at", sqlite_where=text("seen_at IS NULL"), postgresql_where=text("seen_at IS NULL")),
)

pins = Table(
    "pins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    Column("until", Moment),
    Column("who", Text, nullable=False),
    Column("at", Moment, nullable=False),
    # An editor, its end or another pin ended it; what is on top of the channel is taken down by the next tick.
    Column("ended_at", Moment),
    # The post that is on top by this pin, as JSON; none before it is pinned and after it was unpinned.
    Column("receipt", Text),
    Column("tries", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("problem", Text, nullable=False),
    # One pinned story a channel, never two.
    Index(
        "uq_pins_current",
        "channel",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "ix_pins_ended_at",
        "ended_at",
        sqlite_where=text("receipt IS NOT NULL"),
        postgresql_where=text("receipt IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

reversals = Table(
    "reversals",
    metadata,
    # How to take an order back: what it changed, before and after, as JSON.
    Column("id", Integer, primary_key=True),
    Column("who", Text, nullable=False),
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    Column("verb", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("changed", Text, nullable=False),
    Column("undone_at", Moment),
    Index("ix_reversals_who", "who", "at"),
    sqlite_autoincrement=True,
)
