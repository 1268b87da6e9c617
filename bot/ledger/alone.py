"""One worker alone on a PostgreSQL: a lock that the database lets go of when the worker's connection ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import AlreadyRunning, LedgerError
from bot.ledger.store import Store

log = structlog.get_logger(__name__)

LOCK = 0x63726965  # "crie"
_NOTICED = (("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"), ("tcp_keepalives_count", "3"))
LOOK = 5.0
"""Seconds between two looks whether the connection that holds the lock is still there."""


@contextlib.asynccontextmanager
async def alone(store: Store, lost: Callable[[], None], look: float = LOOK) -> AsyncIterator[None]:
    """Hold the database for one worker; nothing to do on SQLite, whose folder has a lock of its own.

    While the database is away nothing can be claimed; should another worker have it afterwards, `lost` is called.
    Raises AlreadyRunning, LedgerError.
    """
    if store.engine.dialect.name != "postgresql":
        yield
        return
    held = [await _taken(store)]
    watching = asyncio.create_task(_watch(store, held, lost, look), name="alone")
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        for connection in held:
            await _let_go(connection)


async def _watch(store: Store, held: list[AsyncConnection], lost: Callable[[], None], look: float) -> None:
    while True:
        await asyncio.sleep(look)
        try:
            if held:
                await held[0].execute(select(1))
            else:
                held.append(await _taken(store))
        except AlreadyRunning as err:
            log.warning("stopping", why=str(err))
            lost()
            return
        except (SQLAlchemyError, OSError, LedgerError) as err:
            log.warning("the lock on the ledger is lost; taking it again", error=str(err))
            while held:
                await _let_go(held.pop())


async def _taken(store: Store) -> AsyncConnection:
    try:
        connection = await store.engine.connect()
    except (SQLAlchemyError, OSError) as err:
        raise LedgerError(f"the ledger does not answer: {err}") from err
    try:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for name, value in _NOTICED:  # else a machine that is gone would hold the lock for two hours
            await connection.execute(select(func.set_config(name, value, False)))
        got = (await connection.execute(select(func.pg_try_advisory_lock(LOCK)))).scalar()
    except (SQLAlchemyError, OSError) as err:
        await _let_go(connection)
        raise LedgerError(f"the ledger does not answer: {err}") from err
    if not got:
        await connection.close()
        raise AlreadyRunning(
            "another Crier works with this ledger: stop it first, or let both share the work with runner: procrastinate"
        )
    return connection


async def _let_go(connection: AsyncConnection) -> None:
    """End it, not only give it back to the pool: the lock belongs to it."""
    with contextlib.suppress(SQLAlchemyError, OSError):
        await connection.invalidate()
        await connection.close()
