"""Growth: how many readers there were at the end of each day, counted back from those there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.model.membership import CarrierDay, Standing
from bot.model.subscriber import Membership

_HERE = (Membership.ACTIVE, Membership.PAUSED)
_MOST = 4
OTHERS = ""
"""The name of all carriers that have no line of their own."""


@dataclass(frozen=True, slots=True)
class GrowthLine:
    """One carrier's readers day by day, the last of them today."""

    carrier: str
    first: date
    readers: tuple[int, ...]


def growth(standings: Sequence[Standing], days: Sequence[CarrierDay], today: date, span: int) -> tuple[GrowthLine, ...]:
    """A line a carrier, the largest first; from the fifth on they are one."""
    here = Counter[str]()
    for standing in standings:
        if standing.state in _HERE:
            here[standing.carrier] += standing.count
    moved = Counter({(one.carrier, one.day): one.joined - one.left - one.lost for one in days})
    first = today - timedelta(days=span - 1)
    lines = []
    for carrier, now in here.most_common():
        back, count = [], now
        for ago in range(span):
            back.append(max(0, count))
            count -= moved[carrier, today - timedelta(days=ago)]
        lines.append(GrowthLine(carrier, first, tuple(reversed(back))))
    if len(lines) <= _MOST:
        return tuple(lines)
    rest = tuple(map(sum, zip(*(one.readers for one in lines[_MOST - 1 :]), strict=True)))
    return (*lines[: _MOST - 1], GrowthLine(OTHERS, first, rest))
