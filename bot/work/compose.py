"""Compose: route a fresh story, make its editions, and write all its deliveries down before anything is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog

from bot.errors import PressError
from bot.ledger import Ledger
from bot.model.cluster import Relative
from bot.model.decision import Decision, Verb
from bot.model.delivery import BREAKING, Act, Delivery, Plan, State
from bot.model.edition import Edition
from bot.model.lane import Later, Never
from bot.model.order import EMBARGOED, Given, Orders
from bot.model.story import Story
from bot.model.subscriber import Fanning
from bot.press import Press
from bot.rules import approval
from bot.rules.correcting import step_for
from bot.rules.follow import OUT, SUPERSEDED, Follow
from bot.rules.lateness import Lateness
from bot.rules.ordered import overridden
from bot.rules.relatives import among_relatives, must_wait
from bot.rules.routing import Verdict, route
from bot.settings import Desk, Route
from bot.work.desknotices import tell
from bot.work.outlet import Clock, Outlet
from bot.work.outlets import carriers_of
from bot.work.reaching import reaching
from bot.work.resetting import reset
from bot.work.typesetting import Typesetting
from bot.work.variants import Variants

log = structlog.get_logger(__name__)

TEMPLATE_RETRY = timedelta(seconds=30)
"""A story that the press could not set for some channel stays fresh and is tried again after this."""

KIN_RETRY = timedelta(seconds=1)
"""A reprint asks this often whether the stories before it in its cluster have been composed."""


@dataclass
class Sheet:
    """What one composing of a story decided."""

    given: Given
    plans: list[Plan] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    spoilt: list[PressError] = field(default_factory=list)
    dropped: list[Verdict] = field(default_factory=list)
    fanned: list[Fanning] = field(default_factory=list)
    """Fan-outs to subscribers that begin with it, or follow it."""
    stale: list[str] = field(default_factory=list)
    """Channels where something is out that can no longer be made right from here."""


class Compose:
    """From a story to promises on paper."""

    def __init__(
        self,
        ledger: Ledger,
        press: Press,
        outlets: Mapping[str, Outlet],
        routes: Sequence[Route],
        desk: Desk,
        clock: Clock,
        on_planned: Callable[[str], None],
        on_fanned: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._ledger, self._press, self._outlets, self._routes = ledger, press, outlets, routes
        self._desk, self._clock, self._on_planned = desk, clock, on_planned
        self._on_fanned = on_fanned
        self._set, self._variants = Typesetting(ledger, press), Variants(ledger, press)
        self._not_before: dict[int, datetime] = {}

    async def compose(self, story_id: int) -> timedelta | None:
        """Plan one story, and make anew what waits of it where editors ordered so.

        Answers when to come again where a template was at fault or its original goes first.
        """
        wait = self._not_before.get(story_id, datetime.min.replace(tzinfo=UTC)) - self._clock()
        if wait > timedelta(0):
            return wait
        story = await self._ledger.stories.get(story_id)
        if story is None:
            return None
        relatives = await self._ledger.clusters.relatives(story)
        if must_wait(story, relatives):
            return KIN_RETRY
        given = await self._ledger.orders.given(story_id)
        orders = await self._asked(story, given)
        story, given = replace(story, orders=orders), replace(given, orders=orders)
        verdicts = overridden(route(story, self._routes, self._outlets), given.overrides)
        earlier = await self._ledger.deliveries.of_story(story_id)
        sheet = Sheet(given)
        if given.fresh:
            for verdict in verdicts:
                rows = [row for row in earlier if row.channel == verdict.channel]
                await self._consider(verdict, story, rows, relatives, sheet)
            self._reach(story, sheet)
            again = await self._write(story, sheet)
            if again is not None:
                return again
            sheet.given = replace(sheet.given, fresh=False)  # as it stands in the ledger now
        return await self._reset(story, sheet.given, verdicts) if given.renew else None

    async def _asked(self, story: Story, given: Given) -> Orders:
        """What was ordered, once it is known how many editors it needs."""
        need = approval.needed(story, self._desk.approval)
        if (need.editors, need.why) == (given.orders.needed, given.orders.because):
            return given.orders
        return await self._ledger.orders.ask(story.id, need.editors, need.why, self._clock())

    async def _reset(self, story: Story, given: Given, verdicts: Sequence[Verdict]) -> timedelta | None:
        """Make anew what waits, as editors ordered; nothing of the story leaves before."""
        for one in await self._ledger.fanouts.of_story(story.id):
            carrier = carriers_of(self._outlets).get(one.carrier)
            if carrier is not None and one.revision == story.revision:
                try:
                    await self._variants.reset(one, story, carrier)
                except PressError as err:
                    await self._ledger.notices.add(f"template {err.template}", str(err), self._clock())
                    return TEMPLATE_RETRY
        if not await reset(self._ledger, self._set, self._outlets, verdicts, story, given, self._clock):
            self._not_before[story.id] = self._clock() + TEMPLATE_RETRY
            return TEMPLATE_RETRY
        for lane in {outlet.lane for outlet in self._outlets.values()}:
            self._on_planned(lane)
        return None

    def _reach(self, story: Story, sheet: Sheet) -> None:
        """The subscribers of every carrier."""
        now = self._clock()
        for verdict, fanning in reaching(story, sheet.given, carriers_of(self._outlets), self._routes, self._desk, now):
            if fanning is not None:
                sheet.fanned.append(fanning)
            elif not verdict.yes:
                sheet.dropped.append(verdict)
            verb = Verb.ROUTED if fanning else Verb.NOT_ROUTED
            why = verdict.why if fanning or not verdict.yes else "too late for subscribers"
            sheet.decisions.append(Decision(verb, "routing", why, now, story.id, story.revision, verdict.channel))

    async def _consider(
        self,
        verdict: Verdict,
        story: Story,
        rows: Sequence[Delivery],
        relatives: Sequence[Relative],
        sheet: Sheet,
    ) -> None:
        now = self._clock()

        def note(verb: Verb, who: str, why: str) -> None:
            sheet.decisions.append(Decision(verb, who, why, now, story.id, story.revision, verdict.channel))

        if any(row.revision == story.revision for row in rows):
            return  # composed before; only a channel whose template was at fault comes here a second time
        if not verdict.yes:
            note(Verb.NOT_ROUTED, "routing", verdict.why)
            sheet.dropped.append(verdict)
            return
        outlet = self._outlets[verdict.channel]
        step = await self._step(story, outlet, rows, relatives, sheet.given)
        if step.act is None:
            note(Verb.NOT_ROUTED, "follow", step.why)
            if step.stale:
                sheet.stale.append(verdict.channel)
            return
        try:
            job = await self._set.job(
                story, sheet.given, outlet.name, rows, verdict.route, step.act, correction=step.correction
            )
            edition = await self._set.edition(story, sheet.given, outlet, job)
        except PressError as err:
            note(Verb.FAILED, "press", str(err))
            sheet.spoilt.append(err)
            return
        note(Verb.ROUTED, "routing", verdict.why)
        sheet.plans.append(self._plan(story, outlet, step, step.act, edition, sheet.given, now))

    async def _step(
        self,
        story: Story,
        outlet: Outlet,
        rows: Sequence[Delivery],
        relatives: Sequence[Relative],
        given: Given,
    ) -> Follow:
        """What the channel gets of this revision."""
        added = given.overrides.get(outlet.name)
        said = await self._set.says_what_it_corrects(story, rows) if rows else False
        kind = given.correction.kind if given.correction else None
        editable = outlet.channel.facts.editable
        step = step_for(rows, editable=editable, policy=outlet.corrections, kind=kind, said=said)
        if added is not None and added.goes:
            gone = any(row.act is Act.DELETE or row.state in OUT or row.receipt is not None for row in rows)
            return step if gone else Follow(Act.POST, added.said, held=step.held)
        if not rows:  # what is here already follows its own story, whatever became of the others
            step = among_relatives(story, relatives, outlet.name) or step
        return step

    def _plan(
        self, story: Story, outlet: Outlet, step: Follow, act: Act, edition: Edition, given: Given, now: datetime
    ) -> Plan:
        orders, embargo = given.orders, given.embargo
        lateness = outlet.lateness or Lateness(self._desk.not_older_than)
        against = step.held if step.held is not None else lateness.objection(act, story, now)
        held = against.why if isinstance(against, Later | Never) else against
        due = max(now, story.first_seen + self._desk.grace) if act is Act.POST and not orders.urgent else now
        due = max(due, orders.scheduled or due) if act is Act.POST else due
        waits = embargo is not None and embargo > due
        return Plan(
            channel=outlet.name,
            lane=outlet.lane,
            edition=edition,
            due_at=max(due, embargo or due),
            key=uuid4().hex,
            act=act,
            state=State.CANCELLED if isinstance(against, Never) else State.HELD if held else State.PLANNED,
            priority=BREAKING if orders.urgent else 0,
            reason=held or (f"{EMBARGOED} {embargo:%Y-%m-%d %H:%M} UTC" if waits else step.why),
            correction=step.correction,
        )

    async def _write(self, story: Story, sheet: Sheet) -> timedelta | None:
        now = self._clock()
        said = {_gist(decision) for decision in await self._ledger.history.of_story(story.id)}
        news = [decision for decision in sheet.decisions if _gist(decision) not in said]
        written = await self._ledger.deliveries.plan(
            story.id, story.revision, sheet.plans, news, now, still_fresh=bool(sheet.spoilt), fanned=sheet.fanned
        )
        if not written:
            return timedelta(0)  # meanwhile a newer revision arrived, or an older one went out: decide anew
        for verdict in sheet.dropped:
            why = f"{SUPERSEDED} by revision {story.revision}: {verdict.why}"
            await self._ledger.deliveries.cancel(story.id, "routing", why, now, channel=verdict.channel)
        unfit, self._set.unfit = self._set.unfit, []
        await tell(self._ledger, self._press, story, sheet, unfit, now)
        for plan in sheet.plans:
            log.info("planned", story=story.id, channel=plan.channel, act=plan.act, state=plan.state, due=plan.due_at)
        for lane in {plan.lane for plan in sheet.plans}:
            self._on_planned(lane)
        if sheet.fanned:
            for one in await self._ledger.fanouts.of_story(story.id):
                self._on_fanned(one.id)
        if not sheet.spoilt:
            self._not_before.pop(story.id, None)
            return None
        self._not_before[story.id] = now + TEMPLATE_RETRY
        return TEMPLATE_RETRY


def _gist(decision: Decision) -> tuple[Verb, int | None, str | None, str]:
    return decision.verb, decision.revision, decision.channel, decision.why
