"""Compose: route a fresh story, make its editions, and write all its deliveries down before anything is sent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog

from bot.errors import PressError
from bot.ledger import Ledger
from bot.model.cluster import Relative
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Delivery, Plan, State
from bot.model.story import Story
from bot.press import Press
from bot.press.job import Job, Occasion
from bot.rules import clearance
from bot.rules.changes import told
from bot.rules.difference import difference
from bot.rules.follow import OUT, SUPERSEDED, Follow, corrected, follow
from bot.rules.relatives import among_relatives, must_wait
from bot.rules.routing import Verdict, route
from bot.rules.summarising import analyse
from bot.settings import Desk, Route
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

TEMPLATE_RETRY = timedelta(seconds=30)
"""A story that the press could not set for some channel stays fresh and is tried again after this."""

KIN_RETRY = timedelta(seconds=1)
"""A reprint asks this often whether the stories before it in its cluster have been composed."""


@dataclass
class _Sheet:
    """What one composing of a story decided."""

    plans: list[Plan] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    waiting: list[Plan] = field(default_factory=list)
    spoilt: list[PressError] = field(default_factory=list)
    dropped: list[Verdict] = field(default_factory=list)
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
    ) -> None:
        self._ledger, self._press, self._outlets, self._routes = ledger, press, outlets, routes
        self._desk, self._clock, self._on_planned = desk, clock, on_planned
        self._not_before: dict[int, datetime] = {}

    async def compose(self, story_id: int) -> timedelta | None:
        """Plan one story; answers when to come again where a template was at fault or its original goes first."""
        wait = self._not_before.get(story_id, datetime.min.replace(tzinfo=UTC)) - self._clock()
        if wait > timedelta(0):
            return wait
        story = await self._ledger.stories.get(story_id)
        if story is None:
            return None
        relatives = await self._ledger.clusters.relatives(story)
        if must_wait(story, relatives):
            return KIN_RETRY
        earlier = await self._ledger.deliveries.of_story(story_id)
        sheet = _Sheet()
        for verdict in route(story, self._routes, self._outlets):
            rows = [row for row in earlier if row.channel == verdict.channel]
            await self._consider(verdict, story, rows, relatives, sheet)
        return await self._write(story, sheet)

    async def _consider(
        self,
        verdict: Verdict,
        story: Story,
        rows: Sequence[Delivery],
        relatives: Sequence[Relative],
        sheet: _Sheet,
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
        step = follow(rows, editable=outlet.channel.facts.editable)
        if not rows:  # what is here already follows its own story, whatever became of the others
            step = among_relatives(story, relatives, outlet.name) or step
        if step.stale:
            step = corrected(step, outlet.corrections, said=await self._says_what_it_corrects(story, rows))
        if step.act is None:
            note(Verb.NOT_ROUTED, "follow", step.why)
            if step.stale:
                sheet.stale.append(verdict.channel)
            return
        try:
            job = await self._job(story, verdict, rows, step)
            plan = await self._plan(story, outlet, step, step.act, job, now)
        except PressError as err:
            note(Verb.FAILED, "press", str(err))
            sheet.spoilt.append(err)
            return
        note(Verb.ROUTED, "routing", verdict.why)
        sheet.plans.append(plan)

    async def _job(self, story: Story, verdict: Verdict, rows: Sequence[Delivery], step: Follow) -> Job:
        """The occasion; for an edit or a correction also what reads otherwise than what is out."""
        if step.act is not Act.EDIT and not step.correction:
            return Job(route=verdict.route)
        old = await self._as_out(story, rows)
        changed = told(difference(old.article, story.article), story.article.language) if old else ()
        occasion = Occasion.CORRECTION if step.correction else Occasion.EDIT
        return Job(occasion=occasion, route=verdict.route, changed=changed)

    async def _as_out(self, story: Story, rows: Sequence[Delivery]) -> Story | None:
        """The story as readers of this channel have it."""
        out = max((row.revision for row in rows if row.state in OUT), default=story.revision)
        return next((one for one in await self._ledger.stories.revisions(story.id) if one.revision == out), None)

    async def _says_what_it_corrects(self, story: Story, rows: Sequence[Delivery]) -> bool:
        """And says something else than when it went out."""
        said, old = analyse(story.article).correction, await self._as_out(story, rows)
        before = analyse(old.article).correction if old else None
        return said is not None and (before is None or before.text != said.text)

    async def _plan(self, story: Story, outlet: Outlet, step: Follow, act: Act, job: Job, now: datetime) -> Plan:
        edition = await self._press.edition(story, outlet.name, outlet.channel.facts, job)
        held = (
            step.held
            if step.held is not None
            else clearance.objection(act, story, now, not_older_than=self._desk.not_older_than)
        )
        due = max(now, story.first_seen + self._desk.grace) if act is Act.POST else now
        return Plan(
            channel=outlet.name,
            lane=outlet.lane,
            edition=edition,
            due_at=due,
            key=uuid4().hex,
            act=act,
            state=State.HELD if held else State.PLANNED,
            reason=held or step.why,
            correction=step.correction,
        )

    async def _write(self, story: Story, sheet: _Sheet) -> timedelta | None:
        now = self._clock()
        said = {_gist(decision) for decision in await self._ledger.history.of_story(story.id)}
        news = [decision for decision in sheet.decisions if _gist(decision) not in said]
        written = await self._ledger.deliveries.plan(
            story.id, story.revision, sheet.plans, news, now, still_fresh=bool(sheet.spoilt)
        )
        if not written:
            return timedelta(0)  # meanwhile a newer revision arrived, or an older one went out: decide anew
        for verdict in sheet.dropped:
            why = f"{SUPERSEDED} by revision {story.revision}: {verdict.why}"
            await self._ledger.deliveries.cancel(story.id, "routing", why, now, channel=verdict.channel)
        for err in sheet.spoilt:
            log.error("not composed", story=story.id, error=str(err))
            await self._ledger.notices.add(f"template {err.template}", str(err), now)
        for complaint in self._press.complaints():
            log.warning("the desk is told", about=complaint.subject, text=complaint.text)
            await self._ledger.notices.add(complaint.subject, complaint.text, now)
        if sheet.stale:
            where = ", ".join(sheet.stale)
            text = f"#{story.id} {story.article.headline}: revision {story.revision} cannot reach {where}"
            await self._ledger.notices.add(f"story {story.id} revision {story.revision} cannot follow", text, now)
        for plan in sheet.plans:
            log.info("planned", story=story.id, channel=plan.channel, act=plan.act, state=plan.state, due=plan.due_at)
            if plan.state is State.HELD:
                subject = f"story {story.id} held"
                await self._ledger.notices.add(subject, f"#{story.id} {story.article.headline}: {plan.reason}", now)
        for lane in {plan.lane for plan in sheet.plans}:
            self._on_planned(lane)
        if not sheet.spoilt:
            self._not_before.pop(story.id, None)
            return None
        self._not_before[story.id] = now + TEMPLATE_RETRY
        return TEMPLATE_RETRY


def _gist(decision: Decision) -> tuple[Verb, int | None, str | None, str]:
    return decision.verb, decision.revision, decision.channel, decision.why
