"""The table of broadcasts: what editors wrote to readers, and who signed it."""

from sqlalchemy import Boolean, Column, Integer, Table, Text

from bot.ledger.moment import Moment
from bot.ledger.naming import metadata

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False),
    # Names, as JSON; none: it is for everybody.
    Column("topics", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    # How many editors it takes, and their names as JSON, the writer's first.
    Column("needed", Integer, nullable=False),
    Column("signed", Text, nullable=False),
    # The numbers of its fan-outs, one a carrier, as JSON.
    Column("fanouts", Text, nullable=False),
    Column("at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
