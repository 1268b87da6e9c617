"""Labelled pairs of articles: reprints as editors make them, and what only looks like one; always the same ones."""

import functools
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from opencc import OpenCC

from bot.model.story import Article, Block, BlockKind, Byline
from bot.rules.sentences import sentences

HERE = Path(__file__).parent
SEED = 20261124


@dataclass(frozen=True, slots=True)
class Pair:
    """An old article, a new one, and whether an editor would call the new one a reprint of the old."""

    kind: str
    old: Article
    new: Article
    reprint: bool
    one_newsroom: bool = False


Paragraphs = list[str]
CREDIT = {"zh": "（来源：河湾日报 编辑：陈静）", "en": "(Source: Riverbend Daily)"}
INTRO = {
    "zh": "本报综合消息 据河湾日报报道，当地近日又有新鲜事，本网编辑整理如下，供读者参考。",
    "en": "Our correspondents in the county report what the neighbours have been up to this week, and we pass it on.",
}
OUTRO = {
    "zh": "截至发稿时，当地有关部门表示还将继续做好后续工作，本网将持续关注并带来最新消息。",
    "en": "We shall keep an eye on the matter and print what else becomes known in the days to come.",
}
VOICE = {
    "zh": "有网友在评论里写道：“这样的事多一些就好了，看着心里暖和。”",
    "en": '"If only there were more of this kind of thing," wrote one reader below the story.',
}
HEADLINE = {"zh": "这里发生的事 你听说了吗", "en": "What happened here this week"}


def articles() -> list[Article]:
    """The base articles, Chinese and English."""
    return [one for language in ("zh", "en") for _, one in _read(f"local_news_{language}.txt")]


def pairs() -> Iterator[Pair]:
    """All of them, positives first."""
    dice = random.Random(SEED)  # noqa: S311 - the same pairs each time is what is wanted
    base = articles()
    for old in base:
        for kind, edit in EDITS.items():
            if (paragraphs := edit(list(old.paragraphs), old.language, dice)) is not None:
                yield Pair(kind, old, _made(HEADLINE[old.language], paragraphs, old.language), True)
    for old in templates(dice, 1):
        yield Pair(
            "a template's notice, reprinted",
            old,
            _made(old.headline, _credited(list(old.paragraphs), old.language, dice), old.language),
            True,
        )
    yield from _lookalikes(base, dice)


# What editors do to a copy.


def _credited(text: Paragraphs, language: str, _: random.Random) -> Paragraphs:
    return [*text, CREDIT[language]]


def _cut(text: Paragraphs, language: str, _: random.Random) -> Paragraphs | None:
    whole = [piece for paragraph in text for piece in sentences(paragraph)]
    wanted, kept = 0.4 * sum(map(len, whole)), ""
    for piece in whole:
        if len(kept) >= wanted:
            break
        kept += piece
    return [kept] if len(kept) >= (45 if language == "zh" else 150) else None


def _dropped(text: Paragraphs, _: str, dice: random.Random) -> Paragraphs | None:
    kept = ["".join(piece for piece in sentences(paragraph) if dice.random() > 0.25) for paragraph in text]
    return [paragraph for paragraph in kept if paragraph] if sum(map(len, kept)) > 0.5 * sum(map(len, text)) else None


def _reworded(text: Paragraphs, language: str, _: random.Random) -> Paragraphs:
    return [_replaced(paragraph, _tables()[f"{language} synonyms"], language) for paragraph in text]


def _redated(text: Paragraphs, language: str, _: random.Random) -> Paragraphs:
    return [_replaced(paragraph, _tables()[f"{language} dates"], language) for paragraph in text]


def _replaced(paragraph: str, words: dict[str, str], language: str) -> str:
    for word, other in words.items():
        paragraph = paragraph.replace(word, other) if language == "zh" else re.sub(rf"\b{word}\b", other, paragraph)
    return paragraph


def _framed(text: Paragraphs, language: str, _: random.Random) -> Paragraphs:
    return [INTRO[language], *text, OUTRO[language], CREDIT[language]]


def _merged(text: Paragraphs, language: str, _: random.Random) -> Paragraphs:
    return [("" if language == "zh" else " ").join(text)]


def _split(text: Paragraphs, _: str, __: random.Random) -> Paragraphs:
    return [piece for paragraph in text for piece in sentences(paragraph)]


def _half_width(text: Paragraphs, language: str, _: random.Random) -> Paragraphs:
    widths = str.maketrans("，。：；？！（）“”", ',.:;?!()""') if language == "zh" else str.maketrans('"', "“", ",")
    return [paragraph.translate(widths).replace("’", "'") for paragraph in text]


def _traditional(text: Paragraphs, language: str, dice: random.Random) -> Paragraphs | None:
    if language != "zh":
        return None
    script = OpenCC(dice.choice(["s2t", "s2tw", "s2hk"]))
    return [script.convert(paragraph) for paragraph in text]


