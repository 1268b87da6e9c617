"""What the desk answers, as values; templates/desk/<language>/<template>.html.j2 says them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.model.delivery import Act, State
from bot.model.ledger import Withdrawn


@dataclass(frozen=True, slots=True)
class Help:
    """The verbs, with examples."""

    template: ClassVar[str] = "help"
    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """Somebody's Telegram number; `name` where they are an editor."""

    template: ClassVar[str] = "number"
    number: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class No:
    """To who is no editor."""

    template: ClassVar[str] = "no"


@dataclass(frozen=True, slots=True)
class Invited:
    """To a reader who wants to send something in: what happens with it, and under which name."""

    template: ClassVar[str] = "invited"
    name: str


@dataclass(frozen=True, slots=True)
class Received:
    """A reader's contribution is with the editors."""

    template: ClassVar[str] = "received"
    name: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How the contributor of a story can be reached; None where they did not say; `brought`: there is one."""

    template: ClassVar[str] = "contact"
    number: int
    headline: str
    name: str | None
    contact: str | None
    brought: bool


@dataclass(frozen=True, slots=True)
class Enough:
    """No more contributions today."""

    template: ClassVar[str] = "enough"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not understood; `near` is the verb that may have been meant."""

    template: ClassVar[str] = "unknown"
    words: str
    near: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """How to write a verb; `words` is what stood there instead of a number."""

    template: ClassVar[str] = "usage"
    verb: str
    words: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """The ledger did not answer."""

    template: ClassVar[str] = "trouble"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries of one story that wait alike."""

    story: int
    headline: str
    channels: tuple[str, ...]
    act: Act
    state: State
    due_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of what goes out next; `total` entries on all pages, or at least so many where there are `more`."""

    template: ClassVar[str] = "queue"
    entries: tuple[Waiting, ...]
    page: int
    pages: int
    total: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one delivery stands; `who` held or cancelled it."""

    channel: str
    act: Act
    state: State
    due_at: datetime
    sent_at: datetime | None = None
    link: str | None = None
    reason: str = ""
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """A channel that a story does not go to, and why."""

    channel: str
    why: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A story, part by part, and where it stands on each channel."""

    template: ClassVar[str] = "story"
    number: int
    revision: int
    headline: str
    section: str | None
    credit: str | None
    editor: str | None
    author: str | None
    published: datetime | None
    first_seen: datetime
    revised_at: datetime
    link: str | None
    standings: tuple[Standing, ...]
    declined: tuple[Declined, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several stories that match."""

    number: int
    headline: str
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Choices:
    """Several stories match; the newest of them, and how many more there are."""

    template: ClassVar[str] = "choices"
    words: str
    choices: tuple[Choice, ...]
    more: int


@dataclass(frozen=True, slots=True)
class NothingFound:
    """No story matches these words or this link."""

    template: ClassVar[str] = "nothing_found"
    words: str
    link: bool


@dataclass(frozen=True, slots=True)
class NoSuchStory:
    """A number that names nothing."""

    template: ClassVar[str] = "no_such_story"
    number: str


@dataclass(frozen=True, slots=True)
class NoSuchChannel:
    """A channel that the story does not go to, or that nobody knows; nothing was done."""

    template: ClassVar[str] = "no_such_channel"
    verb: str
    number: int
    headline: str
    asked: str
    known: bool
    """Whether the newsroom has a channel of that name."""
    near: str | None
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a verb did to one delivery: done, or why not, by the state it is in."""

    done: bool
    standing: Standing
    paused: bool = False
    """The whole channel is paused: what is let go waits on."""


@dataclass(frozen=True, slots=True)
class Steered:
    """What a verb did, delivery by delivery."""

    template: ClassVar[str] = "steered"
    verb: str
    number: int
    headline: str
    reason: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a withdrawal does, channel by channel."""

    template: ClassVar[str] = "taken_back"
    number: int
    headline: str
    reason: str
    lines: tuple[Withdrawn, ...]


@dataclass(frozen=True, slots=True)
class News:
    """One notice; `release` is the story that an editor may let go."""

    text: str
    release: int | None = None


@dataclass(frozen=True, slots=True)
class Notices:
    """What an editor must be told."""

    template: ClassVar[str] = "notices"
    news: tuple[News, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """The verbs of Telegram's own menu, a line each: the verb, a space, what it does."""

    template: ClassVar[str] = "menu"
    editor: bool


Answer = (
    Help
    | Number
    | No
    | Invited
    | Received
    | Contact
    | Enough
    | Unknown
    | Usage
    | Trouble
    | Queue
    | Shown
    | Choices
    | NothingFound
    | NoSuchStory
    | NoSuchChannel
    | Steered
    | TakenBack
    | Notices
    | Menu
)
