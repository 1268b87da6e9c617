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
from collections.abc import Callable, Mapping
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


class Feed:
    """One feed in three formats; `.NAME.state.json` beside them is the truth that they are written from."""

    def __init__(self, name: str, settings: FeedSettings, head: Head, folder: Path, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._newest, self._head, self._folder = settings.newest, head, folder
        self._state = folder / f".{name}.state.json"
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
        now = self._clock()
        await self._change(lambda shelf: shelf.without(receipt.platform_id, now))
        return Receipt(receipt.platform_id, now, sent=await self._told("withdrawn"))

    async def pin(self, receipt: Receipt) -> None:
        """Show the entry before whatever is newer; it does not leave while it is there."""
        await self._change(lambda shelf: self._topped(shelf, receipt.platform_id))
        await self._told("")

    async def unpin(self, receipt: Receipt) -> None:
        """Back to its place; where another one is on top, nothing happens."""
        await self._change(lambda shelf: shelf.pinned(None) if shelf.top == receipt.platform_id else shelf)
        await self._told("")

    async def check(self) -> tuple[Finding, ...]:
        """Whether the folder can be written."""
        problem = await asyncio.to_thread(files.usable, self._folder)
        return (Finding("folder", problem is None, problem or str(self._folder)),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _put(self, edition: Edition, number: str, *, known: bool = False) -> Receipt:
        story, now = read(self.name, edition), self._clock()
        card = await self._card(edition)
        image = Image.of(edition.card, self._head) if edition.card and card else None
        entry = _entry(number, story, image)
        picture = {image.file: card} if image and card else {}
        await self._change(lambda shelf: shelf.including(entry, now, self._newest, known=known), picture)
        said = f"{entry.headline}\n\n{chr(10).join(story.summary)}"
        without = "without the picture (its file is gone): " if edition.card and not image else ""
        return Receipt(number, now, entry.link, without + await self._told(said))

    async def _card(self, edition: Edition) -> bytes | None:
        if edition.card is None:
            return None
        try:
            return await asyncio.to_thread((self._cards / edition.card.file).read_bytes)
        except OSError:
            return None

    async def _change(self, change: Change, pictures: Mapping[str, bytes] = MappingProxyType({})) -> None:
        try:
            await asyncio.to_thread(self._rewrite, change, pictures)
        except OSError as err:
            raise Unavailable(self.name, f"not sent: {self._folder}: {err.strerror}") from err

    def _rewrite(self, change: Change, pictures: Mapping[str, bytes]) -> None:
        """The state before the documents: whatever dies between them, the next change writes them anew."""
        with files.alone(self._folder, self.name):
            before = self._read()
            after = change(before)
            for name in after.pictures.intersection(pictures):
                files.write(self._folder / name, pictures[name])
            files.write(self._state, after.as_bytes())
            for suffix, document in DOCUMENTS.items():
                files.write(self._folder / f"{self.name}{suffix}", document(self._head, after))
            for name in before.pictures - after.pictures:
                (self._folder / name).unlink(missing_ok=True)

    def _topped(self, shelf: Shelf, number: str) -> Shelf:
        if all(entry.id != number for entry in shelf.entries):
            raise Refused(self.name, f"it has left the feed, which keeps the newest {self._newest}")
        return shelf.pinned(number)

    def _read(self) -> Shelf:
        try:
            return shelf_of(self._state.read_bytes())
        except FileNotFoundError:
            return Shelf()
        except ValidationError as err:
            why = f"{self._state} is no feed's state: bring it back, or remove it to begin anew"
            raise Refused(self.name, why, account=True) from err

    async def _told(self, sent: str) -> str:
        """What was sent, and whether the hub does not know it yet."""
        if self._head.hub is None:
            return sent
        for suffix in DOCUMENTS:
            topic = self._head.address + suffix
            form = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
            try:
                response = await self._client.post(self._head.hub, data=form)
            except (httpx.HTTPError, httpx.InvalidURL) as err:
                return f"{sent}\n\n(the hub was not told: {type(err).__name__})"
            if not response.is_success:
                return f"{sent}\n\n(the hub was not told: HTTP {response.status_code})"
        return sent


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
