"""What an editor must hear of a composed story: what was spoilt, held, or cannot reach readers any more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import structlog

from bot.errors import PressError, TooLong
from bot.ledger import Ledger
from bot.model.delivery import Plan, State
from bot.model.order import Given
from bot.model.story import Story
from bot.press import Press
from bot.rules.lateness import WAITS

log = structlog.get_logger(__name__)


class Composed(Protocol):
    """What composing decided."""

    given: Given
    plans: list[Plan]
    spoilt: list[PressError]
    stale: list[str]


async def tell(
    ledger: Ledger, press: Press, story: Story, sheet: Composed, unfit: Sequence[TooLong], now: datetime
) -> None:
    """Each subject once, until it is told. Raises LedgerError."""
    named = f"#{story.id} {story.article.headline}"
    add = ledger.notices.add
    for err in sheet.spoilt:
        log.error("not composed", story=story.id, error=str(err))
        await add(f"template {err.template}", str(err), now)
    for complaint in press.complaints():
        log.warning("the desk is told", about=complaint.subject, text=complaint.text)
        await add(complaint.subject, complaint.text, now)
    if sheet.stale:
        text = f"{named}: revision {story.revision} cannot reach {', '.join(sheet.stale)}"
        await ledger.corrections.missed(story.id, story.revision, sheet.stale, "this platform cannot edit", now)
        await add(f"story {story.id} revision {story.revision} cannot follow", text, now)
    for plan in sheet.plans:
        if plan.state is State.HELD and plan.reason != WAITS:  # its digest is told of, once for all of them
            await add(f"story {story.id} held", f"{named}: {plan.reason}", now)
    for err in unfit:
        await add(f"story {story.id} words", f"{named}: the editor's words do not fit any more: {err.why}", now)
    if sheet.given.correction is None:
        await _tell_of_a_new_text(ledger, story, sheet.given, named, now)


async def _tell_of_a_new_text(ledger: Ledger, story: Story, given: Given, named: str, now: datetime) -> None:
    """The article was changed at its source; what editors wrote was for the text before."""
    whose = {one.who for one in given.worded if one.revision < story.revision}
    if whose:
        text = (
            f"{named}: revision {story.revision} is told in the words of {', '.join(sorted(whose))}, written before it"
        )
        await ledger.notices.add(f"story {story.id} revision {story.revision} words", text, now)
    if given.corrected_before:
        text = f"{named}: revision {story.revision} of its source takes the place of the desk's correction"
        await ledger.notices.add(f"story {story.id} revision {story.revision} corrected", text, now)
