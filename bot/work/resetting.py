"""Resetting: make the waiting editions of a story anew, as editors ordered since they were made."""

from collections.abc import Mapping, Sequence

from bot.errors import PressError
from bot.ledger import Ledger
from bot.model.delivery import Act, Delivery, State
from bot.model.order import Given
from bot.model.story import Story
from bot.rules.digesting import is_digest
from bot.rules.follow import OUT
from bot.rules.routing import Verdict
from bot.work.outlet import Clock, Outlet
from bot.work.typesetting import Typesetting

_WAITING = (State.PLANNED, State.HELD)


async def reset(
    ledger: Ledger,
    typesetting: Typesetting,
    outlets: Mapping[str, Outlet],
    verdicts: Sequence[Verdict],
    story: Story,
    given: Given,
    clock: Clock,
) -> bool:
    """False where the press failed or more was ordered meanwhile: nothing of the story leaves before it is done."""
    routes = {verdict.channel: verdict.route for verdict in verdicts}
    rows = await ledger.deliveries.of_story(story.id)
    made = {}
    for row in rows:
        outlet = outlets.get(row.channel)
        if outlet is None or is_digest(story.article) or not _waits(row, story):
            continue
        own = [one for one in rows if one.channel == row.channel and one.id < row.id]
        correction = row.act is Act.POST and any(one.state in OUT for one in own)
        try:
            route = routes.get(row.channel, "")
            job = await typesetting.job(story, given, row.channel, own, route, row.act, correction=correction)
            made[row.id] = await typesetting.edition(story, given, outlet, job)
        except PressError as err:
            await ledger.notices.add(f"template {err.template}", str(err), clock())
            return False
    return await ledger.wordings.renewed(story.id, given, made, clock())


def _waits(row: Delivery, story: Story) -> bool:
    return (
        row.state in _WAITING and row.act is not Act.DELETE and row.revision == story.revision and row.receipt is None
    )
