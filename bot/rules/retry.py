"""What follows a send that brought no receipt: again at a time, give up, ask an editor, or call it sent."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import DeliveryError, Refused, Unavailable
from bot.model.channel import FOREVER, Facts, WhenUnsure
from bot.model.delivery import Act, Attempt, Delivery, Outcome
from bot.model.ledger import Claim

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=15)
BREATH = timedelta(seconds=1)
LONGEST_BREATH = timedelta(minutes=5)
PATIENCE = timedelta(hours=24)
"""After this long without success an editor must look; the platforms' own waiting times included."""


MISSES, FOR = 5, timedelta(days=3)
"""A subscriber's machine that took nothing so often, one after the other, and for so long, is let go."""


@dataclass(frozen=True, slots=True)
class Again:
    """Plan it again."""

    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It failed; only an editor brings it back."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Ask:
    """It may be out; only looking tells."""


@dataclass(frozen=True, slots=True)
class AssumeSent:
    """It may be out; the channel's policy says that a post too few is better than a post too many."""


Next = Again | GiveUp | Ask | AssumeSent


def after_error(error: DeliveryError, claim: Claim, facts: Facts, now: datetime) -> Next:
    """Decide after an answer or the lack of one."""
    if isinstance(error, Refused):
        # Where the account is refused nothing is wrong with the post: it waits until the channel is resumed.
        return Again(now, Outcome.REFUSED) if error.account else GiveUp(Outcome.REFUSED)
    if isinstance(error, Unavailable):
        delivery = claim.delivery
        at = now + max(error.retry_after or timedelta(0), backoff(delivery))
        if at - delivery.created_at > PATIENCE:
            return Ask() if error.accepted else GiveUp(Outcome.UNAVAILABLE)
        return Again(at, Outcome.UNCERTAIN if error.accepted else Outcome.UNAVAILABLE)
    return after_silence(claim, facts, now)


def after_silence(claim: Claim, facts: Facts, now: datetime) -> Next:
    """Decide where a send was under way and nobody knows how it ended: its worker died, or the answer was lost."""
    delivery = claim.delivery
    at = now + backoff(delivery)
    if twice_is_once(claim, facts) and at - delivery.created_at <= PATIENCE:
        return Again(at, Outcome.UNCERTAIN)
    # The key was first used at the first claim: not before due_at then, and not before created_at later. Both err
    # towards asking.
    first_try = delivery.due_at if delivery.attempts <= 1 else delivery.created_at
    if facts.key_life is not None and at - first_try < facts.key_life:
        return Again(at, Outcome.UNCERTAIN)
    if facts.when_unsure is WhenUnsure.RESEND:
        return Again(at, Outcome.UNCERTAIN)
    if facts.when_unsure is WhenUnsure.ASSUME_SENT:
        return AssumeSent()
    return Ask()


def twice_is_once(claim: Claim, facts: Facts) -> bool:
    """Whether the step has no double: one post that is out comes to read so, or to be gone, however often it is done.

    No newer edit can be overwritten by the repeat: within channel and story the next one waits for this to be settled.
    """
    if not claim.on_what_is_out:
        return False
    return claim.delivery.act is Act.DELETE or claim.surplus or not facts.edit_is_heard


def forgotten(attempts: Sequence[Attempt], facts: Facts, now: datetime) -> bool:
    """Whether a repeat would be blind: an earlier try may have come out, and its key is no longer recognised.

    It was when the repeat was planned; but a hold, a pause or the platform's own waiting time came in between. Only the
    tries since the last post that came out count: each post of a thread has a key of its own.
    """
    if facts.key_life is None or facts.key_life == FOREVER or facts.when_unsure is WhenUnsure.RESEND:
        return False
    ended = [attempt for attempt in attempts if attempt.outcome is not None]
    since = next((place for place in range(len(ended), 0, -1) if ended[place - 1].outcome is Outcome.SENT), 0)
    tries = ended[since:]
    doubtful = any(attempt.outcome in (Outcome.UNCERTAIN, Outcome.INTERRUPTED) for attempt in tries)
    return doubtful and now - tries[0].started_at >= facts.key_life


def pause_after(strikes: int) -> timedelta:
    """How long an account pauses that was throttled without a time named, after so many times in a row before."""
    return min(BREATH * (1 << min(strikes, 20)), LONGEST_BREATH)


def given_up(misses: int, since: datetime, now: datetime) -> bool:
    """Whether a machine that has taken nothing since then is not asked any more."""
    return misses >= MISSES and now - since >= FOR


def backoff(delivery: Delivery) -> timedelta:
    """Doubling from 5 s to 15 min, spread by up to a quarter so that many do not come back at once."""
    doublings = min(max(delivery.attempts - 1, 0), 20)
    doubled = min(FIRST * (1 << doublings), LONGEST)
    spread = hashlib.sha256(f"{delivery.key}{delivery.attempts}".encode()).digest()[0] / 255
    return doubled * (1 + spread / 4)
