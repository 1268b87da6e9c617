"""Moving: every row of one ledger into another, of either database, and the proof that both say the same."""

from dataclasses import dataclass

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import LedgerError
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, metadata

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """What stands in both ledgers now."""

    rows: dict[str, int]
    """By table."""
    states: dict[str, int]
    """Deliveries by state."""


async def copy(source: Store, target: Store) -> Moved:
    """Copy all tables as they stand in one moment, in one transaction: all of it arrives, or nothing.

    Both are at this version's tables. Raises LedgerError where the target is not empty, or where the two disagree.
    """
    async with source.read() as reading, target.write() as writing:
        if reading.dialect.name == "postgresql":  # on SQLite a reader sees one moment anyhow
            await reading.execution_options(isolation_level="REPEATABLE READ")
        there = {name for name, count in (await _said(writing)).rows.items() if count}
        if there:
            raise LedgerError(f"the ledger to move to is not empty ({', '.join(sorted(there))}): name an empty one")
        for table in metadata.sorted_tables:
            await _copy_table(reading, writing, table)
        before, after = await _said(reading), await _said(writing)
        if before != after:
            raise LedgerError(f"the copy says something else than the ledger, nothing was moved: {after} for {before}")
        return after


async def _copy_table(reading: AsyncConnection, writing: AsyncConnection, table: Table) -> None:
    rows = await reading.stream(select(table))
    async for some in rows.mappings().partitions(_BATCH):
        await writing.execute(insert(table), [dict(row) for row in some])
    if writing.dialect.name == "postgresql" and table.primary_key.columns.keys() == ["id"]:
        newest = (await writing.execute(select(func.max(table.c.id)))).scalar()
        if newest is not None:  # the next row gets the next number
            following = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :newest)")
            await writing.execute(following, {"name": table.name, "newest": newest})


async def _said(connection: AsyncConnection) -> Moved:
    rows = {
        table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
        for table in metadata.sorted_tables
    }
    states = select(deliveries.c.state, func.count()).group_by(deliveries.c.state).order_by(deliveries.c.state)
    return Moved(rows, {row[0]: row[1] for row in await connection.execute(states)})
