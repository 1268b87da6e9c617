"""When a lane's channels may send next: sends counted as they happen, and anew from the ledger after a restart."""

from collections import OrderedDict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.channel import Pace, Scope
from bot.model.delivery import Act
from bot.model.subscriber import carrier_of

BRIEF = timedelta(seconds=1)
"""In a window as short as this nothing is kept back for what is breaking: it waits no longer than that."""
UNLIMITED = 1_000_000
KEPT_BACK = 50
"""Of so many sends in a longer window one is kept back, and always one."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt in the lane."""

    channel: str
    at: datetime
    act: Act = Act.POST


@dataclass(frozen=True, slots=True)
class Shut:
    """What has to wait, and until when."""

    lane: datetime | None = None
    """All of the lane."""
    channels: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def opens(self) -> datetime | None:
        """When the first of it may send again."""
        return self.lane or min(self.channels.values(), default=None)


OPEN = Shut()


@dataclass(frozen=True, slots=True)
class Used:
    """How many sends a pace has counted in its window."""

    sent: int
    pace: Pace


def fullest(channel: str, paces: Sequence[Pace], sends: Collection[Sent], now: datetime) -> Used | None:
    """The one of a channel's paces that has least room left, the longer window of two; None where it has none.

    `sends` are those of its lane.
    """
    counted = [Used(sum(_counts(pace, channel, send, now) for send in sends), pace) for pace in paces]
    return max(counted, key=lambda one: (one.sent / one.pace.count, one.pace.per), default=None)


def _counts(pace: Pace, channel: str, send: Sent, now: datetime) -> bool:
    mine = pace.scope is Scope.ACCOUNT or carrier_of(send.channel) == channel
    return mine and send.act not in pace.spares and send.at + pace.per > now


def kept_back(pace: Pace) -> int:
    """How many sends of a window only breaking news may use, so that a fan-out does not shut it out."""
    if pace.per <= BRIEF or pace.count <= 1:
        return 0
    return max(1, pace.count // KEPT_BACK)


class Rhythm:
    """The sends of one lane, as far back as its paces ask for; memory grows with what they ask for, no further."""

    def __init__(
        self, paces: Mapping[str, Sequence[Pace]], sends: Iterable[Sent] = (), *, carriers: Collection[str] = ()
    ) -> None:
        """Paces by channel, a carrier's for each of its subscribers; sends in any order."""
        self._paces, self._carriers = paces, frozenset(carriers)
        self._holders: dict[Pace, list[str]] = {}
        for channel, own in paces.items():
            for pace in own:
                self._holders.setdefault(pace, []).append(channel)
        self._account = tuple(pace for pace in self._holders if pace.scope is Scope.ACCOUNT)
        self._starts: dict[Pace, OrderedDict[str, deque[datetime]]] = {pace: OrderedDict() for pace in self._holders}
        """The newest starts that a pace counts, by channel; those of the account under the name ""."""
        self._tight: set[tuple[Pace, str]] = set()
        """Where an ordinary send may have to wait."""
        for send in sorted(sends, key=lambda send: send.at):
            self.sent(send)

    @property
    def window(self) -> timedelta:
        """How far back sends must be known."""
        return max((pace.per for pace in self._holders), default=timedelta(0))

    def sent(self, send: Sent) -> None:
        """Count one; also one of a channel that is no longer known counts for its account."""
        for pace in self._paces.get(carrier_of(send.channel), self._account):
            if send.act in pace.spares:
                continue
            whose = "" if pace.scope is Scope.ACCOUNT else send.channel
            starts = self._starts[pace]
            starts.setdefault(whose, deque(maxlen=pace.count)).append(send.at)
            starts.move_to_end(whose)
            while (oldest := next(iter(starts))) != whose and starts[oldest][-1] + pace.per <= send.at:
                del starts[oldest]
            if len(starts[whose]) >= pace.count - kept_back(pace):
                self._tight.add((pace, whose))

    def shut(self, now: datetime, act: Act = Act.POST, *, urgent: bool = False) -> Shut:
        """What may not send such an act at this moment."""
        lane: datetime | None = None
        channels: dict[str, datetime] = {}
        for pace, whose in tuple(self._tight):
            opens = self._opens(pace, whose, urgent=urgent)
            if opens is None or opens <= now:
                if not urgent:
                    self._tight.discard((pace, whose))
                continue
            if act in pace.spares:
                continue
            holders = [whose] if whose else self._holders[pace]
            # Subscribers cannot be named one by one: with their carrier the whole lane waits.
            if not whose and (len(holders) == len(self._paces) or not self._carriers.isdisjoint(holders)):
                lane = max(lane or opens, opens)
            else:
                channels |= {name: max(opens, channels.get(name, opens)) for name in holders}
        return Shut(lane, channels)

    def room(self, now: datetime, *, urgent: bool = False) -> int:
        """How many the account may send at this moment, of paces that are not shut: as many as may be claimed."""
        rooms = []
        for pace in self._account:
            recent = sum(at + pace.per > now for at in self._starts[pace].get("", ()))
            rooms.append(pace.count - (0 if urgent else kept_back(pace)) - recent)
        return min((room for room in rooms if room > 0), default=UNLIMITED)

    def _opens(self, pace: Pace, whose: str, *, urgent: bool) -> datetime | None:
        starts = self._starts[pace].get(whose, ())
        room = pace.count - (0 if urgent else kept_back(pace))
        return starts[-room] + pace.per if len(starts) >= room else None
