"""Inbox: a folder to drop articles into; what is read moves to taken/, what cannot be read to unreadable/."""

import asyncio
import contextlib
import hashlib
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.errors import SourceUnreachable, SourceUnreadable
from bot.model.source import Found, Look, Memory
from bot.model.story import Article
from bot.settings import SourceSettings
from bot.settings.scalars import Duration
from bot.sources.defaults import with_defaults
from bot.sources.kind import Tools
from bot.sources.reading import read_file
from bot.sources.settled import STILL, Settling, shape_of

TAKEN, UNREADABLE = "taken", "unreadable"
_LARGEST = 20_000_000
_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".swp", "~")


class InboxSettings(SourceSettings):
    """A folder of this machine."""

    kind: Literal["inbox"]
    folder: Path = Field(description="Drop a saved page, plain text, Markdown with front matter, or a feed file here.")
    keep: bool = Field(False, description="Leave the files where they are; a changed file is read again.")
    every: Duration = Field(
        timedelta(seconds=30), description="How often to look, besides looking whenever the folder changes."
    )


def open_source(name: str, settings: InboxSettings, tools: Tools) -> "Inbox":
    """Nothing is opened before the first look."""
    return Inbox(name, settings, tools)


class Inbox:
    """A folder, looked at from time to time and whenever it changes."""

    def __init__(self, name: str, settings: InboxSettings, tools: Tools) -> None:
        self.name, self.every = name, settings.every
        self._settings, self._zone = settings, tools.zone
        self._folder = tools.root / settings.folder
        self._settling = Settling()
        self._open: Counter[str] = Counter()
        """Articles of each file that the ledger does not have yet."""

    @property
    def watch_folder(self) -> Path | None:
        """The folder itself."""
        return self._folder

    async def look(self, memory: Memory, now: datetime) -> Look:
        """Read every file that is whole and was not read before. Raises SourceUnreachable without a folder."""
        return await asyncio.to_thread(self._look, memory, now)

    async def taken(self, found: Found) -> None:
        """Move the file away once the ledger has all of its articles."""
        self._open[found.mark] -= 1
        if self._open[found.mark] <= 0:
            del self._open[found.mark]
            if not self._settings.keep:
                await asyncio.to_thread(self._move, self._folder / found.mark, TAKEN)

    async def close(self) -> None:
        """Nothing is open."""

    def _look(self, memory: Memory, now: datetime) -> Look:
        files = self._files()
        self._settling.forget(but=files)
        self._open.clear()
        marks: dict[str, str] = {}
        found: list[Found] = []
        problems: list[str] = []
        waiting = False
        for file in files:
            try:
                mark = _mark(file)
                if memory.marks.get(file.name) == mark:
                    marks[file.name] = mark
                    continue
                if not self._settling.whole(file, now):
                    waiting = True
                    continue
                articles = self._read(file, now)
            except FileNotFoundError:
                continue  # somebody took it out again
            except SourceUnreadable as err:
                problems.append(self._aside(file, err))
                marks[file.name] = mark
                continue
            marks[file.name] = mark
            self._open[file.name] = len(articles)
            found += [self._found(file, article) for article in articles]
        return Look(
            memory=replace(memory, marks=marks, first_look=memory.first_look or now),
            found=tuple(found),
            problems=tuple(problems),
            next_look=STILL if waiting else None,
        )

    def _files(self) -> list[Path]:
        """Oldest first, so that what was dropped first goes out first."""
        try:
            return [file for _, file in sorted(self._candidates())]
        except OSError as err:
            raise SourceUnreachable(self.name, f"{self._folder} cannot be looked into ({err.strerror})") from err

    def _candidates(self) -> Iterator[tuple[tuple[int, str], Path]]:
        for file in self._folder.iterdir():
            if file.name.startswith(".") or file.name.endswith(_UNFINISHED):
                continue
            try:
                what = file.lstat()
            except FileNotFoundError:
                continue
            if not stat.S_ISDIR(what.st_mode):
                yield (what.st_mtime_ns, file.name), file

    def _read(self, file: Path, now: datetime) -> tuple[Article, ...]:
        what = file.lstat()
        if not stat.S_ISREG(what.st_mode):
            raise SourceUnreadable(file.name, "a link or a device: drop the file itself")
        if what.st_size > _LARGEST:
            raise SourceUnreadable(file.name, f"larger than {_LARGEST // 1_000_000} MB: is it an article?")
        try:
            data = file.read_bytes()
        except PermissionError as err:
            raise SourceUnreadable(file.name, "may not be read: give Crier's user the right to read it") from err
        return tuple(with_defaults(article, self._settings) for article in read_file(
            file.name, data, zone=self._zone, now=now
        ))  # fmt: skip

    def _found(self, file: Path, article: Article) -> Found:
        why = f"stands in {self._settings.folder} as" if self._settings.keep else "dropped into the inbox as"
        return Found(article, file.name, why=f"{why} {file.name}")

    def _aside(self, file: Path, err: SourceUnreadable) -> str:
        """Move it out of the way with the reason beside it; nothing is deleted."""
        if self._settings.keep:
            return str(err)
        moved = self._move(file, UNREADABLE)
        if moved is None:
            return f"{err}; and it cannot be moved to {UNREADABLE}/"
        with contextlib.suppress(OSError):  # the desk and the page have the reason, too
            moved.with_name(f"{moved.name}.why.txt").write_text(f"{err.why}\n", encoding="utf-8")
        return f"{err}; it lies in {self._settings.folder}/{UNREADABLE}/"

    def _move(self, file: Path, to: str) -> Path | None:
        """Into the folder beside, under a name that is free there; None where that is not allowed or it is gone."""
        target = self._folder / to / file.name
        try:
            target.parent.mkdir(exist_ok=True)
            if target.exists():
                content = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
                target = target.with_name(f"{file.stem}.{content}{file.suffix}")
            return file.rename(target)
        except OSError:
            return None


def _mark(file: Path) -> str:
    """Equal for a file that stands as it stood: it need not be read again."""
    return " ".join(map(str, shape_of(file)))
