"""When a channel's readers may be disturbed: quiet hours, the space between two posts, and how many posts a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one time of the day to another, over midnight where the end is not after the beginning."""

    since: time
    until: time
    breaking: bool = False
    """Breaking news pass."""


@dataclass(frozen=True, slots=True)
class Hours:
    """What one channel asks of its posts; edits and deletions disturb nobody."""

    zone: ZoneInfo
    quiet: Quiet | None = None
    space: timedelta = timedelta(0)
    """Between two posts."""
    daily: int | None = None
    """Posts a day of the zone."""

    def asks(self, now: datetime) -> datetime | None:
        """Since when posts of the channel must be known; None where none need be."""
        since = []
        if self.daily is not None:
            since.append(_at(now.astimezone(self.zone), time(0)))
        if self.space:
            since.append(now - self.space)
        return min(since, default=None)

    def wait(self, posts: Sequence[datetime], now: datetime, *, breaking: bool) -> tuple[datetime, str] | None:
        """Until when one more post waits, and why; None where it may go. `posts` as far back as `asks` says.

        Breaking news wait for quiet hours only, and not for those if the channel lets them pass.
        """
        local = now.astimezone(self.zone)
        if self.quiet and not (breaking and self.quiet.breaking) and (end := _quiet_until(self.quiet, local)):
            span = f"{self.quiet.since:%H:%M}–{self.quiet.until:%H:%M}"
            return self._waits(end, f"quiet hours {span}")
        if breaking:
            return None
        if self.space and posts and (next_at := max(posts) + self.space) > now:
            return self._waits(next_at, f"{_minutes(self.space)} between two posts")
        if self.daily is not None:
            midnight = _at(local, time(0))
            if sum(at >= midnight for at in posts) >= self.daily:
                many = "one post" if self.daily == 1 else f"{self.daily} posts"
                return self._waits(_at(local, time(0), 1), f"{many} a day")
        return None

    def _waits(self, until: datetime, why: str) -> tuple[datetime, str]:
        return until, f"waits until {until.astimezone(self.zone):%H:%M}: {why}"


def _quiet_until(quiet: Quiet, local: datetime) -> datetime | None:
    """The end of the quiet hours that `local` lies in."""
    for day in (-1, 0):  # those that began yesterday may still last
        since = _at(local, quiet.since, day)
        until = _at(local, quiet.until, day + (quiet.until <= quiet.since))
        if since <= local.astimezone(UTC) < until:
            return until
    return None


def _at(local: datetime, clock: time, days: int = 0) -> datetime:
    """When the zone's clocks show that time, `days` after the day of `local`; UTC.

    A time that they leave out in spring is the one so much later; of one that they show twice in autumn it is the
    first.
    """
    return datetime.combine(local.date() + timedelta(days=days), clock, local.tzinfo).astimezone(UTC)


def _minutes(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
