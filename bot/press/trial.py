"""A trial of a template: it must render sample stories of every language, on every occasion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import PressError
from bot.model.channel import Facts
from bot.model.edition import Markup
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press.digest import Digest
from bot.press.digest import passes as passes_digest
from bot.press.job import Job, Occasion
from bot.press.shelf import Shelf, markup_of
from bot.press.telling import Teller
from bot.rules.summarising import analyse


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong with a template: in which file and line, what stands there, and why it does not do."""

    template: str
    line: int | None
    text: str
    why: str


class Only:
    """Prints with one template, whatever is wanted."""

    def __init__(self, shelf: Shelf, name: str) -> None:
        self._shelf, self._name = shelf, name

    def render(self, wanted: Sequence[str], markup: Markup, words: Mapping[str, Any]) -> str:
        del wanted
        return self._shelf.render(self._name, markup, words)


def passes(shelf: Shelf, name: str, zone: ZoneInfo) -> None:
    """Tell every sample with this template. Raises PressError, which names template, line and sample."""
    facts = Facts(kind="check", template=name, markup=markup_of(name), limit=None, card=None)
    teller = Teller(Only(shelf, name), zone)
    for story in (*SAMPLES, *_FULL):
        try:
            _tell(teller, story, facts)
        except PressError as err:
            raise named(err, story) from err


def digest_passes(shelf: Shelf, name: str, zone: ZoneInfo) -> None:
    """Print a digest of the samples with this template. Raises PressError, which names template and line."""
    for one in SAMPLES:
        article = one.article
        more = replace(one, id=2, article=replace(article, section="2", byline=Byline()))
        pinned = replace(one, id=3, article=replace(article, link=None))
        digest = Digest((replace(one, id=1), more, pinned), one.first_seen, article.language, pinned=frozenset({3}))
        try:
            passes_digest(Only(shelf, name), name, markup_of(name), digest, zone)
        except PressError as err:
            raise named(err, one) from err


def named(err: PressError, story: Story) -> PressError:
    """The mistake with the sample that brought it to light."""
    article = story.article
    why = f"{err.why} (sample story “{article.headline}”, {article.language})"
    return PressError(why, template=err.template, line=err.line)


def _tell(teller: Teller, story: Story, facts: Facts) -> None:
    """On every occasion, as the second post of a thread, and with words that are given."""
    analysis = analyse(story.article)
    for occasion in Occasion:
        changed = ("12 → 13",) if occasion in (Occasion.EDIT, Occasion.CORRECTION) else ()
        teller.tell(story, analysis, facts, Job("check", occasion, changed=changed))
    teller.tell(story, analysis, facts, Job("check", number=2, of=3))
    teller.give(story, analysis, facts, Job("check", translated=True), story.article.headline)


def _sample(language: str, headline: str, *blocks: Block, full: bool = False) -> Story:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    byline = Byline(published=moment, credit="Crier", editor="Crier", author="Crier" if full else None)
    article = Article(headline, blocks, language, section="Crier", byline=byline, link="https://example.org/sample")
    return Story(0, "check", 1, replace(article, tags=("check",), subtitle=headline if full else None), moment, moment)


def _full(language: str, headline: str, *sentences: str) -> Story:
    """Of everything that a body can have."""
    blocks = [Block(BlockKind.PARAGRAPH, sentences[0]), Block(BlockKind.QUOTE, sentences[0])]
    for sentence in sentences:
        blocks += [Block(BlockKind.HEADING, headline, level=2), Block(BlockKind.PARAGRAPH, sentence)]
    blocks.append(Block(BlockKind.LIST, items=sentences))
    blocks.append(Block(BlockKind.TABLE, rows=tuple((sentence, "1") for sentence in sentences)))
    return _sample(language, headline, *blocks, full=True)


SAMPLES = (
    _sample("zh", "模板检查<样稿>", Block(BlockKind.PARAGRAPH, "这是一篇样稿。它有12个句子中的2个。")),
    _sample(
        "en", "Checking the <templates>", Block(BlockKind.PARAGRAPH, "This is a sample. It has 2 of 12 sentences.")
    ),
)
_FULL = (
    _full("zh", "样稿之二", "第二篇样稿有12个句子。", "河湾大桥周五通车，长386米。", "图书馆夜间开放到22时。"),
    _full(
        "en",
        "A second sample",
        "This sample has 12 sentences.",
        "The Riverbend bridge opens on Friday and is 386 metres long.",
        "Libraries stay open until 10 pm.",
    ),
)
