"""What the page shows, read from the ledger: stories beside the channels they go to, and why they do not."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.rehearsal import LANE as REHEARSAL
from bot.ledger import Ledger
from bot.model.decision import Decision, Verb
from bot.model.delivery import Attempt, Delivery, State
from bot.model.ledger import SourceNote
from bot.model.story import Story
from bot.model.subscriber import Counts, Fanout

PAGE = 20
"""Stories on one page."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A channel as the page names it."""

    name: str
    kind: str
    place: str = ""
    """Such as @riverbend_daily, or the host of a receiver; never a secret."""
    rehearses: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """A channel's place beside a story: the delivery that counts, and what is out there already."""

    channel: Shown
    delivery: Delivery
    out: Delivery | None = None

    @property
    def rehearsed(self) -> bool:
        """Whether this delivery stays in the house, whatever the settings say today."""
        return self.delivery.lane.startswith(REHEARSAL)

    @property
    def caveat(self) -> str:
        """How what is out differs from the edition: without its picture, or only assumed to be out."""
        sent = self.delivery.receipt.sent if self.delivery.receipt else ""
        text = self.delivery.edition.text
        if sent != text and sent.endswith(text):
            return sent.removesuffix(text).rstrip(": ")
        return "" if text in sent else sent


@dataclass(frozen=True, slots=True)
class Absence:
    """A channel without this story, and why; `spoilt` where it should have one."""

    channel: Shown
    why: str
    spoilt: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One story with everything beside it."""

    story: Story
    slots: tuple[Slot, ...]
    absences: tuple[Absence, ...]
    fresh: bool
    """It is still to be composed."""
    why: str
    """How it came in."""


@dataclass(frozen=True, slots=True)
class Front:
    """The whole page."""

    counts: dict[State, int]
    sources: tuple[SourceNote, ...]
    paused: dict[str, str]
    sheets: tuple[Sheet, ...]
    number: int
    older: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A delivery with every try."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class File:
    """Everything the ledger has on one story."""

    sheet: Sheet
    revisions: tuple[Story, ...]
    tried: tuple[Tried, ...]
    decisions: tuple[Decision, ...]
    carried: tuple[tuple[Fanout, Counts], ...] = ()
    """On its way to readers, a line a carrier."""


async def front(ledger: Ledger, channels: Sequence[Shown], number: int) -> Front:
    """Page `number` (from 1) of all stories, latest changed first. Raises LedgerError."""
    stories = await ledger.stories.recent(PAGE + 1, (number - 1) * PAGE)
    waiting = set(await ledger.stories.waiting())
    sheets = []
    for story in stories[:PAGE]:
        rows, history = await ledger.deliveries.of_story(story.id), await ledger.history.of_story(story.id)
        sheets.append(sheet(story, rows, history, channels, fresh=story.id in waiting))
    return Front(
        counts=await ledger.deliveries.counts(),
        sources=await ledger.notes.all(),
        paused=await ledger.lanes.paused(),
        sheets=tuple(sheets),
        number=number,
        older=len(stories) > PAGE,
    )


async def file(ledger: Ledger, channels: Sequence[Shown], number: int) -> File | None:
    """One story whole; None where there is no such story. Raises LedgerError."""
    story = await ledger.stories.get(number)
    if story is None:
        return None
    rows, history = await ledger.deliveries.of_story(number), await ledger.history.of_story(number)
    fresh = number in await ledger.stories.waiting()
    tried = [Tried(row, await ledger.deliveries.attempts(row.id)) for row in rows]
    shown = sheet(story, rows, history, channels, fresh=fresh)
    revisions, carried = await ledger.stories.revisions(number), await ledger.fanouts.why(number)
    return File(shown, revisions, tuple(tried), history, carried)


def sheet(
    story: Story, rows: Sequence[Delivery], history: Sequence[Decision], channels: Sequence[Shown], *, fresh: bool
) -> Sheet:
    """Lay the story's deliveries out, one place a channel; a channel that has left the settings keeps its place."""
    left = dict.fromkeys(row.channel for row in rows if row.channel not in {one.name for one in channels})
    kinds = {row.channel: row.edition.kind for row in rows}
    slots, absences = [], []
    for channel in (*channels, *(Shown(name, kinds[name]) for name in left)):
        mine = [row for row in rows if row.channel == channel.name]
        if mine:
            counts = [row for row in mine if row.state is not State.CANCELLED] or mine
            last, out = counts[-1], [row for row in mine if row.state is State.SENT]
            slots.append(Slot(channel, last, out[-1] if out and last not in out else None))
        elif said := [one for one in history if one.channel == channel.name]:
            absences.append(Absence(channel, said[-1].why, spoilt=said[-1].verb is Verb.FAILED))
        elif not fresh:
            absences.append(Absence(channel, ""))
    why = next((one.why for one in history if one.verb is Verb.PICKED_UP), "")
    return Sheet(story, tuple(slots), tuple(absences), fresh, why)
