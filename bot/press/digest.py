"""A digest: many stories in one edition, the pinned ones first, then section by section, as much of each as fits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.errors import PressError
from bot.model.channel import Facts
from bot.model.edition import Edition, Markup
from bot.model.story import Story
from bot.press.fitted import Prints, keeps, size_of
from bot.press.job import Job, digests
from bot.press.telling import Told
from bot.press.wording import DigestWording, digest_wording
from bot.rules.fitting import first_fitting
from bot.rules.lengths import Length, tell
from bot.rules.summarising import analyse


@dataclass(frozen=True, slots=True)
class Digest:
    """What is to be told, and when."""

    stories: tuple[Story, ...]
    """Most important first: their order is kept within a section."""
    moment: datetime
    language: str
    """Of its own few words, such as "zh", "zh-Hant" or "en"."""
    title: str = ""
    """Such as 早间要闻; "" for what the language calls it."""
    pinned: frozenset[int] = frozenset()
    """Numbers of stories that stand on top."""
    corrected: frozenset[int] = frozenset()
    """Numbers of stories that these readers were told wrongly before: they come next."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One story as a template prints it; what has no room is ""."""

    headline: str
    line: str
    link: str | None
    credit: str
    """Who wrote it, where it was not this newsroom: a reprint never loses its credit."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Stories under one name; "" where there is but one chapter."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a digest is told."""

    stories: int
    lines: int
    """How many of them with their first words."""
    named: bool
    """With the names of its chapters."""


@dataclass(frozen=True, slots=True)
class Digested:
    """The words of a digest, and which stories they tell."""

    told: Told
    title: str
    stories: tuple[Story, ...]
    """In the order in which they are told."""


@dataclass(frozen=True, slots=True)
class DigestEdition:
    """What one channel gets, and the numbers of the stories that it tells, in their order."""

    edition: Edition
    """Filed under the first of these stories."""
    stories: tuple[int, ...]


@dataclass(frozen=True)
class Desk:
    """What a digest needs to know of the house."""

    newsroom: str
    zone: ZoneInfo
    prints: Prints
    _lines: dict[tuple[Story, Length], str] = field(default_factory=dict)

    def correction(self, story: Story, length: Length) -> str:
        """What the newsroom says it has corrected; where it does not say, the story's first words."""
        said = analyse(story.article).correction
        return said.main.text if said else self.line(story, length)

    def line(self, story: Story, length: Length) -> str:
        """A story's own first words at this length."""
        if (story, length) not in self._lines:
            language = story.article.language
            self._lines[story, length] = "".join(tell(analyse(story.article), length, language))
        return self._lines[story, length]


def ordered(digest: Digest) -> tuple[tuple[str | None, tuple[Story, ...]], ...]:
    """Stories under the name of their section, each once; None is the chapter of pinned ones, "" of no section.

    Of stories that are one (a cluster) the first is told; sections stand in the order of their first stories.
    """
    groups: dict[str | None, list[Story]] = {None: []}
    seen: set[object] = set()
    for story in sorted(digest.stories, key=lambda one: (one.id not in digest.pinned, one.id not in digest.corrected)):
        cluster = story.cluster or story.id or story.article.headline
        if cluster in seen:
            continue
        seen.add(cluster)
        name = None if story.id in digest.pinned else (story.article.section or "")
        groups.setdefault(name, []).append(story)
    nameless = groups.pop("", [])
    found = [*groups.items(), ("", nameless)]
    return tuple((name, tuple(stories)) for name, stories in found if stories)


def compose(desk: Desk, digest: Digest, facts: Facts, job: Job) -> Digested | None:
    """The fullest digest that fits the platform.

    What goes first is the stories' own words, the last story's first; then the names of chapters; then stories.
    None where there is nothing to tell. Raises PressError: a template fails, or not even one headline fits.
    """
    said, groups = digest_wording(digest.language), ordered(digest)
    stories = tuple(story for _, some in groups for story in some)
    if not stories:
        return None
    length = Length.PARAGRAPH if facts.limit is None else Length.DIGEST
    wanted, title = digests(facts.template, job), digest.title or said.title

    def printed(room: Room) -> Told:
        words = {
            "title": title,
            "newsroom": desk.newsroom,
            "date": _date(digest, desk.zone),
            "moment": digest.moment.isoformat(),
            "language": digest.language,
            "chapters": list(_chapters(desk, said, groups, room, length, digest.corrected)),
            "attribution": _attribution(said, stories[: room.stories]),
            "left": said.left(len(stories) - room.stories),
            "channel": job.channel,
            "route": job.route,
        }
        text = desk.prints.render(wanted, facts.markup, words)
        return Told(text, size_of(text, facts), tuple(_notes(room, len(stories), facts)))

    def fits(room: Room) -> bool:
        told = printed(room)
        return keeps(told.text, told.size, facts)

    every, named = len(stories), len(groups) > 1
    rooms = [Room(every, lines, named) for lines in range(every, -1, -1)]
    rooms += [Room(some, 0, named=False) for some in range(every, 0, -1)]
    found = first_fitting(rooms, fits)
    if found is None:
        limit = facts.limit or facts.raw_bytes
        raise PressError(f"not even one headline fits {limit} {facts.unit}", template=wanted[-1])
    return Digested(printed(found), title, stories[: found.stories])


def passes(prints: Prints, name: str, markup: Markup, digest: Digest, zone: ZoneInfo) -> None:
    """Print a digest with this template, whole and as its headlines alone. Raises PressError."""
    desk = Desk("Crier", zone, prints)
    whole = compose(desk, digest, Facts("check", name, markup, None, card=None), Job())
    if whole is not None and whole.told.size > 1:
        compose(desk, digest, Facts("check", name, markup, whole.told.size - 1, card=None), Job())


def _chapters(
    desk: Desk,
    said: DigestWording,
    groups: Sequence[tuple[str | None, tuple[Story, ...]]],
    room: Room,
    length: Length,
    corrected: frozenset[int],
) -> Iterator[Chapter]:
    told = 0
    for name, stories in groups:
        entries = []
        for story in stories[: max(0, room.stories - told)]:
            credit = story.article.byline.credit or ""
            again = story.id in corrected
            words = desk.correction if again else desk.line
            line = words(story, length) if told < room.lines else ""
            headline = (said.corrected if again else "") + story.article.headline
            foreign = said.source + credit if credit and credit != desk.newsroom else ""
            entries.append(Entry(headline, line, story.article.link, foreign))
            told += 1
        if entries:
            top = said.all_pinned if len(stories) > 1 else said.pinned
            shown = top if name is None else name or said.others
            yield Chapter(shown if room.named else "", tuple(entries))


def _attribution(said: DigestWording, stories: Sequence[Story]) -> list[str]:
    """Who answers for the stories told: their responsible editors, each once."""
    editors = dict.fromkeys(story.article.byline.editor for story in stories if story.article.byline.editor)
    return [said.editor + said.between.join(map(str, editors))] if editors else []


def _date(digest: Digest, zone: ZoneInfo) -> str:
    here = digest.moment.astimezone(zone)
    return f"{here.month}月{here.day}日" if digest.language.startswith("zh") else f"{here.day} {here:%B}"


def _notes(room: Room, every: int, facts: Facts) -> Iterator[str]:
    """What an editor should know of the choice."""
    limit = f"the limit is {facts.limit or facts.raw_bytes} {facts.unit}"
    if room.stories < every:
        yield f"{room.stories} of {every} stories: {limit}"
    elif room.lines < every:
        yield f"{room.lines} of {every} stories with their first words: {limit}"
