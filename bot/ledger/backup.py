"""Backup: the ledger of one moment as a SQLite file, made while others go on writing."""

import asyncio
import sqlite3
from pathlib import Path

from bot.errors import LedgerError
from bot.ledger.migrate import migrate
from bot.ledger.moving import copy
from bot.ledger.store import Store, connect


async def backup(store: Store, file: Path) -> None:
    """Write the file, as a whole or not at all, readable for its owner alone. Raises LedgerError."""
    part = file.with_name(f".{file.name}.part")
    try:
        _make_room(file, part)
        database = store.engine.url.database
        if store.engine.dialect.name == "sqlite" and database:
            await asyncio.to_thread(_online, Path(database), part)
        else:
            await _copied(store, part)
        part.rename(file)
    except (OSError, sqlite3.Error) as err:
        raise LedgerError(f"the backup could not be written: {err}") from err
    finally:
        part.unlink(missing_ok=True)


def _make_room(file: Path, part: Path) -> None:
    if file.exists():
        raise LedgerError(f"there is a {file} already: name a file that does not exist")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)


def _online(database: Path, file: Path) -> None:
    """SQLite's own online backup: writers wait for nobody, the file is of one moment."""
    source, target = sqlite3.connect(database), sqlite3.connect(file)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()


async def _copied(store: Store, file: Path) -> None:
    """Of PostgreSQL: one snapshot, table by table."""
    target = connect(f"sqlite:///{file}")
    try:
        async with target.write() as connection:
            await connection.run_sync(migrate)
        await copy(store, target)
    finally:
        await target.engine.dispose()
