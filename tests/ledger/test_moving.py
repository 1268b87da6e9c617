"""A ledger is moved and backed up with everything in it, or not at all."""

import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import LedgerError
from bot.ledger import Ledger
from bot.model.delivery import Outcome, Receipt, State
from tests.fakes.stories import planned_story

MINUTE = timedelta(minutes=1)


async def lived_in(ledger: Ledger, now: datetime) -> tuple[int, int]:
    """A story that is out and one that waits."""
    out = await planned_story(ledger, now, "main")
    claim = await ledger.claims.next(["main"], "worker", now, MINUTE, lambda *_: None)
    assert claim is not None
    await ledger.claims.again(claim, Outcome.UNAVAILABLE, "503", now, now)
    claim = await ledger.claims.next(["main"], "worker", now, MINUTE, lambda *_: None)
    assert claim is not None
    await ledger.claims.sent(claim, Receipt("77", now), now)
    return out, await planned_story(ledger, now, "main", "other")


async def everything(ledger: Ledger, *stories: int) -> list[object]:
    told: list[object] = [await ledger.deliveries.counts()]
    for story in stories:
        rows = await ledger.deliveries.of_story(story)
        told += [await ledger.stories.get(story), rows, await ledger.history.of_story(story)]
        told += [await ledger.deliveries.attempts(row.id) for row in rows]
    return told


async def test_a_file_is_moved_to_postgresql_and_goes_on_there(
    sqlite_url: str, postgres_url: str, now: datetime
) -> None:
    source = await Ledger.open(sqlite_url)
    stories = await lived_in(source, now)
    moved = await source.move(postgres_url)
    assert moved.states == {"planned": 2, "sent": 1}
    assert (moved.rows["stories"], moved.rows["attempts"], moved.rows["receipts"]) == (2, 2, 1)
    target = await Ledger.open(postgres_url)
    assert await everything(target, *stories) == await everything(source, *stories)
    assert await planned_story(target, now, "main") == 3  # numbers go on where they were
    await target.close()
    await source.close()


async def test_nothing_is_moved_into_a_ledger_that_has_something(
    sqlite_url: str, postgres_url: str, now: datetime
) -> None:
    source = await Ledger.open(sqlite_url)
    await lived_in(source, now)
    await source.move(postgres_url)
    with pytest.raises(LedgerError, match="is not empty"):
        await source.move(postgres_url)
    target = await Ledger.open(postgres_url)
    assert (await target.deliveries.counts())[State.SENT] == 1
    await target.close()
    await source.close()


async def test_a_backup_made_while_others_write_is_a_ledger_of_one_moment(
    ledger: Ledger, tmp_path: Path, now: datetime
) -> None:
    stories = await lived_in(ledger, now)
    before = await everything(ledger, *stories)
    file = tmp_path / "backup.sqlite"
    async with ledger._store.write():
        await ledger.backup(file)
    await planned_story(ledger, now, "main")
    restored = await Ledger.open(f"sqlite:///{file}")
    assert await everything(restored, *stories) == before
    assert len(await restored.stories.recent(9)) == 2
    await restored.close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*backup*")) == [file.name]  # noqa: ASYNC240 - one look


async def test_a_backup_overwrites_nothing(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "backup.sqlite"
    file.write_bytes(b"precious")
    with pytest.raises(LedgerError, match="name a file that does not exist"):
        await ledger.backup(file)
    assert file.read_bytes() == b"precious"


async def test_a_backup_is_moved_back_into_an_empty_postgresql(
    postgres_url: str, tmp_path: Path, now: datetime
) -> None:
    made = await Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    stories = await lived_in(made, now)
    await made.backup(tmp_path / "backup.sqlite")
    backup = await Ledger.open(f"sqlite:///{tmp_path / 'backup.sqlite'}")
    await backup.move(postgres_url)
    restored = await Ledger.open(postgres_url)
    assert await everything(restored, *stories) == await everything(made, *stories)
    for ledger in (made, backup, restored):
        await ledger.close()
