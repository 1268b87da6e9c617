"""The tables of the desk: people, invitations, conversations, menus, its own messages, the updates it has seen."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from bot.ledger.moment import Moment
from bot.ledger.naming import metadata, one_of
from bot.model.desk import Role, Shows

people = Table(
    "people",
    metadata,
    # Telegram's number of the person.
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text),
    # A name a line; empty: no limit.
    Column("sections", Text, nullable=False),
    Column("channels", Text, nullable=False),
    Column("since", Moment, nullable=False),
    one_of("role", Role),
)

invitations = Table(
    "invitations",
    metadata,
    # A hash: who reads the ledger cannot use the link.
    Column("word", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("sections", Text, nullable=False),
    Column("channels", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("until", Moment, nullable=False),
    one_of("role", Role),
)

dialogues = Table(
    "dialogues",
    metadata,
    Column("chat", BigInteger, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("verb", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("until", Moment, nullable=False),
    PrimaryKeyConstraint("chat", "person"),
)

laid_aside = Table(
    "laid_aside",
    metadata,
    Column("chat", BigInteger, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("verb", Text, nullable=False),
    # The highest comes back first.
    Column("turn", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("until", Moment, nullable=False),
    PrimaryKeyConstraint("chat", "person", "verb"),
)

menus = Table(
    "menus",
    metadata,
    # Of which bot: another one shows its own.
    Column("bot", BigInteger, nullable=False),
    Column("chat", BigInteger, nullable=False),
    # In which language and for which role.
    Column("shown", Text, nullable=False),
    PrimaryKeyConstraint("bot", "chat"),
)

desk_messages = Table(
    "desk_messages",
    metadata,
    Column("chat", BigInteger, nullable=False),
    Column("message", BigInteger, nullable=False),
    Column("shows", Text, nullable=False),
    Column("story", Integer),
    Column("channel", Text),
    Column("word", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("picture", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("chat", "message"),
    one_of("shows", Shows),
    Index("ix_desk_messages_story", "story"),
)

updates = Table(
    "updates",
    metadata,
    # Of which bot: another one counts on its own.
    Column("bot", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
    Column("done", Boolean, nullable=False),
    PrimaryKeyConstraint("bot", "number"),
)

source_pauses = Table(
    "source_pauses",
    metadata,
    Column("source", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
