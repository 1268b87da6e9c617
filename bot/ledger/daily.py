"""The table of daily figures: what is left to count of deliveries, attempts, calls and letters of long ago."""

from sqlalchemy import BigInteger, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, text

from bot.ledger.naming import metadata, one_of
from bot.ledger.tables import deliveries
from bot.model.figure import Counted

_WHOLE = text("NOT folded")

Index("ix_deliveries_whole", deliveries.c.changed_at, sqlite_where=_WHOLE, postgresql_where=_WHOLE)

daily_figures = Table(
    "daily_figures",
    metadata,
    # UTC, such as 2026-11-24.
    Column("day", Text, nullable=False),
    Column("counted", Text, nullable=False),
    # A channel, or the source of what was brought.
    Column("subject", Text, nullable=False),
    # The state of a delivery or arrival, the outcome of an attempt.
    Column("outcome", Text, nullable=False),
    Column("count", Integer, nullable=False),
    # Milliseconds, added up: from its planning to its end for a delivery, from start to end for an attempt.
    Column("delay", BigInteger, nullable=False),
    PrimaryKeyConstraint("day", "counted", "subject", "outcome"),
    one_of("counted", Counted),
)
