"""Reaching: which carriers' subscribers a story is for, from when on, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.model.delivery import BREAKING, Act
from bot.model.lane import Later, Never
from bot.model.order import Given
from bot.model.story import Story
from bot.model.subscriber import Fanning
from bot.rules.digesting import is_digest
from bot.rules.lateness import WAITS, Lateness
from bot.rules.ordered import overridden
from bot.rules.routing import Verdict, carried
from bot.settings import Desk, Route
from bot.work.outlet import Outlet


def reaching(
    story: Story, given: Given, carriers: Mapping[str, Outlet], routes: Sequence[Route], desk: Desk, now: datetime
) -> tuple[tuple[Verdict, Fanning | None], ...]:
    """A verdict a carrier, and the fan-out that it begins; none for what is too late, and for digests of the desk's."""
    if is_digest(story.article):
        return ()
    verdicts = overridden([carried(story, routes, name) for name in carriers], given.overrides)
    return tuple(
        (one, _fanning(story, given, carriers[one.channel], desk, now) if one.yes else None) for one in verdicts
    )


def _fanning(story: Story, given: Given, carrier: Outlet, desk: Desk, now: datetime) -> Fanning | None:
    orders, lateness = given.orders, carrier.lateness or Lateness(desk.not_older_than)
    against = lateness.objection(Act.POST, story, now)
    due = now if orders.urgent else max(now, story.first_seen + desk.grace)
    due = max(due, orders.scheduled or due, given.embargo or due)
    if isinstance(against, Never) or against == WAITS:
        return None
    if isinstance(against, Later):
        due, against = max(due, against.until), None
    # A hold, an approval: the fan-out waits for those by itself.
    stopped = "" if story.held is not None or orders.objection is not None else against or ""
    return Fanning(carrier.name, story.article.headline, due, BREAKING if orders.urgent else 0, stopped)
