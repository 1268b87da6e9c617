"""Catching up: after an outage a channel gets one digest of what is late, in place of a flood of old news."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog

from bot.errors import PressError
from bot.ledger import Ledger
from bot.model.delivery import Delivery, Plan
from bot.model.story import Story
from bot.press import Digest, Press
from bot.rules.catching_up import in_order, key_of, ripe, same, tellable
from bot.rules.digesting import digest_article, language_of
from bot.rules.lateness import Late
from bot.work.ordering import DESK
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

WHO = "catching up"


class CatchingUp:
    """Over the channels that can be opened; all it knows stands in the ledger."""

    def __init__(
        self, ledger: Ledger, press: Press, outlets: Mapping[str, Outlet], clock: Clock, zone: ZoneInfo
    ) -> None:
        self._ledger, self._press, self._outlets, self._clock = ledger, press, outlets, clock
        self._zone = zone
        self._digesting = {name for name, one in outlets.items() if one.lateness and one.lateness.late is Late.DIGEST}
        self._others = set(outlets) - self._digesting

    async def round(self) -> None:
        """Make what digests are due. Raises LedgerError."""
        for name in sorted(self._others):  # the settings may say otherwise since they were last read
            waiting = await self._ledger.digests.late(name)
            await self._to_an_editor(waiting, "this channel makes no digest of what is late")
            self._others.remove(name)
        for name in sorted(self._digesting):
            await self._channel(self._outlets[name], self._clock())

    async def _channel(self, outlet: Outlet, now: datetime) -> None:
        waiting = await self._ledger.digests.late(outlet.name)
        if outlet.lateness is None or not ripe([row.changed_at for row, _ in waiting], now):
            return
        begun = [one for one in waiting if one[0].doubtful or one[0].receipt]
        await self._to_an_editor(begun, "part of it may be out")
        late = [one for one in waiting if one not in begun and tellable(*one, outlet.lateness, now)]
        stories = in_order(story for _, story in late)
        if not stories:
            return
        digest = Digest(stories, now, language_of(stories))
        try:
            made = await self._press.digest(digest, outlet.name, await outlet.facts())
        except PressError as err:
            why = f"no digest can be made ({err.why})"
            await self._to_an_editor(late, why)
            text = f"{outlet.name}: {len(late)} stories are late, and {why}: editors release them"
            await self._ledger.notices.add(f"late {outlet.name}", text, now)
            return
        if made is None:
            return
        chosen = tuple(story for story in stories if story.id in made.stories)
        told = [row.id for row, story in late if same(story, chosen)]
        left = [row.id for row, story in late if not same(story, chosen)]
        headline = f"{made.edition.headline} {now.astimezone(self._zone):%Y-%m-%d}"
        article = digest_article(key_of(told), headline, chosen)
        plan = Plan(outlet.name, outlet.lane, made.edition, now, uuid4().hex, reason="the digest of what is late")
        goes = {name: name == outlet.name for name in self._outlets}
        number = await self._ledger.digests.catch_up(DESK, article, goes, plan, told, left, WHO, now)
        if number is None:
            return  # an editor moved some of it meanwhile: the next round looks again
        log.info("caught up", channel=outlet.name, digest=number, told=len(told), left=len(left))
        text = f"{outlet.name}: {len(told)} late stories are told in the digest #{number}, {len(left)} had no room"
        await self._ledger.notices.add(f"late {outlet.name}", text, now)

    async def _to_an_editor(self, late: Sequence[tuple[Delivery, Story]], why: str) -> None:
        if late:
            await self._ledger.digests.hand_over([row.id for row, _ in late], WHO, why, self._clock())
