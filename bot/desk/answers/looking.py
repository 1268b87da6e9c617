"""What the verbs that only look answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.desk.answers.carrying import Reaching, steering
from bot.model.delivery import Act, State
from bot.model.desk import Shows


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
    movable: bool = False
    """Whoever asks may change the order."""
    carried: tuple[Reaching, ...] = ()
    """What is on its way to readers, a line each."""

    @property
    def rows(self) -> Rows:
        """A page back and one on; another order."""
        order = ((Button("order", "order"),),) if self.movable and self.entries else ()
        return (*turning("queue", self.page, self.pages), *order)


@dataclass(frozen=True, slots=True)
class Coming:
    """What goes out until then, soonest first; `more` entries are left out."""

    template: ClassVar[str] = "coming"
    entries: tuple[Waiting, ...]
    until: datetime
    more: int = 0


@dataclass(frozen=True, slots=True)
class NoSuchSpan:
    """Words that are no length of time."""

    template: ClassVar[str] = "no_such_span"
    words: str


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
    minutes: int | None = None
    """From publication until it was out."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided what last, and when."""

    who: str
    verb: str
    at: datetime


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
    carried: tuple[Reaching, ...] = ()
    """On its way to readers, carrier by carrier."""

    @property
    def rows(self) -> Rows:
        """What can be done with it as it stands."""
        states = {one.state for one in self.standings}
        verbs = [
            verb
            for verb, state in (("hold", State.PLANNED), ("release", State.HELD), ("retry", State.FAILED))
            if state in states
        ]
        doubtful = [one.channel for one in self.standings if one.state is State.UNCERTAIN]
        return (
            *((tuple(Button(verb, f"{verb} {self.number}") for verb in verbs),) if verbs else ()),
            *(settling(self.number, channel) for channel in doubtful),
            *steering(self.carried),
            self._views(),
        )

    def _views(self) -> tuple[Button, ...]:
        """What else there is to see of it."""
        number = self.number
        return (
            Button("story_parts", f"story {number} parts"),
            *((Button("story_revisions", f"story {number} revisions"),) if self.revision > 1 else ()),
            *((Button("story_deliveries", f"story {number} deliveries"),) if self.standings else ()),
        )

    @property
    def topic(self) -> Topic:
        """The story."""
        return Topic(Shows.ANSWER, self.number)


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

    @property
    def rows(self) -> Rows:
        """One tap shows it."""
        return (tuple(Button("story_one", f"story {one.number}", f"#{one.number}") for one in self.choices),)


def turning(verb: str, page: int, pages: int) -> Rows:
    """The buttons below a long list."""
    turns = (("page_back", page - 1), ("page_on", page + 1))
    row = tuple(Button(caption, f"{verb} {to}", f"{to}/{pages}") for caption, to in turns if 1 <= to <= pages)
    return (row,) if row else ()


def settling(number: int, channel: str) -> tuple[Button, ...]:
    """What an editor may have seen of what is uncertain."""
    about, subject = f"#{number} {channel}", f"{number} {channel}"
    return (
        Button("settle_out", f"settle {subject} out", about),
        Button("settle_not_out", f"settle {subject} not out", about),
    )


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
