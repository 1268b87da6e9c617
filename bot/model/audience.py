"""An audience on its way in or out: lines of a file, each with its proof of consent or without."""

from dataclasses import dataclass, field

from bot.model.subscriber import Choices, Consent, Reading, Timing


@dataclass(frozen=True, slots=True)
class Entry:
    """One line that somebody may be subscribed by."""

    line: int
    to: str = field(repr=False)
    consent: Consent | None = None
    """None where the file proves none."""
    tags: tuple[str, ...] = ()
    """As the file has them; those that are topics here become choices."""
    carrier: str = ""
    """Where the file names one."""
    paused: bool = False
    choices: Choices | None = None
    """Where the file is our own."""
    timing: Timing | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A line whose reader has left, or is not to get anything: they are never subscribed."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that cannot be read, or not be followed; all others are."""

    line: int
    field: str
    value: str
    remedy: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.field} is {self.value!r}: {self.remedy}"


Line = Entry | Unwanted | Bad


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file."""

    subscribed: int = 0
    asked: int = 0
    """Those get a confirmation, and count once they have followed it."""
    known: int = 0
    """They are here already, and stay as they are."""
    left: int = 0
    """They have left here, could not be reached or are banned: no file brings them back."""
    unwanted: int = 0
    """By the file itself: unsubscribed, cleaned, deleted."""
    bad: tuple[Bad, ...] = ()
