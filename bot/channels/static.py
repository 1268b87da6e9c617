"""Static: a page with a picture for every story, in a folder that a web server shows, to be shared by its link.

A page is named by the delivery's key: a repeat writes the same page, a correction writes it anew at the same address.
What is withdrawn leaves a notice, also under NAME.gone.html, by which a web server can know to answer 410.

    what happens                       what it means
    the folder cannot be written       Unavailable: the page is not shown, or as it was
    the template leaves out a part     Refused, this post
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.channels import folder as files
from bot.channels.kind import Doors
from bot.channels.page import Looks, Site, notice, page
from bot.channels.whole import facts_of, read
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import Unavailable
from bot.model.channel import Facts, Finding
from bot.model.delivery import NOTICE_STANDS, Receipt
from bot.model.edition import Edition
from bot.settings import ChannelSettings
from bot.settings.scalars import Address


class StaticSettings(ChannelSettings):
    """Where the pages lie."""

    kind: Literal["static"]
    folder: Path = Field(description="The folder that a web server shows; relative to the settings file.")
    url: Address = Field(description="That folder's address, such as https://example.org/s/.")
    home: Address | None = Field(None, description="The newsroom's front page; without it, the folder's address.")

    @property
    def place(self) -> str:
        """The folder's address."""
        return self.url


def facts(settings: StaticSettings) -> Facts:
    """A page is as often written as need be."""
    return facts_of(settings.kind)


def open_channel(name: str, settings: StaticSettings, doors: Doors) -> "Static":
    """Raises SettingsError where a page's look cannot be used."""
    url = settings.url.rstrip("/") + "/"
    site = Site(doors.newsroom, settings.home or url, url)
    return Static(name, facts(settings), site, Looks.read(doors.templates), doors.root / settings.folder, doors)


class Static:
    """Pages in a folder."""

    def __init__(self, name: str, known: Facts, site: Site, looks: Looks, folder: Path, doors: Doors) -> None:
        self.name, self.facts = name, known
        self._site, self._looks, self._folder = site, looks, folder
        self._cards, self._clock = doors.cards, doors.clock

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Write the page; its name is made of the key."""
        return await self._write(edition, hashlib.sha256(key.encode()).hexdigest()[:12])

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Write it anew at the same address."""
        del key
        return await self._write(edition, receipt.platform_id)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Leave a notice in its place, and no picture."""
        del key
        name, gone = receipt.platform_id, notice(self._site, self._looks).encode()
        await self._change(name, {f"{name}.html": gone, f"{name}.gone.html": gone})
        return Receipt(name, self._clock(), receipt.permalink, NOTICE_STANDS)

    async def check(self) -> tuple[Finding, ...]:
        """Whether the folder can be written."""
        problem = await asyncio.to_thread(files.usable, self._folder)
        return (Finding("folder", problem is None, problem or str(self._folder)),)

    async def close(self) -> None:
        """Nothing is open."""

    async def _write(self, edition: Edition, name: str) -> Receipt:
        story, card = read(self.name, edition), await card_of(edition, self._cards)
        picture = f"{name}.{edition.card.file}" if edition.card and card is not None else None
        text = page(story, self._site, self._looks, name, edition.card, picture)
        shown = {picture: card} if picture and card is not None else {}
        await self._change(name, {**shown, f"{name}.html": text.encode()})
        sent = f"{story.headline}\n\n{chr(10).join(story.summary)}"
        if edition.card and card is None:
            sent = f"{WITHOUT_PICTURE} (its file is gone): {sent}"
        return Receipt(name, self._clock(), f"{self._site.url}{name}.html", sent)

    async def _change(self, name: str, content: dict[str, bytes]) -> None:
        try:
            await asyncio.to_thread(self._rewrite, name, content)
        except OSError as err:
            raise Unavailable(self.name, f"not sent: {self._folder}: {err.strerror}") from err

    def _rewrite(self, name: str, content: dict[str, bytes]) -> None:
        """The picture before the page that shows it; what the page no longer shows goes last."""
        with files.alone(self._folder, self.name):
            for file, written in content.items():
                files.write(self._folder / file, written)
            for old in self._folder.glob(f"{name}.*"):
                if old.name not in content:
                    old.unlink(missing_ok=True)
