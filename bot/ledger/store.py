"""The one door to the database: transactions that read or write, and foreign errors made ours."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import LedgerError

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # FULL: a `sending` that a power cut takes back would be sent twice. It costs 0.1 ms a commit.
    "PRAGMA synchronous = FULL",
    "PRAGMA busy_timeout = 15000",
    "PRAGMA foreign_keys = ON",
)
_WRITES = "crier_writes"
_NETWORK = {  # A database whose machine is gone says nothing: it is noticed in half a minute, not in two hours.
    "connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
}  # fmt: skip


class Conflict(LedgerError):
    """Somebody else wrote the same unique thing first."""


class Store:
    """Transactions over one engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._shared: ContextVar[AsyncConnection | None] = ContextVar("shared", default=None)
        # SQLite has one writer at a time; who waits for it asleep in the driver looks up too seldom.
        one_writer = engine.dialect.name == "sqlite"
        self._turn: contextlib.AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if one_writer else contextlib.nullcontext()
        )

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One snapshot. Raises LedgerError."""
        if (shared := self._shared.get()) is not None:
            yield shared
            return
        with _ours():
            async with self.engine.connect() as connection:
                yield connection

    @contextlib.asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Whatever this task reads within the block, it reads in one snapshot, over one connection.

        Start no task in it: that would read over the same connection.
        """
        async with self.read() as connection:
            token = self._shared.set(connection)
            try:
                yield
            finally:
                self._shared.reset(token)

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, undone by any error. Raises LedgerError, Conflict."""
        with _ours():
            async with self._turn, self.engine.connect() as connection:
                await connection.execution_options(**{_WRITES: True})
                async with connection.begin():
                    yield connection


def connect(url: str) -> Store:
    """Open (lazily) the database of that address. Raises LedgerError where the address is none."""
    try:
        given = make_url(url)
        driver = DRIVERS.get(given.drivername.partition("+")[0])
        if driver is None:
            raise LedgerError(f"{_shown(given)}: the ledger lives in sqlite:///… or postgresql://…")
        if driver == DRIVERS["sqlite"]:
            engine = create_async_engine(given.set(drivername=driver))
        else:
            engine = create_async_engine(given.set(drivername=driver), pool_pre_ping=True, connect_args=_NETWORK)
    except ArgumentError as err:
        raise LedgerError("house.ledger is no database address: write sqlite:///… or postgresql://…") from err
    if driver == DRIVERS["sqlite"]:
        _require_folder(given.database)
        _make_sqlite_strict(engine)
    return Store(engine)


def _require_folder(file: str | None) -> None:
    """Said here, in words: the driver would leave a thread behind that still answers when nobody listens."""
    if file and not Path(file).parent.is_dir():
        raise LedgerError(f"the ledger does not answer: there is no folder {Path(file).parent}")


def _make_sqlite_strict(engine: AsyncEngine) -> None:
    """Leave transactions to us: the driver's own begin too late, and a writer must take its lock at once."""

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(raw: Any, _: Any) -> None:
        raw.isolation_level = None
        cursor = raw.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextlib.contextmanager
def _ours() -> Any:
    try:
        yield
    except IntegrityError as err:
        raise Conflict(f"somebody else wrote this first: {err.orig}") from err
    except SQLAlchemyError as err:
        raise LedgerError(f"the ledger does not answer: {getattr(err, 'orig', None) or type(err).__name__}") from err
    except OSError as err:
        raise LedgerError(f"the ledger cannot be reached: {err}") from err


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)
