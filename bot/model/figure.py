"""A daily figure: what is left to count of what was folded away."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Counted(StrEnum):
    """What a daily figure counts."""

    DELIVERY = "delivery"
    ATTEMPT = "attempt"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class Figure:
    """How many ended like this on one day (UTC), and how long they took together."""

    day: date
    counted: Counted
    subject: str
    """The channel; for an arrival its source."""
    outcome: str
    """A delivery's or arrival's state, an attempt's outcome."""
    count: int
    delay: timedelta = timedelta(0)
    """From planning to end for deliveries, from start to end for attempts, added up."""


@dataclass(frozen=True, slots=True)
class Folded:
    """What one small transaction of folding did."""

    deliveries: int = 0
    attempts: int = 0
    arrivals: int = 0
    notices: int = 0
    begun: int = 0
    """What channels had begun on their platforms."""

    def __bool__(self) -> bool:
        return any((self.deliveries, self.attempts, self.arrivals, self.notices, self.begun))

    def __add__(self, other: "Folded") -> "Folded":
        return Folded(
            self.deliveries + other.deliveries,
            self.attempts + other.attempts,
            self.arrivals + other.arrivals,
            self.notices + other.notices,
            self.begun + other.begun,
        )
