"""How a story looks on one channel, as the desk shows it."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from bot.desk.answer import Button, Rows, Topic
from bot.model.desk import Shows
from bot.rules.rewording import Part


@dataclass(frozen=True, slots=True)
class Wrote:
    """Whose words a part has; `everywhere`: on all channels."""

    part: Part
    who: str
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Over:
    """An editor's words that do not fit any more."""

    count: int
    limit: int
    unit: str


@dataclass(frozen=True, slots=True)
class Previewed:
    """Words and card as the channel gets them; a reply to it is an edit."""

    template: ClassVar[str] = "previewed"
    number: int | None
    """None: it is being written in the chat."""
    headline: str
    channel: str
    place: int
    total: int
    """Of how many channels."""
    goes: bool
    why: str
    state: str | None
    text: str
    marked: bool
    """The text is Telegram's own markup, and shown as it will look."""
    more: tuple[str, ...]
    """The further posts of a thread."""
    count: int
    limit: int | None
    unit: str
    words: str
    notes: tuple[str, ...]
    wrote: tuple[Wrote, ...]
    over: Over | None
    problem: str
    card: Path | None
    before: str | None
    after: str | None
    """The channels beside it."""
    decide: tuple[str, ...]
    """What can be decided of it now."""

    @property
    def picture(self) -> Path | None:
        """The card."""
        return self.card

    @property
    def topic(self) -> Topic:
        """The story on this channel."""
        return Topic(Shows.PREVIEW, self.number, self.channel) if self.number else Topic(Shows.ANSWER)

    @property
    def rows(self) -> Rows:
        """Turn the channels, decide, write."""
        subject = str(self.number) if self.number else "draft"
        turns = (("page_back", self.before), ("page_on", self.after))
        pages = tuple(Button(caption, f"preview {subject} {to}", to) for caption, to in turns if to)
        return tuple(row for row in (pages, *(self._writing() if self.number else self._drafting())) if row)

    def _writing(self) -> Rows:
        number, channel = self.number, self.channel
        parts = tuple(Button(f"edit_{part}", f"edit {number} {channel} {part}") for part in Part)
        own = [one for one in self.wrote if not one.everywhere]
        again = f"edit {number} {channel} press" if own else f"edit {number} press"
        return (
            tuple(Button(verb, f"{verb} {number}") for verb in self.decide),
            parts,
            (Button("edit_picture", f"picture {number}"), *((Button("edit_press", again),) if self.wrote else ())),
        )

    def _drafting(self) -> Rows:
        return (
            (Button("post_yes", "post yes"), Button("post_no", "nevermind post")),
            (Button("post_headline", "post headline"), Button("post_text", "post text")),
        )


@dataclass(frozen=True, slots=True)
class NoPreview:
    """There is no channel that it could be shown on."""

    template: ClassVar[str] = "no_preview"
    number: int | None
    headline: str
