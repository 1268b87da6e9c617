"""Digesting: today's stories become one edition a channel, and wait for their editor's yes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.errors import PressError
from bot.ledger import Ledger
from bot.model.delivery import Plan, State
from bot.model.story import Story
from bot.press import Digest, Press
from bot.rules.digesting import chosen, digest_article, is_digest, language_of
from bot.work.outlet import Clock, Outlet

WAITS = "a digest waits for its editor's yes"


@dataclass(frozen=True, slots=True)
class Made:
    """A digest in the ledger, or why there is none."""

    story: int | None = None
    """None: there was nothing to tell, or it could not be made for any channel."""
    told: int = 0
    """How many stories it tells, on any of its channels."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """Why a channel does not get it."""


class Digesting:
    """Over the channels that can be opened."""

    def __init__(self, ledger: Ledger, press: Press, outlets: Mapping[str, Outlet], clock: Clock, source: str) -> None:
        self._ledger, self._press, self._outlets, self._clock = ledger, press, outlets, clock
        self._source = source

    async def count(self, since: datetime) -> int:
        """How many stories have come out since then. Raises LedgerError."""
        return len(await self._material(since))

    async def make(self, channels: Sequence[str], since: datetime, who: str, zone: ZoneInfo) -> Made:
        """Of what has come out since then, with what is pinned on top; held until somebody releases it.

        Raises LedgerError.
        """
        now, out = self._clock(), await self._material(since)
        plans: list[Plan] = []
        problems: dict[str, str] = {}
        told: dict[int, Story] = {}
        where: dict[str, tuple[int, ...]] = {}
        for name in channels:
            outlet, on_top = self._outlets[name], await self._pinned(name)
            stories = dict.fromkeys((*on_top, *chosen(out, name)))
            if not stories:
                continue
            pinned = frozenset(story.id for story in on_top)
            digest = Digest(tuple(stories), now, language_of(tuple(stories)), pinned=pinned)
            try:
                made = await self._press.digest(digest, name, await outlet.facts())
            except PressError as err:
                problems[name] = err.why
                continue
            if made is not None:
                told |= {story.id: story for story in stories if story.id in made.stories}
                where[name] = made.stories
                plan = Plan(name, outlet.lane, made.edition, now, uuid4().hex, state=State.HELD, reason=WAITS)
                plans.append(plan)
        if not plans:
            return Made(problems=problems)
        headline = f"{plans[0].edition.headline} {now.astimezone(zone):%Y-%m-%d}"
        article = digest_article(uuid4().hex, headline, tuple(told.values()))
        goes = {name: any(plan.channel == name for plan in plans) for name in self._outlets}
        number = await self._ledger.digests.plan(self._source, article, goes, plans, who, now, where)
        return Made(number, len(told), problems)

    async def _material(self, since: datetime) -> tuple[tuple[Story, frozenset[str]], ...]:
        """A digest tells no digests."""
        return tuple(one for one in await self._ledger.digests.material(since) if not is_digest(one[0].article))

    async def _pinned(self, channel: str) -> tuple[Story, ...]:
        found = [await self._ledger.stories.get(pin.story) for pin in await self._ledger.pins.current(channel)]
        return tuple(story for story in found if story is not None and story.held is None)
