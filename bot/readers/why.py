"""Why a story came to a reader, or did not, in words for a template; what never went out is not known here."""

import re
from datetime import datetime

from bot.ledger import Ledger
from bot.model.delivery import BREAKING, State
from bot.model.story import Story
from bot.model.subscriber import Fanout, Membership, Progress, Subscriber
from bot.readers.pages import Page
from bot.rules.identity import canonical
from bot.rules.matching import at_once, read, wanted

_NUMBER = re.compile(r"[#＃]?\s*(\d{1,9})")
_KINDS = {
    State.SENT: "sent", State.PLANNED: "waiting", State.SENDING: "waiting", State.HELD: "waiting",
    State.UNCERTAIN: "uncertain", State.FAILED: "failed", State.CANCELLED: "cancelled",
}  # fmt: skip
_FOLLOWS, _MUTED = "follows ", "muted "


async def why(ledger: Ledger, one: Subscriber, text: str, now: datetime) -> Page:
    """The page that says it. Raises LedgerError."""
    if not text.strip():
        return Page("why", kind="unasked")
    found = await _story(ledger, one, text.strip())
    if found is None:
        return Page("why", kind="unknown")
    story, fanout = found
    kind, about = await _reason(ledger, one, story, fanout, now)
    return Page("why", topic=story.article.headline, kind=kind, about=about)


async def _story(ledger: Ledger, one: Subscriber, text: str) -> tuple[Story, Fanout] | None:
    """One that is on its way to readers of this carrier: of others nothing is told."""
    number = _NUMBER.fullmatch(text)
    found = int(number[1]) if number else await ledger.stories.keyed(f"link:{canonical(text)}")
    if found is None:
        return None
    mine = [each for each in await ledger.fanouts.of_story(found) if each.carrier == one.carrier]
    story = await ledger.stories.get(found) if mine and mine[0].state is not Progress.WAITING else None
    return (story, mine[0]) if story is not None else None


async def _reason(  # noqa: PLR0911 - a table of reasons
    ledger: Ledger, one: Subscriber, story: Story, fanout: Fanout, now: datetime
) -> tuple[str, tuple[str, ...]]:
    breaking = fanout.priority >= BREAKING
    answer = wanted(read(story), one.choices, breaking=breaking)
    followed = (answer.why.removeprefix(_FOLLOWS),) if answer.yes and answer.why.startswith(_FOLLOWS) else ()
    if fanout.withdrawn:
        return "withdrawn", ()
    stands = await ledger.fanouts.why_of(story.id, one.carrier, one.id)
    if stands is not None:
        return _KINDS.get(stands[0], "waiting"), followed
    if one.since > fanout.created_at:
        return "late", ()
    if not answer.yes:
        return _against(one, answer.why)
    if one.state is Membership.PAUSED:
        return "paused", ()
    moment = at_once(one.timing, "", 0, now, breaking=breaking)
    if moment.due_at is None:
        return "digest", ()
    return ("many", (str(one.timing.most),)) if one.timing.most else ("waiting", followed)


def _against(one: Subscriber, why_not: str) -> tuple[str, tuple[str, ...]]:
    if why_not.startswith(_MUTED):
        return "muted", (why_not.removeprefix(_MUTED),)
    if why_not.startswith("breaking"):
        return "breaking", ()
    if why_not.startswith(_FOLLOWS):
        return "nothing", (*one.choices.topics, *one.choices.sources, *one.choices.words)
    return "language", ()
