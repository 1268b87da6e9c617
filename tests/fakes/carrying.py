"""A newsroom with one real carrier: readers in the ledger, their addresses sealed, and all that leads to them."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.fernet import Fernet

from bot.app import finding
from bot.ledger import Ledger
from bot.model.channel import Channel
from bot.model.delivery import Act
from bot.model.story import Article
from bot.model.subscriber import subscriber_of
from bot.press import Press
from bot.settings import Desk, Newsroom, Route
from bot.work.compose import Compose
from bot.work.dispatch import Dispatch
from bot.work.fanout import FanningOut
from bot.work.outlet import Outlet
from bot.work.outlets import Outlets
from tests.fakes.scripted import Scripted

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
LINKS = "https://crier.example.org"


class Carriage:
    """Its clock is moved by hand; `name` is the carrier's."""

    def __init__(self, ledger: Ledger, now: datetime, folder: Path, name: str, channel: Channel) -> None:
        self.ledger, self.now, self.name, self.lane = ledger, now, name, f"lane:{name}"
        self.readers = ledger.subscribers(Fernet.generate_key().decode())
        self.find = finding(self.readers, LINKS)
        carriers = {name: Outlet(name, channel, self.lane)}
        self.outlets = Outlets({"main": Outlet("main", Scripted("main"), "scripted:main")}, carriers, self.find)
        press, desk = Press(Newsroom(name="河湾日报"), SHIPPED, None, folder), Desk(grace=timedelta(0))
        stopping, routes = asyncio.Event(), (Route(channels=("main",)),)
        self.compose = Compose(ledger, press, self.outlets, routes, desk, self.clock, lambda _: None, lambda _: None)
        self.fanning = FanningOut(ledger, press, self.outlets, self.clock, stopping, lambda _: None)
        self.dispatch = Dispatch(ledger, self.outlets, "w", self.clock, stopping, not_older_than=None)

    def clock(self) -> datetime:
        return self.now

    async def publish(self, made: Article, *, key: str = "k", revision: str = "1") -> int:
        """Record and compose it, and bring it to whoever wants it; its number."""
        story = (await self.ledger.stories.record("inbox", made, [key], revision, self.now)).story
        await self.compose.compose(story)
        await self.all()
        return story

    async def withdraw(self, story: int) -> None:
        """Take it back everywhere."""
        await self.ledger.withdrawals.withdraw(story, {self.name}, "lin", "wrong", self.now)
        await self.all()

    async def all(self) -> None:
        """Plan and send whatever may be, later by as much as every pace needs."""
        self.now += timedelta(seconds=10)
        while due := await self.ledger.chunks.due(self.now):
            for one in due:
                await self.fanning.run(str(one.id))
        await self.dispatch.drain(self.lane)
        await self.ledger.fanouts.finish(self.now)

    async def states(self, story: int) -> Sequence[str]:
        """Act, state and reason of every delivery to readers, in order."""
        [one] = await self.ledger.fanouts.of_story(story)
        rows = await self.ledger.deliveries.of_story(one.number)
        assert all(subscriber_of(row.channel) for row in rows)
        return [f"{row.act} {row.state}" for row in rows if row.act in list(Act)]
