"""What is answered to who asks whether the house is in order."""

from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Button, Rows


@dataclass(frozen=True, slots=True)
class Broken:
    """A template that does not do: its file and line, what stands there, and why."""

    file: str
    line: int | None
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The templates as they stand at this moment, and the disk."""

    template: ClassVar[str] = "checked"
    broken: tuple[Broken, ...]
    more: int
    """Mistakes besides these."""
    waiting: int
    """Stories that wait to be composed."""
    free: int
    """Megabytes."""
    tight: bool
    folders: tuple[tuple[str, int], ...]
    """What the queue's folders hold, largest first, in megabytes."""

    @property
    def rows(self) -> Rows:
        """Again, once something has been mended."""
        return ((Button("check_again", "check"),),)
