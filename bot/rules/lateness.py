"""What becomes of a story that is late, as after an outage: an editor decides, or it is told, dropped or sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.delivery import Act
from bot.model.lane import Never, Objection
from bot.model.story import Story
from bot.rules import clearance
from bot.rules.digesting import is_digest

WAITS = "waits for the digest of what is late"
"""The reason of what is held until the next round tells it, with whatever else is late on its channel."""


class Late(StrEnum):
    """What a channel does with a story older than its limit."""

    HOLD = "hold"
    DIGEST = "digest"
    DROP = "drop"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Lateness:
    """A channel's limit and policy."""

    limit: timedelta | None
    """None: there is none."""
    late: Late = Late.HOLD

    def objection(self, act: Act, story: Story, now: datetime) -> Objection | None:
        """Whatever stands against sending it now; dropping is for what is late, never for what an editor must see."""
        limit = None if self.late is Late.SEND else self.limit
        held = clearance.objection(act, story, now, not_older_than=None)
        why = held or clearance.objection(act, story, now, not_older_than=limit)
        if why is None or held or self.late is Late.HOLD:
            return why
        if self.late is Late.DIGEST:
            return why if is_digest(story.article) else WAITS  # a digest tells no digests
        return Never(f"{why.rpartition(': ')[0]}: this channel drops what is late")
