"""A newsroom at work while everything falls over: stories, corrections, withdrawals, and an editor who looks."""

import asyncio
import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.errors import LedgerError
from bot.ledger import Ledger
from bot.model.delivery import Act, Delivery, State
from tests.chaos.machines import Machine
from tests.chaos.platforms import Platforms

UNDER_WAY = timedelta(seconds=5)
"""An editor looks only after what was under way has surely arrived."""


@dataclass
class Told:
    """A story as the newsroom has it."""

    number: int
    headline: str
    revision: int = 1
    withdrawn: bool = False


class Newsdesk:
    """Drops files into the inbox; settles truthfully what nobody knows."""

    def __init__(self, machine: Machine, ledger: Ledger, platforms: Platforms, chance: random.Random) -> None:
        self._machine, self.ledger, self._platforms, self._chance = machine, ledger, platforms, chance
        self.told: list[Told] = []
        self.corrections = self.withdrawals = self.settled = 0

    async def work(self, every: float, over: asyncio.Event, by_looking: Collection[str]) -> None:
        """A story, a correction or a withdrawal now and then, until it is over; `every` is seconds."""
        while not over.is_set():
            await self.act()
            if self._chance.random() < 0.2:
                await self.settle(by_looking)
            await asyncio.sleep(self._chance.uniform(0.2, 2) * every)

    async def act(self) -> None:
        recent = [one for one in self.told[-12:] if not one.withdrawn]
        what = self._chance.random()
        if not recent or what < 0.55:
            self.drop()
        elif what < 0.88:
            self.correct(self._chance.choice(recent))
        else:
            await self.withdraw(self._chance.choice(recent))

    def drop(self) -> None:
        """A new story."""
        number = len(self.told) + 1
        self.told.append(Told(number, f"河湾短讯第{number}号"))
        self._write(self.told[-1])

    def correct(self, one: Told) -> None:
        """Its next revision."""
        one.revision += 1
        self.corrections += 1
        self._write(one)

    def _write(self, one: Told) -> None:
        front = f"title: {one.headline}\nlink: https://example.org/briefs/{one.number}\nlanguage: zh\n"
        body = f"桥面今早恢复双向通行，这是第{one.revision}稿。"
        self._machine.drop(f"brief-{one.number}-{one.revision}.md", f"---\n{front}---\n\n{body}\n")

    async def withdraw(self, one: Told) -> None:
        """Take it back, if the ledger has it by now."""
        try:
            known = {story.article.headline: story.id for story in await self.ledger.stories.recent(10_000)}
            if (story := known.get(one.headline)) is not None:
                able = list(self._platforms.channels)
                await self.ledger.withdrawals.withdraw(story, able, "陈静", "错发", datetime.now(UTC))
                one.withdrawn = True
                self.withdrawals += 1
        except LedgerError:
            return  # the database is away: another time

    async def settle(self, by_looking: Collection[str]) -> None:
        """Say of posts in doubt whether they are out; but not where the daemon can look. No edit ends in doubt."""
        channels = [name for name in self._platforms.channels if name not in by_looking]
        now = datetime.now(UTC)
        try:
            for claim in await self.ledger.claims.unsure(channels):
                row = claim.delivery
                if row.act is Act.POST and abs(now - row.changed_at) > UNDER_WAY:
                    out = bool(self._platforms.of[row.channel].made(row.channel, row.edition.headline))
                    self.settled += await self.ledger.deliveries.settle(
                        row.story, row.channel, "陈静", "看过", datetime.now(UTC), out=out
                    )
        except LedgerError:
            return

    async def at_rest(self, *, under_lease: bool, by_looking: Collection[str]) -> bool:
        """Whether all that was dropped is read, composed and settled; what a dead machine sends may wait."""
        if [file for file in self._machine.inbox.iterdir() if file.is_file()]:
            return False
        await self.settle(by_looking)
        try:
            if await self.ledger.stories.waiting():
                return False
            rows = await self.rows()
        except LedgerError:
            return False
        busy = [row for row in rows if row.state in {State.PLANNED, State.SENDING, State.UNCERTAIN}]
        return not [row for row in busy if not (under_lease and waits(row, rows))]

    async def rows(self) -> tuple[Delivery, ...]:
        """Every delivery, oldest first."""
        return tuple(sorted(await self.ledger.deliveries.recent(1_000_000), key=lambda row: row.id))


def waits(row: Delivery, rows: tuple[Delivery, ...]) -> bool:
    """Whether it is under the lease of a dead machine, or behind one that is."""
    return any(
        (one.story, one.channel, one.state) == (row.story, row.channel, State.SENDING) and one.id <= row.id
        for one in rows
    )
