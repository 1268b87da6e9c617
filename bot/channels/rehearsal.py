"""The rehearsal: composes exactly as for the channel it stands for, posts to a file of ours, sends nothing."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic_core import to_jsonable_python

from bot.errors import Unavailable
from bot.model.channel import FOREVER, Facts, WhenUnsure
from bot.model.delivery import Receipt
from bot.model.edition import Edition
from bot.model.subscriber import Addressee, Form

LANE = "rehearsal:"
"""How the lane of a rehearsed delivery begins."""


class Rehearsal:
    """Takes the place of any channel; a file named by the key makes the same post twice one post."""

    def __init__(self, name: str, facts: Facts, folder: Path, page: str | None, clock: Callable[[], datetime]) -> None:
        """`page` is the address of the page, where it is known before the page is open."""
        self.name = name
        self.facts = replace(facts, pace=(), key_life=FOREVER, when_unsure=WhenUnsure.RESEND, editable=True)
        self._folder, self._page, self._clock = folder / name, page, clock

    def told(self, form: Form) -> Facts:
        """As near as it can be told without the account."""
        return self.facts if form is Form.CARD else replace(self.facts, card=None)

    def at(self, addressee: Addressee) -> "Rehearsal":
        """A reader's posts lie beside all others', and no address with them."""
        del addressee
        return self

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Write it down as if it were posted."""
        return await self._write(edition, key)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Write it down beside the post that it answers."""
        del to
        return await self._write(edition, key)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Write over what was posted; `key` is the edit's own and not needed here."""
        del key
        return await self._write(edition, receipt.platform_id)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Take the file away."""
        del key
        file = self._folder / f"{receipt.platform_id}.json"
        await asyncio.to_thread(file.unlink, missing_ok=True)
        return replace(receipt, sent="")

    async def pin(self, receipt: Receipt) -> None:
        """Write down which post is on top."""
        await self._pinned(receipt.platform_id)

    async def unpin(self, receipt: Receipt) -> None:
        """Nothing is on top, unless it is another by now."""
        if self._on_top.is_file() and await asyncio.to_thread(self._on_top.read_text) == receipt.platform_id:
            await self._pinned("")

    async def _pinned(self, post: str) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(self._on_top.write_text, post)
        except OSError as err:
            raise Unavailable(self.name, f"the rehearsal cannot be written: {err}") from err

    @property
    def _on_top(self) -> Path:
        return self._folder / "pinned.txt"

    async def close(self) -> None:
        """Nothing is open."""

    async def _write(self, edition: Edition, key: str) -> Receipt:
        post = {"channel": self.name, "rehearsed": True, "edition": to_jsonable_python(edition)}
        try:
            await asyncio.to_thread(_save, self._folder / f"{key}.json", post)
        except OSError as err:
            raise Unavailable(self.name, f"the rehearsal cannot be written: {err}") from err
        permalink = f"{self._page}#{self.name}-{edition.story}" if self._page else None
        return Receipt(key, self._clock(), permalink, edition.text)


def _save(path: Path, post: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(post, ensure_ascii=False, indent=2), encoding="utf-8")
    os.replace(part, path)  # noqa: PTH105 - atomic, and said so
