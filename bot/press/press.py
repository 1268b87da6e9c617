"""One edition a channel: the fullest version of a story that the channel's facts allow, with its card."""

import asyncio
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from bot.errors import PressError, TooLong
from bot.model.channel import WIDE, CardSize, Facts, Finding
from bot.model.edition import Card, Edition
from bot.model.story import Story
from bot.press import chart, trial
from bot.press.card import CardPress
from bot.press.digest import Desk, Digest, DigestEdition, compose
from bot.press.drawing import Designs
from bot.press.face import Design, Face, face_of, face_of_digest
from bot.press.fonts import FAMILY, Fonts, weights
from bot.press.gallery import gallery
from bot.press.job import Job, Occasion
from bot.press.pictures import Pictures
from bot.press.placard import Sheet, placard
from bot.press.shelf import SHIPPED
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.press.variants import Voice, face_in_script
from bot.press.wording import wording
from bot.press.words import Complaint, WordPress, not_taken
from bot.press.writer import Writer
from bot.rules.growth import GrowthLine
from bot.rules.summarising import analyse
from bot.settings import Newsroom

_DESIGNS = {
    Occasion.BREAKING: Design.BREAKING,
    Occasion.PINNED: Design.PINNED,
    Occasion.CORRECTION: Design.CORRECTION,
}
"""The card of an occasion; on any other, the section's, else the story card. A digest has its cover."""


