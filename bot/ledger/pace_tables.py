"""The tables of pace: what a lane and a channel remember of their platform, over restarts and for all workers."""

from sqlalchemy import Column, Integer, Table, Text, text

from bot.ledger.moment import Moment
from bot.ledger.naming import metadata

lanes = Table(
    "lanes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("closed_until", Moment, nullable=False),
    Column("why", Text, nullable=False),
    # The act that may pass although it is closed: a deletion, where a budget is spent.
    Column("spares", Text, nullable=False, server_default=text("''")),
    # Throttled so often in a row without a time named: the next wait is so much longer.
    Column("strikes", Integer, nullable=False, server_default=text("0")),
    # Who claimed here last: another one reads from the attempts what was sent, before it goes on counting.
    Column("worker", Text),
)

pauses = Table(
    "pauses",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

breakers = Table(
    "breakers",
    metadata,
    # A channel that failed; the row goes when it answers again.
    Column("channel", Text, primary_key=True),
    # Different deliveries in a row, and the last of them.
    Column("failures", Integer, nullable=False),
    Column("delivery", Integer, nullable=False),
    Column("why", Text, nullable=False),
    # Since when it is open, and until when not even a probe goes; none where it is closed still.
    Column("opened_at", Moment),
    Column("probe_at", Moment),
    Column("probes", Integer, nullable=False),
)
