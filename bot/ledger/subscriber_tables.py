"""The tables of subscribers, and of what is on its way to them."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.ledger.moment import Moment
from bot.ledger.naming import metadata, one_of
from bot.model.subscriber import Fanned, Membership, Progress

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("carrier", Text, nullable=False),
    # A keyed hash of the address: it is found, and nobody can list addresses.
    Column("mark", Text, nullable=False),
    # The address, sealed; none once somebody has left.
    Column("sealed", LargeBinary),
    # Links to this subscriber are made of it: another number, and all former links are dead.
    Column("generation", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False),
    # Choices, Timing, Reading and Consent as JSON.
    Column("choices", Text, nullable=False),
    Column("timing", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("consent", Text),
    Column("since", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # When a letter with their link was asked for that is still to be sent: the confirmation, or to who is a reader
    # already the way to their own page. And when the last one was begun.
    Column("asked_at", Moment),
    Column("told_at", Moment),
    # When the next digest is due, and since when its stories are counted.
    Column("digest_at", Moment),
    Column("digest_since", Moment),
    # Posts at once on that day of its own zone (such as "2026-11-24").
    Column("day", Text, nullable=False),
    Column("sent", Integer, nullable=False),
    # Refusals that say it is gone, one after the other.
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    UniqueConstraint("carrier", "mark"),
    one_of("state", Membership),
    Index("ix_subscribers_carrier_state", "carrier", "state", "id"),
    Index("ix_subscribers_state_changed_at", "state", "changed_at"),
    Index(
        "ix_subscribers_digest",
        "digest_at",
        sqlite_where=text("digest_at IS NOT NULL"),
        postgresql_where=text("digest_at IS NOT NULL"),
    ),
    Index(
        "ix_subscribers_asked",
        "asked_at",
        sqlite_where=text("asked_at IS NOT NULL"),
        postgresql_where=text("asked_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

# What marks and links are made with, sealed: other keys in the settings change neither.
subscriber_keys = Table(
    "subscriber_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

# Stories that were over somebody's daily number: for their next digest.
kept_back = Table(
    "kept_back",
    metadata,
    Column("subscriber", Integer, nullable=False),
    Column("story", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("subscriber", "story"),
)

# Outlives the subscriber: somebody who was banned does not come back by forgetting themselves.
bans = Table(
    "bans",
    metadata,
    Column("carrier", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("carrier", "mark"),
)

fanouts = Table(
    "fanouts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("story", Integer),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    # Its story is to be taken back from whoever has it.
    Column("withdrawn", Boolean, nullable=False),
    Column("cursor", Integer, nullable=False),
    Column("planned", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("title", Text, nullable=False),
    # Whom a broadcast is for: Choices as JSON.
    Column("choices", Text),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    # Deliveries by state, once their rows are folded: JSON.
    Column("folded", Text),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("story", "carrier"),
    one_of("kind", Fanned),
    one_of("state", Progress),
    Index(
        "ix_fanouts_open",
        "state",
        "due_at",
        sqlite_where=text("state <> 'done'"),
        postgresql_where=text("state <> 'done'"),
    ),
    Index("ix_fanouts_changed_at", "changed_at"),
    sqlite_autoincrement=True,
)

# An edition for all who read it alike; deliveries.shared names it.
shared_editions = Table(
    "shared_editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fanout", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    # Which readers: such as "zh card normal"; of a digest, a hash of what it tells.
    Column("variant", Text, nullable=False),
    Column("edition", Text, nullable=False),
    UniqueConstraint("fanout", "revision", "variant"),
    sqlite_autoincrement=True,
)

carrier_days = Table(
    "carrier_days",
    metadata,
    Column("day", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("joined", Integer, nullable=False),
    Column("left", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    PrimaryKeyConstraint("day", "carrier"),
)
