"""Why a story came to one reader, or did not: as it stands in the ledger, else as it would be decided now."""

from datetime import datetime

from bot.errors import OrderError
from bot.ledger import Ledger
from bot.ledger.subscriber_rows import choices_of, timing_of
from bot.model.delivery import BREAKING
from bot.model.subscriber import Membership, carrier_of, subscriber_of
from bot.rules.matching import at_once, read, wanted


async def why_reader(ledger: Ledger, number: int, channel: str, now: datetime) -> str:
    """In plain words, of a subscriber's channel such as "letters~17". Raises OrderError, LedgerError."""
    carrier, reader = carrier_of(channel), subscriber_of(channel) or 0
    story = await ledger.stories.get(number)
    known = await ledger.circulation.readers([reader])
    if story is None or not known:
        raise OrderError(f"there is no story {number}" if story is None else f"there is no subscriber {reader}")
    stands = await ledger.fanouts.why_of(number, carrier, reader)
    if stands is not None:
        return f"{stands[0]}: {stands[1]}" if stands[1] else str(stands[0])
    one, state, why = known[0]
    if state is not Membership.ACTIVE:
        return f"not sent: {state}" + (f" ({why})" if why else "")
    fanout = next((each for each in await ledger.fanouts.of_story(number) if each.carrier == carrier), None)
    if fanout is None:
        return "it goes to no subscribers of this channel"
    breaking = fanout.priority >= BREAKING
    answer = wanted(read(story), choices_of(one.choices), breaking=breaking)
    if not answer.yes:
        return f"not sent: {answer.why}"
    moment = at_once(timing_of(one.timing), one.day, one.sent, now, breaking=breaking)
    return f"{answer.why}; {moment.why}"
