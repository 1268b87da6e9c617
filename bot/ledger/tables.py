"""The tables of the ledger; migrations/ builds exactly these, and a test compares."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
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
from bot.ledger.naming import metadata as metadata  # noqa: PLC0414 - whoever has the tables has what they are in
from bot.ledger.naming import one_of
from bot.ledger.pace_tables import breakers as breakers  # noqa: PLC0414
from bot.ledger.pace_tables import lanes as lanes  # noqa: PLC0414
from bot.ledger.pace_tables import pauses as pauses  # noqa: PLC0414
from bot.model.arrival import Arrived
from bot.model.delivery import Act, Outcome, State
from bot.model.subscription import Standing


def _while(state: str, name: str, *columns: str) -> Index:
    """An index of the few rows in that state, however many are in others. It is found by `moves.still`."""
    rows = text(f"state = '{state}'")
    return Index(name, *columns, sqlite_where=rows, postgresql_where=rows)


stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    # Set with a new revision, cleared in the transaction that writes its deliveries.
    Column("fresh", Boolean, nullable=False),
    # Known but never to be posted: it was older than the first look at its source.
    Column("remembered", Boolean, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    # The first of the stories that are one: its own number, until it joins another's.
    Column("cluster", Integer, nullable=False, server_default=text("0"), index=True),
    # Why an editor must let it go, whatever the routes say: somebody from outside brought it.
    Column("held", Text),
    Index("ix_stories_fresh", "id", sqlite_where=text("fresh"), postgresql_where=text("fresh")),
    Index("ix_stories_changed_at", "changed_at"),
    sqlite_autoincrement=True,
)

story_keys = Table(
    "story_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("story", Integer, ForeignKey("stories.id"), nullable=False, index=True),
)

revisions = Table(
    "revisions",
    metadata,
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("article", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    PrimaryKeyConstraint("story", "revision"),
)

anchors = Table(
    "anchors",
    metadata,
    # Of some passages of the story's text: whoever copies it has most of them.
    Column("hash", BigInteger, nullable=False),
    Column("story", Integer, ForeignKey("stories.id"), nullable=False),
    PrimaryKeyConstraint("hash", "story"),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("story", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("edition", Text, nullable=False),
    # One edition for many readers, instead of an own one: ledger/subscriber_tables.py.
    Column("shared", Integer),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    # Held because its channel is paused: resuming the channel releases it.
    Column("paused", Boolean, nullable=False),
    # An editor let it go: clearance does not hold it a second time.
    Column("released", Boolean, nullable=False),
    # Its words are gone, its identity and receipt stay: ledger/retention.py.
    Column("folded", Boolean, nullable=False, server_default=text("false")),
    Column("worker", Text),
    Column("lease_until", Moment),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("story", "revision", "channel", "act"),
    one_of("state", State),
    one_of("act", Act),
    _while("planned", "ix_deliveries_due", "channel", "due_at"),
    _while("sending", "ix_deliveries_sending", "lease_until"),
    _while("held", "ix_deliveries_held", "channel", "id"),
    _while("uncertain", "ix_deliveries_uncertain", "id"),
    # What stands before a delivery on its channel, also in a fan-out to a hundred thousand.
    Index("ix_deliveries_story_channel", "story", "channel"),
    Index("ix_deliveries_changed_at", "changed_at"),
    sqlite_autoincrement=True,
)
# A lane's most urgent one, however many wait.
Index(
    "ix_deliveries_lane",
    deliveries.c.lane,
    deliveries.c.priority.desc(),
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=text("state = 'planned'"),
    postgresql_where=text("state = 'planned'"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("delivery", Integer, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("lane", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", Text),
    Column("detail", Text, nullable=False),
    PrimaryKeyConstraint("delivery", "number"),
    one_of("outcome", Outcome),
    Index("ix_attempts_pace", "lane", "started_at"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("delivery", Integer, ForeignKey("deliveries.id"), primary_key=True),
    Column("platform_id", Text, nullable=False),
    Column("permalink", Text),
    Column("at", Moment, nullable=False),
    Column("sent", Text, nullable=False),
)

# The posts of a thread after its first, whose receipt stands in `receipts`.
parts = Table(
    "parts",
    metadata,
    Column("delivery", Integer, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("platform_id", Text, nullable=False),
    Column("permalink", Text),
    Column("at", Moment, nullable=False),
    Column("sent", Text, nullable=False),
    PrimaryKeyConstraint("delivery", "number"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("story", Integer, index=True),
    Column("revision", Integer),
    Column("channel", Text),
    Column("verb", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

sources = Table(
    "sources",
    metadata,
    Column("name", Text, primary_key=True),
    Column("memory", Text, nullable=False),
    Column("next_look", Moment, nullable=False, index=True),
    Column("last_look", Moment),
    Column("failures", Integer, nullable=False),
    Column("problem", Text, nullable=False),
)

arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    # Names the delivery: the same one twice acts once.
    Column("key", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("content_type", Text, nullable=False),
    # Let go once the ledger has its stories; kept where it could not be read.
    Column("body", LargeBinary),
    Column("state", Text, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("problem", Text, nullable=False),
    # Private: for editors, in no post, log or page.
    Column("contact", Text),
    UniqueConstraint("source", "key"),
    one_of("state", Arrived),
    Index("ix_arrivals_source_received_at", "source", "received_at"),
    _while("waiting", "ix_arrivals_waiting", "due_at"),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("source", Text, primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    # Ends the address that the hub is given, and what it signs with: made anew for each hub and topic.
    Column("word", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("lease_until", Moment),
    # When the hub is to be asked, or asked again.
    Column("next_at", Moment, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    one_of("state", Standing),
)

pages = Table(
    "pages",
    metadata,
    # Where a posted story stands on its site: asked for now and then.
    Column("story", Integer, ForeignKey("stories.id"), primary_key=True),
    Column("asked_at", Moment, nullable=False),
    # Since when it is answered by "no such page"; not, where it was there when it was last asked for.
    Column("gone_since", Moment),
    # An editor has been told: it is not asked for again.
    Column("told", Boolean, nullable=False),
)

model_calls = Table(
    "model_calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("story", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    # A hash of everything that was asked: another template or model asks anew.
    Column("question", Text, nullable=False),
    Column("at", Moment, nullable=False),
    # As the model's address counts them; until it answers, the most it may come to.
    Column("tokens", Integer, nullable=False),
    # NULL: there was none, or the worker died.
    Column("answer", Text),
    Column("problem", Text, nullable=False),
    Index("ix_model_calls_at", "at"),
    Index("ix_model_calls_story", "story", "revision", "channel"),
    sqlite_autoincrement=True,
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("told_at", Moment),
    # One open notice a subject: an editor is told once.
    Index(
        "uq_notices_open",
        "subject",
        unique=True,
        sqlite_where=text("told_at IS NULL"),
        postgresql_where=text("told_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)
