"""Grounds: what a text about an article says that the article does not; the guard over a language model's words."""

import re
import unicodedata
from collections.abc import Iterator

from bot.model.story import Article
from bot.rules.counted import misplaced
from bot.rules.quantities import named_quantities, quantities
from bot.rules.segmenting import cut, tag
from bot.rules.words import simplified, words

_LEADS_AWAY = re.compile(
    r"https?:\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w+|(?<![\w@])@[\w.]{2,}|\b[\w-]+\.(?:com|org|net|cn|io|ru|info|top|xyz)\b"
    r"|\]\(|</?[a-z]+[ >]|加?微信号?\s?[:：]?\s?[A-Za-z]\w{4,}",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“([^“”]+)”|「([^「」]+)」|『([^『』]+)』|\"([^\"]+)\"|(?<!\w)‘([^‘’]{3,}?)’(?!\w)")
_TITLE = re.compile(r"《([^《》]+)》")
_CAPITALISED = re.compile(r"\b[A-Z][\w'’-]*\.?(?:\s+(?:of|de|van|the|and|&)?\s*[A-Z][\w'’-]*)*")
_SENTENCE = re.compile(r"(?:^|[.!?。！？:：“\"‘「\n])\s*$")
_PERSON_SPEAKS = re.compile(r"^(?:said|says|told|added|adds|warned|wrote|argued|explained|insists?|insisted)\b")
_PLAIN_SPEAKERS = frozenset(
    [
        "he",
        "she",
        "they",
        "it",
        "officials",
        "residents",
        "police",
        "organisers",
        "organizers",
        "authorities",
        "experts",
        "engineers",
        "doctors",
        "teachers",
        "parents",
        "critics",
        "neighbours",
        "visitors",
        "staff",
        "workers",
    ]
)
_CALENDAR = re.compile(
    r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_PROPER = frozenset({"nr", "nrt", "nrfg", "ns", "nt", "nz"})
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文"
)
_CHINESE_PERSON = re.compile(
    rf"(?<![\u4e00-\u9fff])([{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=(?:说|表示|介绍|告诉|称|指出|认为|回忆|提醒|坦言))"
    rf"|(?:局长|主任|院长|站长|馆长|经理|校长|镇长|市长|书记|教授|研究员|队长|老师|记者|市民|居民|村民)"
    rf"([{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=[说表介告称指认回提坦，。、的在])"
)
_CLOSE = 0.5
_CONTENT = re.compile(r"[a-z]{4,}|[\u4e00-\u9fff]{2,}")
_NOT_SAID = re.compile(r"[\s，。、；：！？,.;:!?…—-]+")


def text_of(article: Article) -> str:
    """Everything that the article says, its byline too."""
    byline = article.byline
    said = (article.headline, article.subtitle, article.lead, article.section, byline.credit, byline.editor)
    tables = [cell for block in article.blocks for row in block.rows for cell in row]
    shown = [block.picture.caption for block in article.blocks if block.picture]
    lines = (*said, byline.author, *article.headings, *article.paragraphs, *tables, *shown)
    return "\n".join(line for line in lines if line)


def unfounded(answer: str, source: str) -> tuple[str, ...]:
    """What stands in the answer and not in the source, named for an editor; the source is in the same language.

    Numbers, dates, what is counted, quotations, names, addresses; "its words" where most are not the source's.
    """
    counted = [f"what it counts by {one}" for one in misplaced(answer, source)]
    numbers = unfounded_quantities(answer, source)
    return tuple(dict.fromkeys([*_addresses(answer), *numbers, *counted, *_words(answer, source)]))


def unfounded_quantities(answer: str, source: str) -> tuple[str, ...]:
    """Only numbers and dates: what can be held against a source in another language."""
    known = quantities(source)
    return tuple(f"the number or date {one}" for one in named_quantities(answer) if one not in known)


def unfounded_addresses(answer: str) -> tuple[str, ...]:
    """Whatever leads away: a model never writes it, whether or not the source has it."""
    return tuple(_addresses(answer))


def _addresses(answer: str) -> Iterator[str]:
    for match in _LEADS_AWAY.finditer(answer):
        yield f"the address {match[0][:60]}"


def _words(answer: str, source: str) -> Iterator[str]:
    said = _flat(source)
    for match in _QUOTED.finditer(answer):
        quoted = next(text for text in match.groups() if text)
        if _flat(quoted) not in said:
            yield f"the quotation “{quoted}”"
    for match in _TITLE.finditer(answer):
        if f"《{_flat(match[1])}》" not in said:
            yield f"the title 《{match[1]}》"
    yield from (f"the name {name}" for name in _chinese_names(answer) if _flat(name) not in said)
    spaced = _spaced(source)
    yield from (f"the name {name}" for name in _latin_names(answer) if _spaced(name) not in spaced)
    if not _close(answer, source):
        yield "its words: most of them are not the article's"


def _latin_names(answer: str) -> Iterator[str]:
    """Capitalised words; the first of a sentence only where more of them follow, or where it speaks."""
    for match in _CAPITALISED.finditer(_CALENDAR.sub(lambda day: day[0].lower(), answer)):
        name = match[0].rstrip(".").split()
        if _SENTENCE.search(answer[: match.start()]):
            first = name.pop(0)
            speaks = _PERSON_SPEAKS.match(answer[match.end() :].lstrip())
            if not name and speaks and first.lower() not in _PLAIN_SPEAKERS:
                name = [first]
        while name and name[0].islower():
            name.pop(0)
        if name and name != ["I"]:
            yield re.sub(r"['’]s$", "", " ".join(name))


def _chinese_names(answer: str) -> Iterator[str]:
    flat = simplified(answer)
    for word, kind in tag(flat):
        if kind in _PROPER and len(word) > 1 and not word.isascii():
            yield word
    for match in _CHINESE_PERSON.finditer(flat):
        yield match[1] or match[2]


def _close(answer: str, source: str) -> bool:
    """Whether at least half of its longer words are the source's."""
    said = _flat(source)
    longer = [word for word in map(_flat, cut(simplified(answer))) if _CONTENT.fullmatch(word)]
    return not longer or sum(_stem(word) in said for word in longer) >= _CLOSE * len(longer)


def _stem(word: str) -> str:
    return word[: max(4, len(word) - 3)] if word.isascii() else word


def _spaced(text: str) -> str:
    """Word by word, so that Ann is not found in an announcement."""
    return f" {' '.join(words(text))} "


def _flat(text: str) -> str:
    """Without script, width, case, spaces and the marks between words."""
    plain = simplified(unicodedata.normalize("NFKC", text)).replace("’", "'").casefold()
    return _NOT_SAID.sub("", plain)
