"""What is said to whoever writes to the desk, whatever it is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.desk.answer import Button, Rows


@dataclass(frozen=True, slots=True)
class HelpLine:
    """The verbs of one section that somebody may use."""

    section: str
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """The verbs that somebody may use, section by section, with examples."""

    template: ClassVar[str] = "help"
    name: str
    sections: tuple[HelpLine, ...]
    editor: bool

    @property
    def rows(self) -> Rows:
        """Each section with what its verbs do."""
        buttons = [Button(f"help_{one.section}", f"help {one.section}") for one in self.sections]
        return tuple(tuple(buttons[at : at + 4]) for at in range(0, len(buttons), 4))


@dataclass(frozen=True, slots=True)
class HelpSection:
    """What the verbs of one section do."""

    template: ClassVar[str] = "help_section"
    section: str
    verbs: tuple[str, ...]

    @property
    def rows(self) -> Rows:
        """Back to all sections."""
        return ((Button("help", "help"),),)


@dataclass(frozen=True, slots=True)
class Number:
    """Somebody's Telegram number; `name` and `role` where they are of the desk; in a group the chat's own, too."""

    template: ClassVar[str] = "number"
    number: int
    name: str | None = None
    role: str | None = None
    chat: int | None = None


@dataclass(frozen=True, slots=True)
class No:
    """To who is no editor."""

    template: ClassVar[str] = "no"


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
class NotYours:
    """A story or a channel that is not theirs to decide on."""

    template: ClassVar[str] = "not_yours"
    number: int
    headline: str
    sections: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """A verb that their role does not reach; `role` is the one that does."""

    template: ClassVar[str] = "not_allowed"
    verb: str
    role: str


@dataclass(frozen=True, slots=True)
class NotHere:
    """A verb whose answer is for one pair of eyes."""

    template: ClassVar[str] = "not_here"
    verb: str


@dataclass(frozen=True, slots=True)
class Twice:
    """The same message came twice; `done` is False where nobody knows how far it got the first time."""

    template: ClassVar[str] = "twice"
    verb: str
    done: bool


@dataclass(frozen=True, slots=True)
class Stale:
    """A button whose message has gone on; who decided what, and when, where somebody did."""

    template: ClassVar[str] = "stale"
    who: str | None = None
    verb: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """Somebody has used an invitation."""

    template: ClassVar[str] = "welcome"
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class NeverMind:
    """A conversation has been ended; False: there was none."""

    template: ClassVar[str] = "never_mind"
    was: bool


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What was laid aside for another question comes back: its verb, how to see it again, and what it is about."""

    template: ClassVar[str] = "still_open"
    verb: str
    order: str
    about: str = ""

    @property
    def rows(self) -> Rows:
        """On with it, or never mind."""
        return ((Button("go_on", self.order), Button("never_mind", f"nevermind {self.verb}")),)
