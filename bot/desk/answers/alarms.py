"""What the house itself has to say."""

from dataclasses import dataclass
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.model.desk import Shows


@dataclass(frozen=True, slots=True)
class News:
    """One notice, and what helps."""

    text: str
    help: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Notices:
    """What an editor must be told."""

    template: ClassVar[str] = "notices"
    news: tuple[News, ...]

    @property
    def rows(self) -> Rows:
        """A row for each notice against which something helps."""
        return tuple(one.help for one in self.news if one.help)

    @property
    def topic(self) -> Topic:
        """An alarm: a row goes once one of its buttons was pressed."""
        return Topic(Shows.ALARM)
