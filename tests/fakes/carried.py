"""A carrier that answers as its script says, and a newsroom whose readers it reaches."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, update

from bot.ledger import Ledger
from bot.ledger.membership import ERASED, digests
from bot.ledger.subscriber_rows import wishes
from bot.ledger.subscriber_tables import subscribers
from bot.model.channel import Facts
from bot.model.delivery import Act, Receipt
from bot.model.story import Article
from bot.model.subscriber import (
    Address,
    Addressee,
    Choices,
    Form,
    Membership,
    Reading,
    Timing,
    channel_of,
)
from bot.press import Press
from bot.rules.follow import Corrections
from bot.settings import Desk, Newsroom, Route
from bot.work.compose import Compose
from bot.work.dispatch import Dispatch
from bot.work.fanout import FanningOut
from bot.work.outlet import Outlet
from bot.work.outlets import Outlets
from bot.work.reader_digests import DigestRound
from tests.fakes.scripted import FACTS, Scripted

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
LANE = "scripted:letters"


class Carrying(Scripted):
    """Each reader's posts come to it with their address before the words."""

    def told(self, form: Form) -> Facts:
        return replace(self.facts, limit=60, card=None) if form is Form.TEXT else self.facts

    def at(self, addressee: Addressee) -> Scripted:
        return OneReader(self, addressee)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        del key
        self.edited.append((receipt.platform_id, "withdrawn"))
        return receipt


class OneReader(Carrying):
    """The same script, told who gets it."""

    def __init__(self, carrier: Carrying, addressee: Addressee) -> None:
        super().__init__(addressee.channel, facts=carrier.facts)
        self.script, self.edited, self.answered = carrier.script, carrier.edited, carrier.answered
        self.posted, self.to, self.called = carrier.posted, addressee.address.to, carrier.called

    async def _answer(self, number: str, edition: object) -> Receipt:
        told = await super()._answer(number, edition)  # type: ignore[arg-type]
        return replace(told, platform_id=self.to)


class Readership:
    """A newsroom with one channel of its own and one carrier; its clock is moved by hand."""

    def __init__(self, ledger: Ledger, now: datetime, folder: Path, *, facts: Facts = FACTS, chunk: int = 3) -> None:
        self.ledger, self.now = ledger, now
        self.main, self.letters = Scripted("main"), Carrying("letters", facts=replace(facts, card=None))
        self.main.facts = replace(FACTS, card=None)
        self.woken: list[str] = []
        self.press = Press(Newsroom(name="河湾日报"), SHIPPED, None, folder / "cards")
        self._chunk = chunk
        self.corrections: Corrections = "said"
        self.open()

    def open(self) -> None:
        """As after a restart: nothing is remembered that the ledger does not know."""
        carrier = Outlet("letters", self.letters, LANE, corrections=self.corrections)
        self.outlets = Outlets({"main": Outlet("main", self.main, "scripted:main")}, {"letters": carrier}, self._find)
        desk, stopping = Desk(grace=timedelta(0), not_older_than=None), asyncio.Event()
        routes = (Route(channels=("main",)),)
        self.compose = Compose(
            self.ledger, self.press, self.outlets, routes, desk, self.clock, self.woken.append, lambda _: None
        )
        self.fanning = FanningOut(
            self.ledger, self.press, self.outlets, self.clock, stopping, self.woken.append, chunk=self._chunk
        )
        self.digests = DigestRound(
            self.ledger, self.press, self.outlets, self.clock, self.woken.append, chunk=self._chunk
        )
        self.dispatch = Dispatch(self.ledger, self.outlets, "w", self.clock, stopping, not_older_than=None)

    def clock(self) -> datetime:
        return self.now

    async def _find(self, number: int, act: Act) -> Addressee | None:
        del act
        states = await self.states()
        here = states.get(number) == Membership.ACTIVE.value
        return Addressee(channel_of("letters", number), Address(f"to {number}")) if here else None

    async def states(self) -> dict[int, str]:
        async with self.ledger._store.read() as connection:
            rows = await connection.execute(subscribers.select())
            return {row.id: row.state for row in rows}

    async def readers(
        self,
        count: int = 1,
        choices: Choices = Choices(),  # noqa: B008 - frozen
        timing: Timing = Timing(),  # noqa: B008 - frozen
        reading: Reading = Reading(),  # noqa: B008 - frozen
    ) -> list[int]:
        """So many who chose alike; their numbers."""
        there = len(await self.states())
        rows = [
            {
                **ERASED,
                **wishes(choices, timing, reading),
                **digests(timing, self.now - timedelta(minutes=1)),
                "carrier": "letters",
                "mark": f"mark {there + number}",
                "sealed": b"sealed",
                "generation": 1,
                "state": Membership.ACTIVE.value,
                "why": "",
                "since": self.now - timedelta(days=1),
                "changed_at": self.now,
            }
            for number in range(count)
        ]
        async with self.ledger._store.write() as connection:
            await connection.execute(insert(subscribers), rows)
        return sorted(await self.states())[there:]

    async def become(self, reader: int, state: Membership) -> None:
        async with self.ledger._store.write() as connection:
            change = update(subscribers).where(subscribers.c.id == reader)
            await connection.execute(change.values(state=state.value))

    async def publish(self, made: Article, *, key: str = "k", revision: str = "1") -> int:
        """Record and compose it; its number."""
        story = (await self.ledger.stories.record("inbox", made, [key], revision, self.now)).story
        assert await self.compose.compose(story) is None
        return story

    async def fan_out(self) -> None:
        """Plan whatever may be planned."""
        while due := await self.ledger.chunks.due(self.now):
            for one in due:
                await self.fanning.run(str(one.id))

    async def drain(self) -> None:
        await self.dispatch.drain(LANE)

    async def all(self) -> None:
        """Plan, send, and say what is done."""
        await self.fan_out()
        await self.drain()
        await self.ledger.fanouts.finish(self.now)

    @property
    def got(self) -> Sequence[str]:
        """The words of every post, in order."""
        return [text for _, text in self.letters.posted]
