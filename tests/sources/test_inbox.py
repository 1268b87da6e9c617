"""A folder to drop articles into: read whole, once, and nothing is lost."""

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceUnreachable
from bot.model.source import Look, Memory
from bot.sources import Tools
from bot.sources.inbox import Inbox, InboxSettings
from bot.sources.settled import STILL
from bot.web.fetch import Fetcher

BRIEF = "---\ntitle: 河湾灯会周五开幕\nsource: 河湾日报\n---\n\n灯会周五晚开幕,共展出花灯320盏。\n"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>河湾日报</title><link>https://example.org/</link>
<item><title>图书馆延长开放</title><link>https://example.org/1</link><description>每晚开放到十点。</description></item>
<item><title>灯会周五开幕</title><link>https://example.org/2</link><description>共展出花灯320盏。</description></item>
</channel></rss>"""


class Folder:
    """An inbox in a folder, looked at twice as the daemon does: a file must stand still in between."""

    def __init__(self, root: Path, now: datetime, **given: object) -> None:
        self.inbox, self.now = root / "inbox", now
        self.inbox.mkdir(exist_ok=True)
        settings = InboxSettings.model_validate({"kind": "inbox", "folder": "inbox", **given})
        self.source = Inbox("drop", settings, Tools(Fetcher(), ZoneInfo("Asia/Shanghai"), root))
        self.memory = Memory()

    async def look(self) -> Look:
        look = await self.source.look(self.memory, self.now)
        self.memory = look.memory
        return look

    async def looks(self) -> Look:
        await self.look()
        self.now += STILL
        return await self.look()

    async def take(self, look: Look) -> Sequence[str]:
        for found in look.found:
            await self.source.taken(found)
        return [found.article.headline for found in look.found]

    def names(self, folder: str = ".") -> list[str]:
        there = self.inbox / folder
        return sorted(file.name for file in there.iterdir() if file.is_file()) if there.is_dir() else []


@pytest.fixture
def folder(tmp_path: Path, now: datetime) -> Folder:
    return Folder(tmp_path, now)


async def test_a_dropped_file_is_read_then_moved_once_the_ledger_has_it(folder: Folder) -> None:
    (folder.inbox / "brief.md").write_text(BRIEF, encoding="utf-8")
    look = await folder.looks()
    [found] = look.found
    assert (found.article.headline, found.article.byline.credit) == ("河湾灯会周五开幕", "河湾日报")
    assert (found.fresh, found.why) == (True, "dropped into the inbox as brief.md")
    assert folder.names() == ["brief.md"]
    await folder.take(look)
    assert (folder.names(), folder.names("taken")) == ([], ["brief.md"])


async def test_a_file_is_not_read_before_it_stood_still(folder: Folder) -> None:
    file = folder.inbox / "brief.md"
    file.write_text(BRIEF[:40], encoding="utf-8")
    first = await folder.look()
    assert (first.found, first.next_look) == ((), STILL)
    folder.now += STILL
    file.write_text(BRIEF, encoding="utf-8")
    assert (await folder.look()).found == ()
    folder.now += STILL
    assert len((await folder.look()).found) == 1


async def test_a_file_that_somebody_still_writes_to_is_not_read_however_long_it_stands(folder: Folder) -> None:
    with (folder.inbox / "brief.md").open("w", encoding="utf-8") as writing:
        writing.write(BRIEF[:40])
        writing.flush()
        for _ in range(3):
            assert (await folder.looks()).found == ()
            folder.now += timedelta(minutes=1)
        writing.write(BRIEF[40:])
    assert len((await folder.looks()).found) == 1


async def test_a_file_of_many_articles_moves_when_the_last_is_taken(folder: Folder) -> None:
    (folder.inbox / "feed.xml").write_text(FEED, encoding="utf-8")
    first, second = (await folder.looks()).found
    await folder.source.taken(first)
    assert folder.names() == ["feed.xml"]
    await folder.source.taken(second)
    assert folder.names("taken") == ["feed.xml"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.md", b"", "empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "picture"),
        ("page.html", b"<html><body><p>no headline here</p></body></html>", "no headline"),
    ],
)
async def test_what_cannot_be_read_is_moved_aside_with_its_reason(
    folder: Folder, name: str, content: bytes, why: str
) -> None:
    (folder.inbox / name).write_bytes(content)
    look = await folder.looks()
    [problem] = look.problems
    assert name in problem
    assert why in problem
    assert folder.names("unreadable") == sorted([name, f"{name}.why.txt"])
    assert why in (folder.inbox / "unreadable" / f"{name}.why.txt").read_text(encoding="utf-8")
    assert (folder.inbox / "unreadable" / name).read_bytes() == content
    assert (await folder.looks()).problems == ()


async def test_a_second_file_of_the_same_name_does_not_replace_the_first(folder: Folder) -> None:
    for text in (BRIEF, BRIEF.replace("320", "330")):
        (folder.inbox / "brief.md").write_text(text, encoding="utf-8")
        await folder.take(await folder.looks())
    assert len(folder.names("taken")) == 2


async def test_a_link_is_not_followed_out_of_the_folder(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(BRIEF, encoding="utf-8")
    (folder.inbox / "link.md").symlink_to(tmp_path / "secret.md")
    look = await folder.looks()
    assert look.found == ()
    assert "drop the file itself" in look.problems[0]


async def test_unfinished_downloads_hidden_files_and_folders_are_left_alone(folder: Folder) -> None:
    for name in (".hidden.md", "brief.md.part", "brief.md.crdownload", "brief.md~"):
        (folder.inbox / name).write_text(BRIEF, encoding="utf-8")
    (folder.inbox / "folder").mkdir()
    look = await folder.looks()
    assert (look.found, look.problems, look.next_look) == ((), (), None)


async def test_kept_files_stay_and_are_read_again_only_when_they_change(tmp_path: Path, now: datetime) -> None:
    folder = Folder(tmp_path, now, keep=True)
    file = folder.inbox / "brief.md"
    file.write_text(BRIEF, encoding="utf-8")
    assert await folder.take(await folder.looks()) == ["河湾灯会周五开幕"]
    assert folder.names() == ["brief.md"]
    assert (await folder.looks()).found == ()
    file.write_text(BRIEF.replace("周五", "周六"), encoding="utf-8")
    assert await folder.take(await folder.looks()) == ["河湾灯会周六开幕"]


async def test_a_kept_file_that_cannot_be_read_is_named_once(tmp_path: Path, now: datetime) -> None:
    folder = Folder(tmp_path, now, keep=True)
    (folder.inbox / "empty.md").touch()
    assert len((await folder.looks()).problems) == 1
    assert (await folder.looks()).problems == ()


async def test_what_was_dropped_first_is_found_first(folder: Folder) -> None:
    for name, age in (("b.md", 5), ("c.md", 9), ("a.md", 1)):
        file = folder.inbox / name
        file.write_text(BRIEF.replace("周五", name), encoding="utf-8")
        os.utime(file, (1_790_000_000 - age, 1_790_000_000 - age))
    assert [found.mark for found in (await folder.looks()).found] == ["c.md", "b.md", "a.md"]


async def test_an_article_without_credit_takes_the_sources(tmp_path: Path, now: datetime) -> None:
    folder = Folder(tmp_path, now, credit="河湾广播", section="本地")
    (folder.inbox / "brief.md").write_text(BRIEF.replace("source: 河湾日报\n", ""), encoding="utf-8")
    [found] = (await folder.looks()).found
    assert (found.article.byline.credit, found.article.section) == ("河湾广播", "本地")


async def test_a_folder_that_is_not_there_is_said(tmp_path: Path, now: datetime) -> None:
    folder = Folder(tmp_path, now)
    folder.inbox.rmdir()
    with pytest.raises(SourceUnreachable, match="cannot be looked into"):
        await folder.look()


async def test_a_file_that_is_opened_for_writing_at_the_same_moment_does_not_kill_us(folder: Folder) -> None:
    file = folder.inbox / "brief.md"
    file.write_text(BRIEF, encoding="utf-8")
    stop = asyncio.Event()

    def scribble() -> None:
        while not stop.is_set():
            with file.open("r+", encoding="utf-8"):
                pass

    scribbling = asyncio.create_task(asyncio.to_thread(scribble))
    for _ in range(50):
        await folder.looks()
    stop.set()
    await scribbling
    folder.memory = Memory()
    assert len((await folder.look()).found) == 1
