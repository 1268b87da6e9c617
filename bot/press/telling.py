"""How much of a story is told on a channel: as much as fits, what matters most first, or a thread of posts."""

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.errors import TooLong
from bot.model.channel import Facts, Long
from bot.model.story import Story
from bot.press.fitted import Fitting, Prints
from bot.press.job import Job
from bot.press.threading import thread
from bot.press.version import notes_on
from bot.rules.summarising import Analysis


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel gets, its length as the platform counts it, and how it was fitted."""

    text: str
    size: int
    notes: tuple[str, ...]
    more: tuple[str, ...] = ()
    """The further posts of a thread."""


class Teller:
    """Knows templates and counts; decides by facts alone."""

    def __init__(self, templates: Prints, zone: ZoneInfo) -> None:
        self._templates, self._zone = templates, zone

    def tell(self, story: Story, analysis: Analysis, facts: Facts, job: Job = Job()) -> Told:  # noqa: B008 - frozen
        """The fullest version that fits, or what the channel wants of a long story.

        Raises PressError: a template fails, or not even headline and byline fit.
        """

        def fitting(one: Job) -> Fitting:
            return Fitting(self._templates, self._zone, story, analysis, facts, one)

        if facts.long is Long.LINK:
            return Told(*fitting(job).render(fitting(job).bare()), ())
        if facts.long in (Long.THREAD, Long.MESSAGES):
            posts = thread(lambda number, of: fitting(replace(job, number=number, of=of)), analysis)
            if len(posts) > 1:
                (text, size), *more = posts
                return Told(text, size, (f"{len(posts)} posts",), tuple(post for post, _ in more))
        version = fitting(job).fullest()
        text, size = fitting(job).render(version)
        return Told(text, size, tuple(notes_on(version, story.article, analysis, facts)))

    def room(self, story: Story, analysis: Analysis, facts: Facts, job: Job) -> int | None:
        """What is left for words that are given, in the platform's unit; None where there is no limit."""
        return Fitting(self._templates, self._zone, story, analysis, facts, job).room()

    def give(self, story: Story, analysis: Analysis, facts: Facts, job: Job, words: str) -> Told | None:
        """These words in place of the article's sentences; None where they do not fit. Raises PressError."""
        fitting = Fitting(self._templates, self._zone, story, analysis, facts, job)
        version = fitting.given(words)
        return Told(*fitting.render(version), ()) if version else None

    def demand(self, story: Story, analysis: Analysis, facts: Facts, job: Job) -> Told:
        """The words of `job.given`, as they stand. Raises TooLong where they do not fit, and PressError."""
        told = self.give(story, analysis, facts, job, job.given)
        if told is None:
            size = Fitting(self._templates, self._zone, story, analysis, facts, job).least(job.given)
            raise TooLong(job.channel, size, facts.limit or facts.raw_bytes or 0, facts.unit)
        return told
