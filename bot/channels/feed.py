"""Feed: RSS 2.0, Atom 1.0 and JSON Feed 1.1 in a folder that a web server shows, and a hub told of each change.

Sources: RSS 2.0 (RSS Advisory Board), RFC 4287 (Atom), RFC 6721 (tombstones), JSON Feed 1.1, Media RSS; WebSub leaves
publishing to each hub, and all known ones take hub.mode=publish with hub.url. A post is in the feed when its state file
is on disk, so a repeat, an edit and a withdrawal are harmless at any moment.

    what happens                                        what it means
    a pinned entry has left the feed                    Refused: the newest ones alone stand there
    the folder cannot be written                        Unavailable: nothing of this post is shown
    the state file cannot be read                       Refused, the account: nothing is overwritten
    the hub refuses, fails or does not answer           sent: the receipt says that it was not told
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

import httpx
from pydantic import Field, ValidationError

from bot.channels import folder as files
from bot.channels.kind import Doors
from bot.channels.syndication import DOCUMENTS, Entry, Head, Image, Shelf, shelf_of
from bot.channels.whole import Whole, facts_of, html_of, read, safe_address
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import Refused, Unavailable
from bot.model.channel import Facts, Finding
from bot.model.delivery import Receipt
from bot.model.edition import Edition
from bot.settings import ChannelSettings
from bot.settings.scalars import Address

Change = Callable[[Shelf], Shelf]
_TIMEOUT = httpx.Timeout(10, connect=5)


class FeedSettings(ChannelSettings):
    """Where the files lie, and what the feed is called."""

    kind: Literal["feed"]
    folder: Path = Field(description="The folder that a web server shows; relative to the settings file.")
    url: Address = Field(description="That folder's address, such as https://example.org/feeds/.")
    title: str | None = Field(None, description="The feed's name; without it, the newsroom's.")
    description: str = Field("", description="One sentence about the feed.")
    home: Address | None = Field(None, description="The newsroom's front page.")
    newest: int = Field(50, ge=1, le=500, description="How many entries the feed keeps.")
    hub: Address | None = Field(None, description="A WebSub hub, told of every change.")

    @property
    def place(self) -> str:
        """The folder's address."""
        return self.url


def facts(settings: FeedSettings) -> Facts:
    """Whatever is repeated, changed or taken back happens to one entry."""
    return facts_of(settings.kind)


def open_channel(name: str, settings: FeedSettings, doors: Doors) -> "Feed":
    """Touches nothing yet."""
    head = Head(
        name=name,
        address=settings.url.rstrip("/") + "/" + quote(name),
        title=settings.title or doors.newsroom.name,
        description=settings.description,
        home=settings.home or settings.url,
        language=doors.newsroom.languages[0],
        newsroom=doors.newsroom.name,
        hub=settings.hub,
    )
    return Feed(name, settings, head, doors.root / settings.folder, doors)


@dataclass(frozen=True, slots=True)
class _Paper:
    """Three files, and the state beside them that they are written from: of the whole feed, or of one topic."""

    head: Head
    folder: Path
    topic: str | None = None

    @property
    def state(self) -> Path:
        return self.folder / f".{self.head.name}.state.json"

    @property
    def begun(self) -> bool:
        return self.topic is None or self.state.exists()

    def takes(self, entry: Entry) -> bool:
        return self.topic is None or self.topic.casefold() in map(str.casefold, entry.tags)


def _papers(head: Head, folder: Path, topics: Sequence[str]) -> tuple[_Paper, ...]:
    """The whole feed first; those of topics stand in a folder of its name, where OPML says that they are."""
    base, below = head.address.rpartition("/")[0], folder / head.name
    named = (topic for topic in topics if "/" not in topic and not topic.startswith("."))
    heads = (
        replace(head, name=topic, address=f"{base}/{quote(head.name)}/{quote(topic, safe='')}",
                title=f"{head.title} · {topic}")
        for topic in named
    )  # fmt: skip
    return (_Paper(head, folder), *(_Paper(one, below, one.name) for one in heads))


