"""One worker alone on a PostgreSQL: the second is told, and the first's end lets it in."""

import asyncio

import pytest
from sqlalchemy import text

from bot.errors import AlreadyRunning
from bot.ledger import Ledger
from bot.ledger.alone import LOCK, alone
from bot.ledger.store import connect


def never() -> None:
    raise AssertionError


async def test_a_second_worker_on_the_same_database_is_told_so(postgres_url: str) -> None:
    first, second = await Ledger.open(postgres_url), await Ledger.open(postgres_url)
    async with first.alone(never):
        with pytest.raises(AlreadyRunning, match="runner: procrastinate"):
            async with second.alone(never):
                never()
    async with second.alone(never):
        await first.close()
    await second.close()


async def test_a_worker_whose_connection_is_cut_takes_its_lock_again(postgres_url: str) -> None:
    second, first, store = await Ledger.open(postgres_url), connect(postgres_url), connect(postgres_url)
    held = text("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())")  # fmt: skip
    async with alone(first, never, 0.05):
        async with store.read() as connection:
            [before] = (await connection.execute(held)).scalars()
            await connection.execute(text(f"SELECT pg_terminate_backend({before})"))
        async with asyncio.timeout(30):
            while True:
                async with store.read() as connection:
                    now = list((await connection.execute(held)).scalars())
                if now and now != [before]:
                    break
                await asyncio.sleep(0.05)
        with pytest.raises(AlreadyRunning):
            async with second.alone(never):
                never()
    await second.close()
    for one in (first, store):
        await one.engine.dispose()


async def test_a_worker_whose_place_is_taken_meanwhile_is_told_to_stop(postgres_url: str) -> None:
    first, other, told = connect(postgres_url), connect(postgres_url), asyncio.Event()
    async with alone(first, told.set, 0.05), other.engine.connect() as connection:
        waits = asyncio.create_task(connection.execute(text(f"SELECT pg_advisory_lock({LOCK})")))
        async with other.read() as reading:
            ends = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            while not (await reading.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted"))).first():
                await asyncio.sleep(0.05)
            await reading.execute(text(ends))
        await waits
        async with asyncio.timeout(30):
            await told.wait()
    await first.engine.dispose()
    await other.engine.dispose()
