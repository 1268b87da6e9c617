"""A ledger that is emptied at every call, for tests that live many lives."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from bot.ledger import Ledger
from bot.ledger.tables import metadata


@pytest.fixture
def emptied(ledger_url: str, tmp_path: Path) -> Callable[[], str]:
    """Answers the address of an empty ledger, at every call."""
    asyncio.run(_made(ledger_url))
    if ledger_url.startswith("sqlite"):
        numbers = iter(range(100_000))

        def copied() -> str:
            copy = tmp_path / f"copy-{next(numbers)}.sqlite"
            shutil.copy(tmp_path / "ledger.sqlite", copy)
            return f"sqlite:///{copy}"

        return copied

    def cleared() -> str:
        tables = ", ".join(metadata.tables)
        with psycopg.connect(ledger_url, autocommit=True) as connection:
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        return ledger_url

    return cleared


async def _made(url: str) -> None:
    await (await Ledger.open(url)).close()
