"""The words of an edition: in the channel's script, the article's own or a model's, and a reason where they are not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.errors import PressError
from bot.model.channel import Facts
from bot.model.edition import Unit, Words
from bot.model.story import Story
from bot.press.digest import Digest
from bot.press.job import Job, Occasion
from bot.press.telling import Teller, Told
from bot.press.variants import Voice, converted, in_script, tag
from bot.press.writer import Refusal, Writer
from bot.rules.summarising import Analysis, analyse

# How much of a platform's room one Chinese character takes, where that is more than one.
_WIDE = {Unit.WEIGHTED: 2, Unit.BYTES: 3}


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something the desk must hear of."""

    subject: str
    """Of two complaints of one subject, an editor hears the first until it is told."""
    text: str


def not_taken(err: PressError) -> Complaint:
    """Of a changed template that does not pass."""
    return Complaint(f"template {err.template}", f"{err}: the template as it was stays in force")


@dataclass(frozen=True, slots=True)
class Worded:
    """A story as it is told, and what an editor should know of it."""

    story: Story
    """In the script and language of the channel."""
    job: Job
    analysis: Analysis
    told: Told
    words: Words
    notes: tuple[str, ...]


class WordPress:
    """Chooses whose words a channel gets."""

    def __init__(self, teller: Teller, voices: Mapping[str, Voice], writer: Writer | None) -> None:
        self._teller, self._voices, self._writer = teller, voices, writer
        self._silent = False
        self.complaints: list[Complaint] = []

    async def worded(self, story: Story, facts: Facts, job: Job) -> Worded:
        """The words for `job.channel`. Raises PressError."""
        voice = self._voices.get(job.channel, Voice())
        notes: list[str] = []
        self.complaints += map(not_taken, self._writer.renew() if self._writer else ())
        story, job = await self._translated(story, job, voice, notes)
        story, job = _in_script(story, job, voice)
        analysis = analyse(story.article)
        if job.occasion is Occasion.EDIT and analysis.correction:
            job = replace(job, occasion=Occasion.CORRECTION)
        if job.given:
            told = self._teller.demand(story, analysis, facts, job)
            return Worded(story, job, analysis, told, Words.EDITOR, (*notes, *told.notes))
        told = self._teller.tell(story, analysis, facts, job)
        words = Words.MODEL if job.translated else Words.EXTRACTED
        if voice.rewrite and not job.translated:
            given = await self._rewritten(story, analysis, facts, job, notes)
            told, words = (given, Words.MODEL) if given else (told, words)
        return Worded(story, job, analysis, told, words, (*notes, *told.notes))

    def in_channels_script(self, digest: Digest, channel: str) -> Digest:
        """The stories as this channel writes Chinese; none is translated or rewritten."""
        script = self._voices.get(channel, Voice()).script
        stories = tuple(in_script(story, script) for story in digest.stories)
        title = converted(digest.title, script) if digest.language == "zh" else digest.title
        return replace(digest, stories=stories, title=title, language=tag(digest.language, script))

    async def _translated(self, story: Story, job: Job, voice: Voice, notes: list[str]) -> tuple[Story, Job]:
        if voice.translate is None or story.article.language in (voice.translate, "und"):
            return story, job
        if self._writer is None:
            notes.append("not translated: there is no model here")
            return story, job
        found = await self._writer.translated(story, job.channel, voice.translate)
        if isinstance(found, Refusal):
            notes.append(f"not translated: {found.why}")
            self._complain(story, job.channel, found)
            return story, job
        self._silent = False
        notes.append(f"translated by the model {self._writer.name}")
        return replace(story, article=found), replace(job, translated=True, changed=())

    async def _rewritten(
        self, story: Story, analysis: Analysis, facts: Facts, job: Job, notes: list[str]
    ) -> Told | None:
        if self._writer is None:
            notes.append("the article's own words: there is no model here")
            return None
        room = self._teller.room(story, analysis, facts, job)
        if room is not None and job.tag.startswith("zh"):
            room //= _WIDE.get(facts.unit, 1)
        found = await self._writer.rewritten(story, job.channel, job.tag, room)
        if isinstance(found, str):
            self._silent = False
            if told := self._teller.give(story, analysis, facts, job, found):
                notes.append(f"written by the model {self._writer.name}, held against the article")
                return told
            found = Refusal("its text does not fit")
        notes.append(f"the article's own words: {found.why}")
        self._complain(story, job.channel, found)
        return None

    def _complain(self, story: Story, channel: str, refusal: Refusal) -> None:
        """Once for a model that is silent, until it speaks again; for each text that was refused."""
        text = f"#{story.id} {story.article.headline} goes to {channel} without the model: {refusal.why}"
        if not refusal.silent:
            self.complaints.append(Complaint(f"model {story.id} {channel}", text))
        elif not self._silent:
            self._silent = True
            self.complaints.append(Complaint("model", text))


def _in_script(story: Story, job: Job, voice: Voice) -> tuple[Story, Job]:
    language = story.article.language
    changed = tuple(converted(one, voice.script) for one in job.changed) if language == "zh" else job.changed
    given = converted(job.given, voice.script) if language == "zh" else job.given
    return in_script(story, voice.script), replace(job, given=given, tag=tag(language, voice.script), changed=changed)
