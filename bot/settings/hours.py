"""When and how fast a channel posts: quiet hours, space between posts, posts a day, late stories, and its pace."""

from datetime import time, timedelta
from typing import Literal

from pydantic import Field

from bot.model.channel import Pace, Scope
from bot.settings.scalars import Duration, ZoneName
from bot.settings.section import Section

_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]"


class Hours(Section):
    """What is written for a channel comes before what is written for the newsroom, word by word."""

    zone: ZoneName | None = Field(None, description="Whose day and night; none: the newsroom's.")
    quiet: str | None = Field(
        None, pattern=f"^{_TIME}-{_TIME}$", description="No posts then, such as 23:00-07:00; they wait. Edits pass."
    )
    breaking: bool = Field(False, description="Breaking news pass in quiet hours, too.")
    space: Duration = Field(timedelta(0), description="At least so long between two posts of one channel, as 15m.")
    daily: int | None = Field(None, ge=1, description="Posts a day at most; what is over waits for the next.")
    not_older_than: Duration | None = Field(
        None, description="How old a story may be when its post leaves; none: as desk.not_older_than says."
    )
    late: Literal["hold", "digest", "drop", "send"] = Field(
        "hold",
        description="What becomes of an older story, as after an outage: an editor decides, all of them are told in one"
        " digest, it is cancelled with the reason, or it is posted all the same.",
    )

    def over(self, newsroom: "Hours") -> "Hours":
        """These, and the newsroom's where nothing is written here; null is written, and takes one back."""
        return newsroom.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})

    @property
    def span(self) -> tuple[time, time] | None:
        """Beginning and end of the quiet hours."""
        if self.quiet is None:
            return None
        since, until = map(time.fromisoformat, self.quiet.split("-"))
        return since, until


class PaceSettings(Section):
    """A pace of one's own, instead of the platform's."""

    count: int = Field(ge=1, description="So many posts …")
    per: Duration = Field(description="… in any such time, as 1m.")
    of: Literal["channel", "account"] = Field(
        "channel", description="Of this channel, or of all that share its account."
    )

    @property
    def pace(self) -> Pace:
        """As dispatch counts."""
        return Pace(self.count, self.per, Scope(self.of))


class Paced(Section):
    """The part of a channel's settings that says how fast and when it posts."""

    pace: PaceSettings | tuple[PaceSettings, ...] | None = Field(
        None, description="Instead of the platform's own limit for the channel or the account, as {count: 20, per: 1m}."
    )
    hours: Hours = Hours()

    def paces(self, platform: tuple[Pace, ...]) -> tuple[Pace, ...]:
        """The platform's, but for the scopes that have a pace of their own; a budget stays."""
        if self.pace is None:
            return platform
        own = tuple(one.pace for one in (self.pace if isinstance(self.pace, tuple) else (self.pace,)))
        scopes = {pace.scope for pace in own}
        return (*(pace for pace in platform if pace.scope not in scopes or pace.spares), *own)
