"""Silence: whether a source has brought nothing for longer than is usual for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

LEAST = timedelta(hours=6)
"""No source is called silent before."""
ENOUGH = 8
"""Fewer stories than this say nothing about what is usual."""


def silent_for(times: Sequence[datetime], now: datetime) -> timedelta | None:
    """How long nothing has come, where that is twice the longest pause between its last stories; else None.

    `times` are when stories came, in any order. The longest pause counts, so nights and weekends are usual.
    """
    if len(times) < ENOUGH:
        return None
    ordered = sorted(times)
    usual = max(later - earlier for earlier, later in pairwise(ordered))
    quiet = now - ordered[-1]
    return quiet if quiet > max(2 * usual, LEAST) else None
