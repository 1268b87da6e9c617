"""The people of the desk, what they may do, and what the desk remembers of its conversations with them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; each may all that those before it may."""

    READER = "reader"  # sees the queue and the stories
    CONTRIBUTOR = "contributor"  # and sends in stories
    EDITOR = "editor"  # and decides on them
    ADMIN = "admin"  # and invites, removes, runs the house

    @property
    def rank(self) -> int:
        """Higher may more."""
        return list(Role).index(self)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the desk; `number` is Telegram's."""

    number: int
    name: str
    role: Role = Role.EDITOR
    language: str | None = None
    sections: tuple[str, ...] = ()
    """Decides on stories of these sections only; empty: of all."""
    channels: tuple[str, ...] = ()
    """Decides for these channels only; empty: for all."""
    fixed: bool = False
    """Stands in the settings, so nobody removes them from the phone."""

    def may(self, role: Role) -> bool:
        """Whether their role is enough."""
        return self.role.rank >= role.rank

    def may_section(self, section: str | None) -> bool:
        """Whether stories of this section are theirs to decide on."""
        return not self.sections or section in self.sections

    def may_channel(self, channel: str) -> bool:
        """Whether this channel is theirs to decide for."""
        return not self.channels or channel in self.channels


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link that makes whoever opens it somebody of the desk."""

    word: str
    role: Role
    by: str
    until: datetime
    sections: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation that waits for somebody's next words; one a person and chat."""

    chat: int
    person: int
    verb: str
    step: str
    """What is waited for; the verb's own word."""
    data: str
    """What the verb must remember meanwhile; its own notation."""
    until: datetime


class Shows(StrEnum):
    """What a message of the desk's shows."""

    STORY = "story"  # the one message of a story, edited as it goes on
    PREVIEW = "preview"  # how a channel would show a story; a reply to it is about that
    ANSWER = "answer"  # what a command was answered
    ALARM = "alarm"
    WITHDRAWAL = "withdrawal"  # how far taking a story back has come, edited until nothing is left to do


@dataclass(frozen=True, slots=True)
class DeskMessage:
    """A message of the desk's that can be edited, replied to, or has buttons."""

    chat: int
    message: int
    shows: Shows
    story: int | None
    channel: str | None
    word: str
    """Names its keyboard: only buttons that carry it are its own."""
    shown: str
    """A hash of what it shows now."""
    picture: bool
    """Its words are a picture's caption."""
    at: datetime


class Seen(StrEnum):
    """Whether an update has come before."""

    NEW = "new"
    BEGUN = "begun"  # and nobody knows how far it went
    DONE = "done"
