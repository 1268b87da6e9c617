"""Script variants: an article in simplified or traditional characters, before it is measured and fitted."""

import functools
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from opencc import OpenCC

from bot.model.story import Article, Block, Picture, Story
from bot.press.face import Face


class Script(StrEnum):
    """The Chinese script that a channel is told in."""

    AS_WRITTEN = "as written"
    SIMPLIFIED = "simplified"
    TRADITIONAL = "traditional"


@dataclass(frozen=True, slots=True)
class Voice:
    """How one channel wants to be told."""

    script: Script = Script.AS_WRITTEN
    rewrite: bool = False
    """By the language model, where there is one."""
    translate: str | None = None
    """The language into which the model translates others."""


# By characters of the Taiwan standard; words stay the newsroom's own, so a quotation stays what was said.
_TABLES = {Script.SIMPLIFIED: ("tw2s", "hk2s"), Script.TRADITIONAL: ("s2tw",)}
# Readers of traditional characters quote in corner brackets; a single ’ may be an apostrophe and stays.
_QUOTES = {
    Script.TRADITIONAL: str.maketrans("“”", "「」"),
    Script.SIMPLIFIED: str.maketrans("「」『』", "“”‘’"),
}
_TAGS = {Script.SIMPLIFIED: "zh-Hans", Script.TRADITIONAL: "zh-Hant"}
# An address, a mention or a mail address leads somewhere only as it is written.
_AS_IT_IS = re.compile(r"((?:https?://|www\.)[^\s，。；！？、）》”」]+|[\w.+-]*@[\w.-]+)")
_LABEL = re.compile(r"(?:^|(?<=·  ))[^：·]+：")
# As a surname such a character is the same in both scripts; OpenCC takes it for the word: 于静 is no 於靜.
_SURNAMES = frozenset("于范余姜郁涂游岳后丑谷松卜")


def tag(language: str, script: Script) -> str:
    """The language tag of an article so told: zh-Hant, zh-Hans, or the language as it is."""
    return _TAGS[script] if language == "zh" and script in _TAGS else language


def in_script(story: Story, script: Script) -> Story:
    """The story in this script: its words, names and tags, but no address. Another language stays as it is."""
    if story.article.language != "zh" or script is Script.AS_WRITTEN:
        return story
    return replace(story, article=_article(story.article, script))


def converted(text: str, script: Script) -> str:
    """A text in this script, whichever it is in; what leads somewhere keeps its characters."""
    if script is Script.AS_WRITTEN:
        return text
    pieces = _AS_IT_IS.split(text)
    return "".join(piece if place % 2 else _by_tables(piece, script) for place, piece in enumerate(pieces))


def name(person: str, script: Script) -> str:
    """A person's name: of a surname that is the same in both scripts, only the rest changes."""
    if person[:1] in _SURNAMES and script is Script.TRADITIONAL:
        return person[:1] + converted(person[1:], script)
    return converted(person, script)


def _by_tables(text: str, script: Script) -> str:
    for table in _TABLES[script]:
        text = _converter(table).convert(text)
    return text.translate(_QUOTES[script])


@functools.cache
def _converter(table: str) -> OpenCC:
    return OpenCC(table)


def face_in_script(face: Face, tag: str) -> Face:
    """A card's face, its words from such a story: what Crier says of itself, too."""
    script = next((one for one, known in _TAGS.items() if known == tag), None)
    if script is None:
        return face
    return replace(
        face,
        language=tag,
        masthead=converted(face.masthead, script),
        label=converted(face.label, script),
        scan=converted(face.scan, script),
        credit=_LABEL.sub(lambda label: converted(label[0], script), face.credit),
        photo_credit=_LABEL.sub(lambda label: converted(label[0], script), face.photo_credit),
    )


def _article(article: Article, script: Script) -> Article:
    byline = article.byline
    named = re.compile(f"({'|'.join(re.escape(one) for one in (byline.editor, byline.author) if one) or '(?!)'})")

    def convert(text: str) -> str:
        """Names that the byline gives are told from words; other people's cannot be."""
        pieces = named.split(text)
        return "".join(name(one, script) if at % 2 else converted(one, script) for at, one in enumerate(pieces))

    def maybe(text: str | None) -> str | None:
        return None if text is None else convert(text)

    def person(text: str | None) -> str | None:
        return None if text is None else name(text, script)

    def picture(shown: Picture | None) -> Picture | None:
        return None if shown is None else replace(shown, alt=convert(shown.alt), caption=convert(shown.caption))

    def block(one: Block) -> Block:
        return replace(
            one,
            text=convert(one.text),
            items=tuple(map(convert, one.items)),
            rows=tuple(tuple(map(convert, row)) for row in one.rows),
            picture=picture(one.picture),
        )

    return replace(
        article,
        headline=convert(article.headline),
        blocks=tuple(map(block, article.blocks)),
        subtitle=maybe(article.subtitle),
        section=maybe(article.section),
        lead=maybe(article.lead),
        byline=replace(byline, credit=maybe(byline.credit), editor=person(byline.editor), author=person(byline.author)),
        tags=tuple(map(convert, article.tags)),
        picture=picture(article.picture),
        related=tuple(
            replace(one, headline=convert(one.headline), teaser=convert(one.teaser)) for one in article.related
        ),
    )
