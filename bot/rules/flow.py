"""How many may come in a time: a sliding window for each of many names, and no more memory than that needs."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

REMEMBERED = 10_000


class Flow:
    """At most `most` within `span`, for each name by itself."""

    def __init__(self, most: int, span: timedelta) -> None:
        self._most, self._span = most, span
        self._came: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, name: str, now: datetime) -> timedelta | None:
        """None: it may, and counts as come. Else how long it has to wait."""
        came = self._came.setdefault(name, deque())
        self._came.move_to_end(name)
        if len(self._came) > REMEMBERED:
            self._came.popitem(last=False)
        while came and now - came[0] >= self._span:
            came.popleft()
        if len(came) >= self._most:
            return self._span - (now - came[0])
        came.append(now)
        return None
