"""A channel: a place to publish to, with the facts of its platform and the verbs it knows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.model.delivery import Act, Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.model.subscriber import Addressee, Form

FOREVER = timedelta.max
"""The life of a key that the platform (or our own file system) never forgets."""


class Scope(StrEnum):
    """Whom a pace limits."""

    ACCOUNT = "account"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `count` sends in any window of length `per`."""

    count: int
    per: timedelta
    scope: Scope = Scope.CHANNEL
    spares: frozenset[Act] = frozenset()
    """Acts that it neither counts nor stops: a budget of posts must not hold a withdrawal back."""


class WhenUnsure(StrEnum):
    """What to do with a delivery that may be out and cannot be looked up."""

    ASK = "ask"  # an editor settles it
    RESEND = "resend"  # a double is harmless here
    ASSUME_SENT = "assume sent"


class LinkStyle(StrEnum):
    """How the words lead to the article."""

    NAMED = "named"  # behind a word
    BARE = "bare"  # the address itself stands there, and counts
    APART = "apart"  # in a field of its own, not in the words


class Long(StrEnum):
    """What becomes of a long story on a short platform."""

    FIT = "fit"  # one post: as much as fits
    LINK = "link"  # one post: headline and link
    THREAD = "thread"  # numbered posts, each an answer to the one before
    MESSAGES = "messages"  # numbered posts, one after the other


@dataclass(frozen=True, slots=True)
class CardSize:
    """The share card that a platform takes: pixels, format, bytes, and the longest text for who cannot see it."""

    width: int = 1200
    height: int = 630
    png: bool = True
    """Whether it takes PNG as well as JPEG."""
    most_bytes: int | None = None
    alt: int = 1000
    """Code points."""


WIDE = CardSize()
SQUARE = CardSize(1080, 1080)
TALL = CardSize(1080, 1440)
COVER = CardSize(900, 383)
"""The cover of a WeChat article."""


@dataclass(frozen=True, slots=True)
class Gallery:
    """How many of the article's own pictures go beside the words, as JPEG, and how heavy each may be."""

    most: int
    most_bytes: int
    alt: int = 1000
    """Code points."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one platform allows, counts and remembers; the press and dispatch know nothing else of it."""

    kind: str
    template: str
    """File under templates/posts/; its suffix is the markup."""
    markup: Markup
    limit: int | None
    """Greatest length of the text in `unit`, counted as the platform does; None where there is no limit."""
    unit: Unit = Unit.CODE_POINTS
    card: CardSize | None = WIDE
    """The share card that goes with the words; None where none does."""
    pictures: Gallery | None = None
    """The article's own pictures; None where none go."""
    link: LinkStyle = LinkStyle.NAMED
    hashtags: int = 5
    """How many at most; 0 where the platform has none or takes them for something else."""
    preview: bool = False
    """Whether the platform draws headline and picture from the link, so that the words need not."""
    raw_bytes: int | None = None
    """Greatest length in bytes of the text with its markup, where the platform has a second limit."""
    pace: tuple[Pace, ...] = ()
    key_life: timedelta | None = None
    """How long the platform recognises a repeated key; None where it has no such thing."""
    when_unsure: WhenUnsure = WhenUnsure.ASK
    editable: bool = False
    edit_is_heard: bool = False
    """Whether an edit reaches readers anew, such as a second ring of the phone, so that two are not the same as one."""
    long: Long = Long.FIT
    apart: bool = False
    """Whether each subscriber is a server of its own: what one answers says nothing of the others."""
    send_within: timedelta = timedelta(seconds=60)
    """The longest one send may take: the lease of a delivery that is being sent."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `check` looked at."""

    subject: str
    ok: bool
    detail: str


class Channel(Protocol):
    """A door out. Channels never sleep, loop or retry: they answer once."""

    name: str
    facts: Facts

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it. Raises Refused, Unavailable or Uncertain."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Measurable(Protocol):
    """A channel whose server says itself how much it takes."""

    async def measure(self) -> None:
        """Ask it before the first composing, so that `facts` are its own; where it is away they stay as they are.

        Takes some seconds at most, asks once, and never raises a DeliveryError.
        """
        ...


@runtime_checkable
class Editable(Protocol):
    """A channel that can change what is out."""

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Make the post of `receipt` read as `edition`. Raises Refused, Unavailable or Uncertain."""
        ...


@runtime_checkable
class Threadable(Protocol):
    """A channel that can post an answer below what is out."""

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer to the post of `to`. Raises Refused, Unavailable or Uncertain."""
        ...


@runtime_checkable
class Withdrawable(Protocol):
    """A channel that can take back what is out."""

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete the post of `receipt`; one that is gone already is a success. Raises like send."""
        ...


@runtime_checkable
class Findable(Protocol):
    """A channel that can look whether a post came out whose answer was lost."""

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look for the post sent with this key not before `since`: its proof, or None where it is surely not out.

        Raises Unavailable where it cannot look now, Uncertain where looking does not tell.
        """
        ...


@runtime_checkable
class Pinnable(Protocol):
    """A channel that can keep a post on top."""

    async def pin(self, receipt: Receipt) -> None:
        """Pin it; one that is pinned already stays so. Raises like send."""
        ...

    async def unpin(self, receipt: Receipt) -> None:
        """Unpin it; one that is not pinned stays so. Raises like send."""
        ...


@runtime_checkable
class Carrier(Protocol):
    """A channel that can reach readers one by one, each at an address of their own."""

    def told(self, form: Form) -> Facts:
        """What the platform allows for this form: words alone may be longer than words below a card."""
        ...

    def at(self, addressee: Addressee) -> Channel:
        """The same platform and account, to one reader. Opens nothing; its errors say `gone` where the reader is."""
        ...


@runtime_checkable
class Invitable(Protocol):
    """A carrier that people ask into their rooms."""

    async def invited(self) -> tuple[str, ...]:
        """Rooms that have asked it in and that it has not entered. Raises like send."""
        ...

    async def enter(self, room: str) -> bool:
        """Follow an invitation; False where it holds no more. Raises like send."""
        ...


@runtime_checkable
class Repeatable(Protocol):
    """A channel whose receiver knows a repeat by its id, so that it may be told again at any time."""

    async def again(self, body: str, key: str) -> Receipt:
        """Send these very words under that key once more. Raises Refused, Unavailable or Uncertain."""
        ...


@runtime_checkable
class Checkable(Protocol):
    """A channel that can try its account without posting."""

    async def check(self) -> tuple[Finding, ...]:
        """One cheap call; says which right is missing. Never raises a DeliveryError."""
        ...
