"""A subscriber: a reader, a group or a machine that gets stories where it reads, as it chose, until it leaves."""

from dataclasses import dataclass, field, fields
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

_BETWEEN = "~"


def channel_of(carrier: str, number: int | str) -> str:
    """The name of the channel that leads to one subscriber, such as "letters~17"."""
    return f"{carrier}{_BETWEEN}{number}"


def carrier_of(channel: str) -> str:
    """The channel of the settings that carries it: "letters" of "letters~17", and of "letters"."""
    return channel.partition(_BETWEEN)[0]


def subscriber_of(channel: str) -> int | None:
    """The subscriber's number; None where it is a channel of the newsroom's own."""
    number = channel.partition(_BETWEEN)[2]
    return int(number) if number else None


class Membership(StrEnum):
    """How a subscriber stands; each comment says who moves it on."""

    ASKED = "asked"  # the reader, by the confirmation link; forgotten after subscribers.ask_for
    ACTIVE = "active"  # the reader, who pauses or leaves; the platform, that says they are gone
    PAUSED = "paused"  # the reader, who goes on
    LOST = "lost"  # the reader, by coming back; dropped after subscribers.drop_after
    LEFT = "left"  # the reader, by subscribing again: only a mark of the address is kept
    BANNED = "banned"  # an editor


class Rhythm(StrEnum):
    """When stories come."""

    AT_ONCE = "at once"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


class Form(StrEnum):
    """How a story comes."""

    CARD = "card"  # with its share card
    TEXT = "text"  # words alone
    FULL = "full"  # the whole article, where the newsroom allows it


class Size(StrEnum):
    """字号: how large the words are, in mails and on pages."""

    NORMAL = "normal"
    LARGE = "large"
    LARGER = "larger"


@dataclass(frozen=True, slots=True)
class Choices:
    """Which stories; what is empty is not asked.

    A story is wanted if one of `topics`, `words` or `sources` is in it, or if all three are empty; and if nothing
    `muted` is in it.
    """

    languages: tuple[str, ...] = ()
    """Of the stories."""
    topics: tuple[str, ...] = ()
    """Sections, tags and series, by their names."""
    words: tuple[str, ...] = ()
    """To follow, in headline, lead or text."""
    muted: tuple[str, ...] = ()
    """Words, topics or sources that are not to come."""
    sources: tuple[str, ...] = ()
    """Names of sources, or source credits (来源)."""
    breaking_only: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """When, on the reader's own clock."""

    zone: str = "UTC"
    rhythm: Rhythm = Rhythm.AT_ONCE
    at: time = time(8)
    """Of daily and weekly digests; of hourly ones only the minutes."""
    weekday: int = 0
    """Of weekly digests; 0 is Monday."""
    quiet: tuple[time, time] | None = None
    """Nothing comes then but what is breaking and wanted."""
    most: int | None = None
    """Posts a day; what is over stands in the next digest."""

    @property
    def tz(self) -> ZoneInfo:
        """The zone as Python knows it."""
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True)
class Reading:
    """How: the variant of an edition that a subscriber gets."""

    language: str = "zh"
    """Of the house's own words to them."""
    form: Form = Form.CARD
    size: Size = Size.NORMAL


@dataclass(frozen=True, slots=True)
class Consent:
    """How somebody agreed, and when: the proof that a law may ask for."""

    how: str
    """Such as "/start in a private chat", "the form at /subscribe, confirmed by mail", "import of readers.csv"."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Address:
    """Where a subscriber is reached: sealed at rest, in no log, error or page."""

    to: str
    """A chat (and topic: "-1001/7"), a mailbox, a URL, a room."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Of a webhook, the newest first: each message is signed with all of them."""

    def __repr__(self) -> str:
        return "Address(***)"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Everything that is known of one: no more than is needed."""

    id: int
    carrier: str
    """The channel of the settings that carries its posts."""
    state: Membership
    choices: Choices
    timing: Timing
    reading: Reading
    since: datetime
    """When it asked; when it was confirmed, where it was."""
    why: str = ""
    """Why it is in this state, in plain words."""
    consent: Consent | None = None

    @property
    def channel(self) -> str:
        """The name of its channel in the ledger."""
        return channel_of(self.carrier, self.id)


@dataclass(frozen=True, slots=True)
class Addressee:
    """What a carrier needs to write to one subscriber."""

    channel: str
    address: Address
    language: str = "zh"
    size: Size = Size.NORMAL
    leave: str | None = None
    """The link that ends it with one request (RFC 8058), where the world reaches us."""
    choices: str | None = None
    """The link to the page where they choose."""


class Fanned(StrEnum):
    """What a fan-out carries."""

    STORY = "story"
    DIGEST = "digest"
    BROADCAST = "broadcast"


class Progress(StrEnum):
    """How far a fan-out is; each comment says who moves it on."""

    WAITING = "waiting"  # its time, its story's editors; nobody has been matched yet
    PLANNING = "planning"  # the fan-out work, chunk by chunk: `cursor` is the last subscriber that was looked at
    GOING = "going"  # dispatch: everything is planned
    STOPPED = "stopped"  # an editor, who lets it go on; nothing of it is claimed meanwhile
    DONE = "done"  # a newer revision, or a withdrawal, begins it anew


@dataclass(frozen=True, slots=True)
class Fanout:
    """One story, digest or broadcast on its way to a carrier's subscribers.

    Its deliveries stand in the ledger under the negative of its number, where a story's stand under the story's: what
    asks for a story's deliveries gets the newsroom's own channels, and a fan-out's are counted.
    """

    id: int
    kind: Fanned
    carrier: str
    story: int | None
    """None for a broadcast and a digest."""
    revision: int
    state: Progress
    cursor: int
    planned: int
    """Deliveries of this revision."""
    priority: int
    due_at: datetime
    created_at: datetime
    title: str = ""
    who: str = ""
    why: str = ""
    withdrawn: bool = False
    """Its story is to be taken back from whoever has it."""
    folded: bool = False
    """Its rows have become figures: what went out can be neither corrected nor taken back any more."""

    @property
    def number(self) -> int:
        """What stands in the place of a story's number."""
        return -self.id


@dataclass(frozen=True, slots=True)
class Fanning:
    """What compose asks of a carrier for a story: the fan-out as it is to begin."""

    carrier: str
    title: str
    """The story's headline."""
    due_at: datetime
    priority: int = 0
    stopped: str = ""
    """Why an editor has to let it go on first."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A subscriber as matching sees one."""

    id: int
    choices: str
    """As JSON: many chose alike, and are read once."""
    timing: str
    reading: str
    day: str
    sent: int


@dataclass(frozen=True, slots=True)
class Wanting:
    """One delivery of a fan-out, before it is written down."""

    reader: int
    due_at: datetime
    shared: int
    """The shared edition that they get."""
    why: str
    day: str = ""
    """The reader's own day that it counts for; "" where nobody counts."""


@dataclass(frozen=True, slots=True)
class Has:
    """Shared editions for whoever has a delivery of the fan-out already: what waits, an edit, a correction."""

    reader: int
    post: int
    edit: int | None
    """None where the carrier cannot edit."""
    correction: int | None
    """None where what is out stays as it is."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a fan-out is."""

    planned: int = 0
    held: int = 0
    sending: int = 0
    sent: int = 0
    uncertain: int = 0
    failed: int = 0
    cancelled: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def waiting(self) -> int:
        """What is still to be sent."""
        return self.planned + self.held + self.sending
