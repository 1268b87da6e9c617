"""The writer: asks the language model, within its budget, and lets nothing out that the article does not bear out."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.errors import PressError
from bot.model.call import Calls, Question
from bot.model.edition import Markup
from bot.model.story import Article, Block, BlockKind, Story
from bot.press.model_client import ModelClient, Unanswered
from bot.press.shelf import Shelf
from bot.press.templates import Templates
from bot.rules.grounds import text_of, unfounded, unfounded_addresses, unfounded_quantities
from bot.rules.orders import without_orders
from bot.settings import Model, Newsroom

_LANGUAGES = {"zh": "Chinese", "zh-Hans": "simplified Chinese", "zh-Hant": "traditional Chinese", "en": "English"}
_LONGEST = 8000
"""Characters of an article that the model is shown."""
_SHORTEST = 40
"""Where there is room for fewer characters, the model is not asked."""
_MOST_ROOM = {"zh": 500, "en": 1000}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the words are not the model's."""

    why: str
    silent: bool = False
    """The model did not answer, or may not be asked: the next story will fare no better."""


class Writer:
    """Knows prompts, budget and guard; what it cannot vouch for is a Refusal."""

    def __init__(
        self,
        settings: Model,
        newsroom: Newsroom,
        client: ModelClient,
        templates: Templates,
        calls: Calls,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._newsroom, self._client, self._templates = settings, newsroom, client, templates
        self._calls, self._clock = calls, clock
        self._not_before: tuple[datetime, str] | None = None

    @property
    def name(self) -> str:
        """The model's."""
        return self._client.name

    def renew(self) -> tuple[PressError, ...]:
        """Take the prompts that have changed and pass; what is wrong with the others."""
        return self._templates.renew(prompt_passes)

    async def rewritten(self, story: Story, channel: str, tag: str, room: int | None) -> str | Refusal:
        """The story in the model's words, at most `room` characters; every fact of it stands in the article."""
        most = min(room or _LONGEST, _MOST_ROOM["zh" if tag.startswith("zh") else "en"])
        if most < _SHORTEST:
            return Refusal(f"there is room for {most} characters only")
        shown = _shown(story.article)
        if isinstance(shown, Refusal):
            return shown
        words = {"language": _LANGUAGES.get(tag, tag), "room": most, "article": shown}
        answer = await self._asked("rewrite", words, story, channel, most=max(200, most * 2))
        if isinstance(answer, Refusal):
            return answer
        text = answer.strip('"“”') if answer.count('"') == 2 else answer
        if len(text) > most:
            return Refusal(f"its text has {len(text)} characters, {most} were asked for")
        strange = unfounded(text, _source(story.article))
        return Refusal(f"not in the article: {'; '.join(strange)}") if strange else text

    async def translated(self, story: Story, channel: str, language: str) -> Article | Refusal:
        """The article in another language, held to its numbers and dates."""
        shown = _shown(story.article)
        if isinstance(shown, Refusal):
            return shown
        words = {"language": _LANGUAGES.get(language, language), "article": shown}
        answer = await self._asked("translate", words, story, channel, most=max(400, 3 * len(json.dumps(shown))))
        if isinstance(answer, Refusal):
            return answer
        parts = _parts(answer, len(shown["paragraphs"]))
        if isinstance(parts, Refusal):
            return parts
        headline, paragraphs = parts
        told = "\n".join((headline, *paragraphs))
        source = _source(story.article)
        if strange := [*unfounded_addresses(told), *unfounded_quantities(told, source)]:
            return Refusal(f"not in the article: {'; '.join(strange)}")
        blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
        return replace(story.article, headline=headline, blocks=blocks, language=language, subtitle=None, lead=None)

    async def close(self) -> None:
        """Let go of the line."""
        await self._client.close()

    async def _asked(
        self, task: str, words: Mapping[str, Any], story: Story, channel: str, *, most: int
    ) -> str | Refusal:
        system, question = (self._prompt(name, words, channel) for name in ("system", task))
        print_ = hashlib.sha256(f"{self._client.name}\n{system}\n{question}".encode()).hexdigest()
        asked = Question(story.id, story.revision, channel, print_)
        known = await self._calls.answer(asked)
        if known is not None:
            return known
        now = self._clock()
        cost = len(system) + len(question) + most
        if (objection := await self._objection(cost, now)) is not None:
            return Refusal(objection, silent=True)
        call = await self._calls.begin(asked, cost, now)
        try:
            reply = await self._client.ask(system, question, most, now)
        except Unanswered as err:
            self._not_before = (now + err.wait, err.why) if err.wait else None
            await self._calls.end(call, err.tokens or 0, None, err.why)
            return Refusal(err.why, silent=True)
        await self._calls.end(call, cost if reply.tokens is None else reply.tokens, reply.text, "")
        return reply.text

    async def _objection(self, cost: int, now: datetime) -> str | None:
        """Why the model may not be asked now."""
        if self._not_before is not None and now < self._not_before[0]:
            return f"it is left alone for a while: {self._not_before[1]}"
        month = now.astimezone(self._newsroom.tz).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        spent = await self._calls.spent(month)
        if spent.calls >= self._settings.calls_a_month:
            return f"the {self._settings.calls_a_month} calls of this month are used up"
        if spent.tokens + cost > self._settings.tokens_a_month:
            return f"the {self._settings.tokens_a_month} tokens of this month are used up"
        return None

    def _prompt(self, name: str, words: Mapping[str, Any], channel: str) -> str:
        """Raises PressError: a prompt's mistake is the newsroom's to correct."""
        known = {"newsroom": self._newsroom.name, "tone": self._settings.tone, "channel": channel, **words}
        return self._templates.render([f"{channel}.{name}.txt.j2", f"{name}.txt.j2"], Markup.PLAIN, known)


def prompt_passes(shelf: Shelf, name: str) -> None:
    """Render a prompt with a sample. Raises PressError."""
    words = {"newsroom": "Check", "tone": "plain", "channel": "check", "language": "English", "room": 200}
    sample = {"headline": "Check", "paragraphs": ["Checking the prompts."]}
    if not shelf.render(name, Markup.PLAIN, {**words, "article": sample}):
        raise PressError("the prompt is empty", template=name)


def _shown(article: Article) -> dict[str, Any] | Refusal:
    """What the model gets of the article: no address, and no sentence that speaks to a machine."""
    headline, orders = without_orders(article.headline)
    if orders or not headline:
        return Refusal("the headline gives orders to a machine")
    paragraphs: list[str] = []
    size = 0
    for text in article.paragraphs:
        kept, _ = without_orders(text)
        size += len(kept)
        if kept and size <= _LONGEST:
            paragraphs.append(kept)
    return {"headline": headline, "paragraphs": paragraphs} if paragraphs else Refusal("the article has no text")


def _source(article: Article) -> str:
    """What the answer is held against: orders in the article bear nothing out."""
    return without_orders(text_of(article))[0]


def _parts(answer: str, wanted: int) -> tuple[str, list[str]] | Refusal:
    """Headline and paragraphs of a translation; a fence around the JSON is forgiven, another shape is not."""
    bare = answer.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        told = json.loads(bare)
        headline, paragraphs = told["headline"], told["paragraphs"]
    except (ValueError, LookupError, TypeError):
        return Refusal("its translation is not of the shape asked for")
    texts = [headline, *paragraphs] if isinstance(paragraphs, list) else [None]
    if len(texts) != wanted + 1 or not all(isinstance(text, str) and text.strip() for text in texts):
        return Refusal("its translation has not the paragraphs of the article")
    return headline.strip(), [text.strip() for text in paragraphs]
