"""A channel that answers as its script says: for tests of dispatch, where the platform does not matter."""

import asyncio
from collections import deque
from datetime import UTC, datetime

from bot.model.channel import Facts, Pace, WhenUnsure
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup

FACTS = Facts(kind="scripted", template="telegram.html.j2", markup=Markup.HTML, limit=4096, editable=True)


Step = Exception | float | asyncio.Event | None


class Scripted:
    """Takes the next answer of its script for each call: an error to raise, what to wait for, or None.

    It waits for so many seconds, or until an event happens.
    """

    def __init__(self, name: str, *script: Step, facts: Facts = FACTS) -> None:
        self.name, self.facts = name, facts
        self.script: deque[Step] = deque(script)
        self.posted: list[tuple[str, str]] = []
        """(key, text) of every post, also of those whose answer was an error."""
        self.edited: list[tuple[str, str]] = []
        """(platform id, text)."""
        self.answered: list[str] = []
        """The platform id that each answer stands below."""
        self.called = asyncio.Event()

    async def send(self, edition: Edition, key: str) -> Receipt:
        self.posted.append((key, edition.text))
        return await self._answer(f"{self.name}/{len(self.posted)}", edition)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        self.answered.append(to.platform_id)
        return await self.send(edition, key)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        self.edited.append((receipt.platform_id, edition.text))
        return await self._answer(receipt.platform_id, edition)

    async def close(self) -> None:
        pass

    async def _answer(self, number: str, edition: Edition) -> Receipt:
        self.called.set()
        step = self.script.popleft() if self.script else None
        if isinstance(step, Exception):
            raise step
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif step is not None:
            await asyncio.sleep(step)
        return Receipt(number, datetime(2026, 11, 24, 8, tzinfo=UTC), None, edition.text)


__all__ = ["FACTS", "Facts", "Pace", "Scripted", "WhenUnsure"]