class Press:
    """The composing room; knows no platform, only facts."""

    def __init__(
        self,
        newsroom: Newsroom,
        shipped: Path,
        own: Path | None,
        cards: Path,
        pictures: Pictures | None = None,
        voices: Mapping[str, Voice] = MappingProxyType({}),
        writer: Writer | None = None,
    ) -> None:
        """`pictures` fetches what articles show; without it, cards are words alone. `voices` are by channel."""
        self._newsroom, self._pictures = newsroom, pictures
        self._templates, self._digests = Templates(shipped, own), Templates(shipped, own, "digests")
        self._teller = Teller(self._templates, newsroom.tz)
        self._words = WordPress(self._teller, voices, writer)
        fonts = Fonts(own / "cards" / "fonts" if own else None)
        self._cards, self._folder = CardPress(Designs(shipped, own), fonts, cards), cards

    async def edition(self, story: Story, channel: str, facts: Facts, job: Job = Job()) -> Edition:  # noqa: B008 - frozen
        """Words and card of this story for a channel of these facts. Raises PressError, which names the story."""
        for err in self._templates.renew(functools.partial(trial.passes, zone=self._newsroom.tz)):
            self._words.complaints.append(not_taken(err))
        try:
            return await self._edition(story, channel, facts, replace(job, channel=channel))
        except TooLong:
            raise
        except PressError as err:
            raise PressError(err.why, template=err.template, line=err.line, story=story.id) from err

    async def digest(
        self,
        digest: Digest,
        channel: str,
        facts: Facts,
        job: Job = Job(),  # noqa: B008 - frozen
    ) -> DigestEdition | None:
        """Many stories as one edition, with a cover where the channel has cards; None where there is nothing to tell.

        Raises PressError.
        """
        for err in self._digests.renew(functools.partial(trial.digest_passes, zone=self._newsroom.tz)):
            self._words.complaints.append(not_taken(err))
        scripted = self._words.in_channels_script(digest, channel)
        desk = Desk(self._newsroom.name, self._newsroom.tz, self._digests)
        found = compose(desk, scripted, facts, replace(job, channel=channel, occasion=Occasion.DIGEST))
        if found is None:
            return None
        card, notes = None, found.told.notes
        if facts.card:
            headlines = [story.article.headline for story in found.stories]
            face = face_of_digest(found.title, headlines, digest.moment, digest.language, self._newsroom)
            card, problems = await self._card(face_in_script(face, scripted.language), facts.card)
            notes = (*notes, *problems)
        first = found.stories[0]
        edition = Edition(
            story=first.id,
            revision=first.revision,
            channel=channel,
            kind=facts.kind,
            language=scripted.language,
            headline=found.title,
            text=found.told.text,
            markup=facts.markup,
            card=card,
            count=found.told.size,
            limit=facts.limit,
            unit=facts.unit,
            notes=notes,
        )
        return DigestEdition(edition, tuple(story.id for story in found.stories))

    async def placard(self, topic: str, link: str, language: str, sheet: Sheet, *, pdf: bool) -> bytes:
        """A PNG or a PDF for print, whose code leads to the link. Raises PressError."""
        face = placard(self._newsroom, topic, link, language)
        draw = self._cards.document if pdf else self._cards.draw
        return await asyncio.to_thread(draw, face, sheet.size)

    async def chart(self, lines: Sequence[GrowthLine], language: str, now: datetime) -> Path:
        """How readers grew, as a picture among the cards. Raises PressError."""
        face, data = chart.face(lines, language, now, self._newsroom), chart.data(lines, language)
        return await asyncio.to_thread(self._cards.charted, face, chart.SIZE, data)

    def complaints(self) -> tuple[Complaint, ...]:
        """What the desk must hear of since this was last asked: a template not taken, a model's words refused."""
        told = tuple(self._words.complaints)
        self._words.complaints.clear()
        return told

    async def _edition(self, story: Story, channel: str, facts: Facts, job: Job) -> Edition:
        worded = await self._words.worded(story, facts, job)
        story, told, notes = worded.story, worded.told, list(worded.notes)
        card: Card | None = None
        if facts.card:
            design = _DESIGNS.get(worded.job.occasion)
            correction = worded.analysis.correction
            note = correction.text if correction and design == Design.CORRECTION else ""
            face = face_of(story, worded.analysis, self._newsroom, design, note)
            face = face_in_script(face, worded.job.tag)
            if worded.job.translated:
                face = replace(
                    face, credit="  ·  ".join(filter(None, (face.credit, wording(face.language).translated)))
                )
            card, problems = await self._card(face, facts.card)
            notes += problems
        own: list[Card] = []
        if facts.pictures and self._pictures is not None:
            own, problems = await gallery(story.article, facts.pictures, self._pictures, self._folder)
            notes += problems
        return Edition(
            story=story.id,
            revision=story.revision,
            channel=channel,
            kind=facts.kind,
            language=worded.job.tag,
            headline=(wording(worded.job.tag).breaking if job.occasion is Occasion.BREAKING else "")
            + story.article.headline,
            text=told.text,
            markup=facts.markup,
            link=story.article.link,
            card=card,
            count=told.size,
            limit=facts.limit,
            unit=facts.unit,
            notes=tuple(notes),
            words=worded.words,
            more=told.more,
            pictures=tuple(own),
        )

    async def _card(self, face: Face, size: CardSize) -> tuple[Card, list[str]]:
        """The card, with the picture if it can be had, and what an editor should know of it."""
        problems, photo = [], None
        if face.photo and self._pictures is not None:
            try:
                photo = await self._pictures.picture(face.photo)
            except PressError as err:
                problems.append(f"the card is without its picture: {err.why}")
        card, missing = await self._cards.card(face, size, photo)
        if missing:
            problems.append(f"not on the card, no font has them: {missing}")
        return card, problems

    def mistakes(self, facts: Iterable[Facts]) -> tuple[PressError, ...]:
        """What is wrong with the words that these channels would get, and with the newsroom's own templates.

        Takes a fraction of a second: no card is drawn.
        """
        shelf, found = self._templates.shelf, dict[str, PressError]()
        for one in dict.fromkeys(facts):
            for story in trial.SAMPLES:
                try:
                    self._teller.tell(story, analyse(story.article), one)
                except PressError as err:
                    found.setdefault(f"{err.template}:{err.line}", trial.named(err, story))
        tries = [(trial.passes, shelf), (trial.digest_passes, self._digests.shelf)]
        for passes, tried in tries:
            for name in (one for one in tried.at_stake if not one.startswith(SHIPPED)):
                try:
                    passes(tried, name, self._newsroom.tz)
                except PressError as err:
                    found.setdefault(f"{err.template}:{err.line}", err)
        return tuple(found.values())

    async def broken(self, facts: Iterable[Facts]) -> tuple[trial.Mistake, ...]:
        """What is wrong with the files as they stand at this moment, own card designs too."""
        for templates, passes in ((self._templates, trial.passes), (self._digests, trial.digest_passes)):
            for err in templates.renew(functools.partial(passes, zone=self._newsroom.tz)):
                self._words.complaints.append(not_taken(err))
        found = [self._place(err) for err in self.mistakes(facts)]
        for name in self._cards.own_designs:
            finding = await asyncio.to_thread(self._tried_design, name)
            found += [] if finding.ok else [trial.Mistake(f"cards/{name}.typ", None, "", finding.detail)]
        return tuple(found)

    def _place(self, err: PressError) -> trial.Mistake:
        """With what stands on the line at fault."""
        name, text = err.template or "", ""
        for shelf in (self._templates.shelf, self._digests.shelf):
            rows = shelf.texts[shelf.files[name]].splitlines() if name in shelf.files else []
            text = text or (rows[err.line - 1].strip() if err.line and err.line <= len(rows) else "")
        return trial.Mistake(name.removeprefix(SHIPPED), err.line, text, err.why)

    def check(self, facts: Iterable[Facts]) -> tuple[Finding, ...]:
        """Render every template with a story in each language, and look at the fonts. Never raises PressError."""
        found = []
        lightest, boldest = weights()
        found.append(Finding("font", True, f"{FAMILY}, {lightest} to {boldest}"))
        used = tuple(dict.fromkeys(facts))
        found += [self._tried(story, one) for one in used for story in trial.SAMPLES]
        others = sorted(self._templates.shelf.own.intersection(self._templates.shelf.names))
        found += [self._tried_override(name) for name in others if name not in {one.template for one in used}]
        found += [self._tried_digest(name) for name in sorted(self._digests.shelf.own) if "/" not in name]
        found += [self._tried_design(name) for name in self._cards.own_designs]
        return tuple(found)

    def _tried_design(self, name: str) -> Finding:
        """A card of the newsroom's own design, for a story in each language."""
        try:
            for story in trial.SAMPLES:
                face = face_of(story, analyse(story.article), self._newsroom)
                self._cards.draw(replace(face, design=name), WIDE)
        except PressError as err:
            return Finding(f"card design {name}", False, str(err))
        return Finding(f"card design {name}", True, "can be drawn in every language")

    def _tried(self, story: Story, facts: Facts) -> Finding:
        subject = f"template {facts.template} ({story.article.language})"
        try:
            told = self._teller.tell(story, analyse(story.article), facts)
            self._cards.draw(face_of(story, analyse(story.article), self._newsroom), facts.card or WIDE)
        except PressError as err:
            return Finding(subject, False, str(err))
        return Finding(subject, True, f"renders, {told.size} {facts.unit}")

    def _tried_digest(self, name: str) -> Finding:
        try:
            trial.digest_passes(self._digests.shelf, name, self._newsroom.tz)
        except PressError as err:
            return Finding(f"template digests/{name}", False, str(err))
        return Finding(f"template digests/{name}", True, "renders in every language")

    def _tried_override(self, name: str) -> Finding:
        try:
            trial.passes(self._templates.shelf, name, self._newsroom.tz)
        except PressError as err:
            return Finding(f"template {name}", False, str(err))
        return Finding(f"template {name}", True, "renders in every language, on every occasion")
