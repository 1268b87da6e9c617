"""What sources remember, what the desk is told, and how the ledger itself is kept."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from bot.errors import LedgerError
from bot.ledger import Ledger
from bot.ledger.store import connect
from bot.ledger.tables import metadata
from bot.model.source import Memory
from tests.fakes.stories import planned_story

MINUTE = timedelta(minutes=1)


async def test_a_source_is_due_at_once_and_then_when_it_was_told(ledger: Ledger, now: datetime) -> None:
    await ledger.notes.register(["feed", "inbox"], now)
    assert set(await ledger.notes.due(now)) == {"feed", "inbox"}
    memory = Memory({"etag": '"1"'}, {"a": "x"}, now)
    await ledger.notes.looked("feed", memory, now + MINUTE, now, ["entry 3: no headline"])
    await ledger.notes.register(["feed"], now)
    assert await ledger.notes.due(now) == ("inbox",)
    assert await ledger.notes.memory("feed") == memory
    assert await ledger.notes.memory("never seen") == Memory()
    note = (await ledger.notes.all())[0]
    assert (note.name, note.last_look, note.problem) == ("feed", now, "entry 3: no headline")


async def test_failures_in_a_row_are_counted_and_forgotten_after_a_good_look(ledger: Ledger, now: datetime) -> None:
    await ledger.notes.register(["feed"], now)
    assert await ledger.notes.failed("feed", "503", now + MINUTE, now) == 1
    assert await ledger.notes.failed("feed", "503", now + MINUTE, now) == 2
    await ledger.notes.looked("feed", Memory(), now + MINUTE, now)
    assert await ledger.notes.failed("feed", "503", now + MINUTE, now) == 1
    await ledger.notes.wake("feed", now)
    assert await ledger.notes.due(now) == ("feed",)


async def test_the_desk_is_told_once_of_one_subject(ledger: Ledger, now: datetime) -> None:
    assert await ledger.notices.add("source feed", "does not answer", now)
    assert not await ledger.notices.add("source feed", "still does not", now)
    [notice] = await ledger.notices.untold()
    await ledger.notices.told(notice.id, now)
    assert await ledger.notices.untold() == ()
    assert await ledger.notices.add("source feed", "again", now)


async def test_the_pulse_changes_with_what_a_page_shows(ledger: Ledger, now: datetime) -> None:
    before = await ledger.pulse()
    assert await ledger.pulse() == before
    await planned_story(ledger, now, "main")
    assert await ledger.pulse() != before


async def test_migrations_build_exactly_the_tables(ledger: Ledger, ledger_url: str) -> None:
    store = connect(ledger_url)
    async with store.read() as connection:
        differences = await connection.run_sync(
            lambda raw: compare_metadata(MigrationContext.configure(raw, opts={"compare_type": True}), metadata)
        )
    await store.engine.dispose()
    assert differences == []


async def test_a_ledger_survives_closing_and_opening(ledger_url: str, now: datetime) -> None:
    first = await Ledger.open(ledger_url)
    story = await planned_story(first, now, "main")
    await first.close()
    second = await Ledger.open(ledger_url)
    assert [row.story for row in await second.deliveries.queue()] == [story]
    await second.ready()
    await second.close()


async def test_a_ledger_of_a_newer_crier_is_left_alone(ledger: Ledger, ledger_url: str) -> None:
    store = connect(ledger_url)
    async with store.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.engine.dispose()
    with pytest.raises(LedgerError, match="newer Crier"):
        await Ledger.open(ledger_url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://db/crier", r"lives in sqlite:///… or postgresql://…"),
        ("no address", "is no database address"),
        ("postgresql://crier:hunter2@127.0.0.1:1/crier", "does not answer"),
        ("sqlite:////nowhere/at/all/ledger.sqlite", "does not answer"),
    ],
)
async def test_an_address_that_cannot_be_used_is_told_without_its_password(url: str, says: str) -> None:
    with pytest.raises(LedgerError, match=says) as caught:
        await Ledger.open(url)
    assert "hunter2" not in str(caught.value)


async def test_an_address_may_carry_a_driver(tmp_path: Path) -> None:
    ledger = await Ledger.open(f"sqlite+aiosqlite:///{tmp_path / 'l.sqlite'}")
    await ledger.close()


async def test_machines_that_start_at_the_same_moment_register_the_same_sources(ledger: Ledger, now: datetime) -> None:
    names = [f"feed-{number}" for number in range(20)]
    await asyncio.gather(*(ledger.notes.register(names, now) for _ in range(8)))
    assert sorted(note.name for note in await ledger.notes.all()) == sorted(names)