class Feed:
    """One feed in three formats, and one more for each topic that readers are offered."""

    def __init__(self, name: str, settings: FeedSettings, head: Head, folder: Path, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._newest, self._head, self._folder = settings.newest, head, folder
        self._papers = _papers(head, folder, doors.topics)
        self._cards, self._clock = doors.cards, doors.clock
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, headers={"User-Agent": "Crier/0.1"})

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Put the entry in front; its id is made of the key."""
        return await self._put(edition, uuid5(NAMESPACE_URL, f"{self._head.address}#{key}").urn)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """The same id, a newer time of change; an entry that has left the feed stays away."""
        del key
        return await self._put(edition, receipt.platform_id, known=True)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Drop the entry; Atom says that it is gone."""
        del key
        now, number, changed = self._clock(), receipt.platform_id, []
        for paper in self._papers:
            if paper.topic is None:
                await self._change(paper, lambda shelf: shelf.without(number, now))
            elif not paper.begun or not await self._change(paper, _leaving(number, now)):
                continue
            changed.append(paper)
        return Receipt(number, now, sent=await self._told("withdrawn", changed))

    async def pin(self, receipt: Receipt) -> None:
        """Show the entry before whatever is newer; it does not leave while it is there."""
        await self._change(self._papers[0], lambda shelf: self._topped(shelf, receipt.platform_id))
        await self._told("", self._papers[:1])

    async def unpin(self, receipt: Receipt) -> None:
        """Back to its place; where another one is on top, nothing happens."""
        number = receipt.platform_id
        await self._change(self._papers[0], lambda shelf: shelf.pinned(None) if shelf.top == number else shelf)
        await self._told("", self._papers[:1])

    async def check(self) -> tuple[Finding, ...]:
        """Whether the folder can be written."""
        problem = await asyncio.to_thread(files.usable, self._folder)
        return (Finding("folder", problem is None, problem or str(self._folder)),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _put(self, edition: Edition, number: str, *, known: bool = False) -> Receipt:
        story, now = read(self.name, edition), self._clock()
        card, changed = await card_of(edition, self._cards), []
        for paper in self._papers:
            image = Image.of(edition.card, paper.head) if edition.card and card else None
            entry = _entry(number, story, image)
            picture = {image.file: card} if image and card else {}
            if paper.takes(entry):
                # A story that a correction brings into a topic is new there, unless it has left the whole feed.
                old = known and (paper.topic is None or not await asyncio.to_thread(self._shows, number))
                await self._change(paper, _including(entry, now, self._newest, known=old), picture)
            elif not paper.begun or not await self._change(paper, _leaving(number, now)):
                continue
            changed.append(paper)
        said = f"{entry.headline}\n\n{chr(10).join(story.summary)}"
        without = f"{WITHOUT_PICTURE} (its file is gone): " if edition.card and not card else ""
        return Receipt(number, now, entry.link, without + await self._told(said, changed))

    async def _change(
        self, paper: _Paper, change: Change, pictures: Mapping[str, bytes] = MappingProxyType({})
    ) -> bool:
        """Whether anything is another than before."""
        try:
            return await asyncio.to_thread(self._rewrite, paper, change, pictures)
        except OSError as err:
            raise Unavailable(self.name, f"not sent: {paper.folder}: {err.strerror}") from err

    def _rewrite(self, paper: _Paper, change: Change, pictures: Mapping[str, bytes]) -> bool:
        """The state before the documents: whatever dies between them, the next change writes them anew."""
        folder, name = paper.folder, paper.head.name
        if paper.topic is not None:
            folder.mkdir(exist_ok=True)
        with files.alone(folder, name):
            before = self._read(paper)
            after = change(before)
            if paper.topic is not None and after is before:
                return False
            for file in after.pictures.intersection(pictures):
                files.write(folder / file, pictures[file])
            files.write(paper.state, after.as_bytes())
            for suffix, document in DOCUMENTS.items():
                files.write(folder / f"{name}{suffix}", document(paper.head, after))
            for file in before.pictures - after.pictures:
                (folder / file).unlink(missing_ok=True)
        return True

    def _topped(self, shelf: Shelf, number: str) -> Shelf:
        if all(entry.id != number for entry in shelf.entries):
            raise Refused(self.name, f"it has left the feed, which keeps the newest {self._newest}")
        return shelf.pinned(number)

    def _shows(self, number: str) -> bool:
        return self._read(self._papers[0]).has(number)

    def _read(self, paper: _Paper) -> Shelf:
        try:
            return shelf_of(paper.state.read_bytes())
        except FileNotFoundError:
            return Shelf()
        except ValidationError as err:
            why = f"{paper.state} is no feed's state: bring it back, or remove it to begin anew"
            raise Refused(self.name, why, account=True) from err

    async def _told(self, sent: str, papers: Sequence[_Paper]) -> str:
        """What was sent, and whether the hub does not know it yet."""
        if self._head.hub is None:
            return sent
        for topic in (f"{paper.head.address}{suffix}" for paper in papers for suffix in DOCUMENTS):
            form = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
            try:
                response = await self._client.post(self._head.hub, data=form)
            except (httpx.HTTPError, httpx.InvalidURL) as err:
                return f"{sent}\n\n(the hub was not told: {type(err).__name__})"
            if not response.is_success:
                return f"{sent}\n\n(the hub was not told: HTTP {response.status_code})"
        return sent


def _leaving(number: str, now: datetime) -> Change:
    return lambda shelf: shelf.without(number, now) if shelf.has(number) else shelf


def _including(entry: Entry, now: datetime, newest: int, *, known: bool) -> Change:
    return lambda shelf: shelf.including(entry, now, newest, known=known)


def _entry(number: str, story: Whole, image: Image | None) -> Entry:
    published = story.published or story.seen
    return Entry(
        id=number,
        headline=story.headline,
        language=story.language,
        link=safe_address(story.link),
        summary="\n".join(story.summary),
        html=html_of(story.body),
        published=published,
        updated=story.updated or published,
        author=story.author or story.credit,
        tags=tuple(dict.fromkeys(filter(None, (story.section, *story.tags)))),
        image=image,
    )
