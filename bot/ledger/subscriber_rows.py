"""Between a subscriber's rows and values; many have chosen alike, so the same words are read once."""

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from bot.ledger.rows import text_of
from bot.model.subscriber import Choices, Consent, Membership, Reading, Subscriber, Timing

_choices, _timings, _readings = TypeAdapter(Choices), TypeAdapter(Timing), TypeAdapter(Reading)
_consents = TypeAdapter(Consent)
_ALIKE = 20_000
NOTHING = "{}"


@lru_cache(_ALIKE)
def choices_of(text: str) -> Choices:
    """What a column says."""
    return _choices.validate_json(text)


@lru_cache(_ALIKE)
def timing_of(text: str) -> Timing:
    """What a column says."""
    return _timings.validate_json(text)


@lru_cache(_ALIKE)
def reading_of(text: str) -> Reading:
    """What a column says."""
    return _readings.validate_json(text)


def wishes(choices: Choices, timing: Timing, reading: Reading) -> dict[str, Any]:
    """The columns of what somebody wants."""
    return {
        "choices": text_of(_choices, choices),
        "timing": text_of(_timings, timing),
        "reading": text_of(_readings, reading),
    }


def consent_text(consent: Consent) -> str:
    """The column of how somebody agreed."""
    return text_of(_consents, consent)


def subscriber_of(row: Row[Any]) -> Subscriber:
    """A row of `subscribers`."""
    return Subscriber(
        id=row.id,
        carrier=row.carrier,
        state=Membership(row.state),
        choices=choices_of(row.choices),
        timing=timing_of(row.timing),
        reading=reading_of(row.reading),
        since=row.since,
        why=row.why,
        consent=_consents.validate_json(row.consent) if row.consent else None,
    )