def _quoted(text: Paragraphs, language: str, _: random.Random) -> Paragraphs:
    middle = (len(text) + 1) // 2
    return [*text[:middle], VOICE[language], *text[middle:]]


def _everything(text: Paragraphs, language: str, dice: random.Random) -> Paragraphs | None:
    if sum(map(len, text)) < (150 if language == "zh" else 500):
        return None
    fewer = _dropped(text, language, dice) or text
    changed = _reworded(_redated(fewer, language, dice), language, dice)
    return _framed(_traditional(changed, language, dice) or changed, language, dice)


EDITS: dict[str, Callable[[Paragraphs, str, random.Random], Paragraphs | None]] = {
    "new headline and credit": _credited,
    "first 40 % only": _cut,
    "sentences dropped": _dropped,
    "synonyms": _reworded,
    "other date forms": _redated,
    "intro, outro and credit": _framed,
    "paragraphs merged": _merged,
    "paragraphs split": _split,
    "punctuation widths": _half_width,
    "traditional script": _traditional,
    "a quotation added": _quoted,
    "all edits at once": _everything,
}


# What only looks like a copy.


def _lookalikes(base: list[Article], dice: random.Random) -> Iterator[Pair]:
    more = _read("local_news_more.txt")
    for number, old in enumerate(base):
        language = old.language
        same = [one for one in base if one.language == language and one is not old]
        sequels = [one for kind, one in more if kind in ("后续", "sequel") and one.language == language]
        sequel, other = dice.choice(sequels), dice.choice(same)
        quoted = _half(list(old.paragraphs))
        news = [*sequel.paragraphs, *([] if len(quoted) < 300 else other.paragraphs[:2])]
        new = _made(sequel.headline, [*news[:1], quoted, *news[1:]], language)
        yield Pair("follow-up that quotes half", old, new, False, one_newsroom=number % 2 == 0)
        yield Pair("same headline, other text", old, _made(old.headline, list(other.paragraphs), language), False)
        for name, kinds in (("long quotation shared", ("引语", "quote")), ("boilerplate shared", ("样板", "boiler"))):
            if sum(map(len, old.paragraphs)) < (150 if language == "zh" else 500):
                continue  # what is mostly somebody's quotation is hardly a story of its own
            shared = dice.choice([one for kind, one in more if kind in kinds and one.language == language]).paragraphs
            with_it = _made(old.headline, [*old.paragraphs[:2], *shared, *old.paragraphs[2:]], language)
            yield Pair(name, with_it, _made(other.headline, [*other.paragraphs, *shared], language), False)
        digest = [sentences(one.paragraphs[0])[0] for one in dice.sample(same, 6)]
        yield Pair("news in brief", old, _made("一周要闻", [*digest, sentences(old.paragraphs[0])[0]], language), False)
    others = [one for kind, one in more if kind in ("另写", "other")]
    for one in others:
        for old in base:
            if old.language == one.language:
                yield Pair("same topic, other writer", old, one, False)
    for first, second in zip(templates(dice, 3), templates(dice, 3), strict=True):
        yield Pair("template with other figures", first, second, False)
        yield Pair("template with other figures, one newsroom", first, second, False, one_newsroom=True)


def _half(text: Paragraphs) -> str:
    whole = [piece for paragraph in text for piece in sentences(paragraph)]
    return "".join(whole[: max(1, len(whole) // 2)])


def templates(dice: random.Random, each: int) -> list[Article]:
    """Notices of the kind that comes every day; two calls differ in figures and dates, and in nothing else."""

    def filled(gap: re.Match[str]) -> str:
        low, _, high = gap[1].partition("..")
        return str(dice.randint(int(low), int(high))) if high else dice.choice(gap[1].split("|"))

    notices = [one for _, one in _read("local_news_notices.txt")] * each
    return [
        _made(one.headline, [re.sub(r"\{(.+?)\}", filled, text) for text in one.paragraphs], one.language)
        for one in notices
    ]


def _made(headline: str, paragraphs: Paragraphs, language: str) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, paragraph) for paragraph in paragraphs)
    return Article(headline, blocks, language, byline=Byline(credit="河湾日报"))


def _read(name: str) -> list[tuple[str, Article]]:
    """(kind, article) for each in the file: a line "# language kind | headline", then its paragraphs."""
    found = []
    for piece in _pieces(name):
        head, *paragraphs = piece.split("\n")
        kind, _, headline = head.partition(" | ")
        found.append((kind.split()[-1], _made(headline, paragraphs, kind[:2])))
    return found


@functools.cache
def _tables() -> dict[str, dict[str, str]]:
    """By "language kind": what editors write instead of what."""
    tables = {}
    for piece in _pieces("local_news_words.txt"):
        name, *rows = piece.split("\n")
        tables[name] = dict(row.split(" = ") for row in rows)
    return tables


def _pieces(name: str) -> list[str]:
    return [piece.strip() for piece in ("\n" + (HERE / name).read_text(encoding="utf-8")).split("\n# ")[1:]]
