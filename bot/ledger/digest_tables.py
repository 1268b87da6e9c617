"""The tables of subscribers' digests: since when a story can be told in one, and what each edition tells."""

from sqlalchemy import Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text

from bot.ledger.moment import Moment
from bot.ledger.naming import metadata

# By the clock of the round that first saw that a story's fan-out had begun. Rounds come one after the other, so a
# moment between two of them divides stories: what one reader was told, and what their next digest tells.
digest_marks = Table(
    "digest_marks",
    metadata,
    Column("fanout", Integer, primary_key=True, autoincrement=False),
    Column("carrier", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_digest_marks_at", "at"),
)

digest_stories = Table(
    "digest_stories",
    metadata,
    # The shared edition.
    Column("shared", Integer, nullable=False),
    Column("story", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    # It was told before, and is told again because it was wrong.
    Column("corrected", Boolean, nullable=False),
    PrimaryKeyConstraint("shared", "story"),
    Index("ix_digest_stories_story", "story"),
)
