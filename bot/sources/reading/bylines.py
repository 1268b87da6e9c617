"""Bylines: who answers for an article and when it appeared, read line by line by a table of labels.

A part that no label names stays None: nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from bot.model.story import Byline
from bot.sources.reading import moments
from bot.sources.reading.furniture import is_bar
from bot.sources.reading.names import credit, english_names, names, reporters
from bot.sources.reading.signs import PARTS, SIMPLE, TIME_LABEL, TRADITIONAL

LONGEST_LINE = 220


def _words(*, ascii_only: bool) -> str:
    chosen = sorted((word for word in PARTS if word.isascii() is ascii_only), key=len, reverse=True)
    return "|".join(re.escape(word) for word in chosen)


_COLON = r"\s{0,6}(?::|丨|/|\|(?=\s?\S))\s*"
_LABEL = re.compile(
    rf"(?P<zh>{_words(ascii_only=False)})(?P<colon>{_COLON})"
    rf"|(?<![A-Za-z])(?P<en>{_words(ascii_only=True)})\s?:\s*"
    # words that need no colon, where a name follows
    r"|(?<![\u4e00-\u9fff])(?P<bare>本报记者|本网记者|本台记者|见习记者|实习记者|特约记者|记者|通讯员|责任编辑"
    r"|责编|编辑|作者)\s{1,4}(?=[\u4e00-\u9fff])"
    r"|^(?P<zhuan>转载自|转自)\s*(?=[\u4e00-\u9fff])"
    r"|(?P<spaced>来源)\s{1,4}(?=\S)",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:^|[|·•]\s*|\s{2,}|(?<=\d)\s+)(?:(?i:words|story|written|reported|posted|published"
    r"|submitted)\s+)?(?:by|By|BY):?\s+(?P<name>(?=[A-Z\u00c0-\u00de]).{2,120})",
)
UPDATED = re.compile(
    r"(?:更新|修改|修订|updated|modified|edited|revised)\s*(?:时间|日期|于|on|at)?\s*[:：|]?\s*\W{0,4}(?:on|at)?\s*$",
    re.IGNORECASE,
)
_CHAFF = re.compile(
    rf"{TIME_LABEL}|\b(?:first|last|originally|published|posted|updated|modified|updates?|date|time|on|at|by"
    rf"|edt|est|local|released|created|(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?)\b"
    rf"|星期[一二三四五六日天]|周[一二三四五六日]|[\W_]+",
    re.IGNORECASE,
)
_TIMED = re.compile(
    rf"(?:{TIME_LABEL})\s*[:：]?\s*$|\b(?:published|posted|updated|modified|date|on|at|created|released)\W*$",
    re.IGNORECASE,
)
_LABELLED = re.compile(rf"(?:{TIME_LABEL})\s*[::]|\b(?:published|posted|updated|modified)\b", re.IGNORECASE)
_BOUNDED = re.compile(r"[\s|/·•,,:([【\]—>-]$")
_SENTENCE = re.compile(r"[。!?！？;；]|[,，].*[,，]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NOT_YET = timedelta(days=1)


@dataclass
class Reading:
    """A byline, and the lines it was read from: they are no body."""

    byline: Byline = field(default_factory=Byline)
    lines: set[int] = field(default_factory=set)


def read(lines: Sequence[str], zone: tzinfo, now: datetime) -> Reading:
    """Read what short lines say; the first line that names a part has it."""
    reading = Reading()
    for number, raw in enumerate(lines):
        text = normal(raw)
        if not text:
            continue
        if len(text) > LONGEST_LINE:
            author = reporters(text)
            if author:
                reading.byline = completed(reading.byline, [("author", author)])
            continue
        parts, only = read_line(text, zone, now)
        reading.byline = completed(reading.byline, parts)
        if only:
            reading.lines.add(number)
    return reading


def labelled(text: str) -> bool:
    """Whether a line says of its time that it is one of publication."""
    return _LABELLED.search(text) is not None


def normal(raw: str) -> str:
    """Full-width forms as ASCII; a full-width space is two, for it parts what a space does not."""
    return _labels_simplified(unicodedata.normalize("NFKC", raw.replace("\u3000", "  ")).strip())


def _labels_simplified(text: str) -> str:
    """Labels of pages in traditional characters as the table has them; what they announce stays as it is."""
    return TRADITIONAL.sub(lambda match: match[0].translate(SIMPLE), text)


def read_line(text: str, zone: tzinfo, now: datetime) -> tuple[list[tuple[str, object]], bool]:
    """The parts that one line names, and whether it is nothing but a byline."""
    found: list[tuple[str, object]] = []
    rest = text
    times = list(_times(text, zone, now))
    for part, value, start, end in _named(text, bool(times)):
        rest = rest[:start] + "\x00" * (end - start) + rest[end:]
        if part == "editor" and "责" in text[start:end]:
            found.insert(0, (part, value))  # before another editor of the same line
        elif part:
            found.append((part, value))
    named = rest != text
    for part, moment in times:
        rest = rest[: moment.start] + "\x00" * (moment.end - moment.start) + rest[moment.end :]
        found.append((part, moment.at))
    left = [piece for piece in re.split(r"\x00+|\s{2,}|[|·•]", rest) if _CHAFF.sub("", piece) and not is_bar(piece)]
    length = sum(len(_CHAFF.sub("", piece)) for piece in left)
    sentence = any(_SENTENCE.search(piece) for piece in left)
    only = (named or bool(times)) and not sentence and length <= (12 if _HAN.search(text) else 24)
    if not only and not named:
        # a time alone, in a line that says something else, is what the line talks of
        found = [pair for pair in found if pair[0] not in ("published", "updated")]
    elif sentence or (not only and not _short(left)):
        found = []
    if author := reporters(text):
        only = only or (len(text) <= len(author) + 14 and not _SENTENCE.search(text))
        found = [("author", author), *(pair for pair in found if pair[0] != "author")]
    return found, only


def _short(left: list[str]) -> bool:
    return sum(len(piece) for piece in left) <= 60


def _named(text: str, timed: bool) -> Iterator[tuple[str, str, int, int]]:
    """Part, value, and where label and value stand."""
    labels = list(_LABEL.finditer(text))
    known = False
    for place, label in enumerate(labels):
        before = text[: label.start()]
        glued = bool(before) and re.search(r"[\u4e00-\u9fffA-Za-z]$", before) is not None
        if glued and not known and not (timed and moments_end(before)):
            continue
        if label["spaced"] and not (timed or known):
            continue
        until = next((other.start() for other in labels[place + 1 :] if other.start() >= label.end()), len(text))
        word = next(text for text in (label["zh"], label["en"], label["bare"], label["zhuan"], label["spaced"]) if text)
        part = PARTS[word.lower()]
        loose = label["bare"] is None
        if (
            part == "author"
            and word in ("文", "图文", "文图")
            and label["colon"]
            and ":" not in label["colon"]
            and before.strip()
        ):
            loose = False
        value, length = (credit if part == "credit" else names)(text[label.end() : until], loose)
        if value or not part:
            known = True
            yield part, value, label.start(), label.end() + length
    if match := _BY.search(text):
        value, length = english_names(match["name"])
        if value:
            yield "author", value, match.start(), match.start("name") + length


def moments_end(before: str) -> bool:
    """Whether a text that ends here ends with digits: a time that runs into the next label."""
    return re.search(r"\d[日分秒]?$", before) is not None


def _times(text: str, zone: tzinfo, now: datetime) -> Iterator[tuple[str, moments.Moment]]:
    """The line's times that stand by themselves or behind a label."""
    begin = 0
    for _ in range(4):
        moment = moments.find(text[begin:], zone, now)
        if moment is None:
            return
        moment = replace(moment, start=moment.start + begin, end=moment.end + begin)
        before, after = text[begin : moment.start], text[moment.end :]
        begin = moment.end
        labelled = _TIMED.search(before) is not None
        bounded = (not before or _BOUNDED.search(before)) and (
            not after or re.match(r"[\s|/·•,,)\]】(\[—<-]|来源|稿源|责|编辑|作者|字号|记者|$", after)
        )
        if (labelled or bounded) and moment.at <= now + _NOT_YET:
            yield "updated" if UPDATED.search(before) else "published", moment


def said(byline: Byline) -> Iterable[tuple[str, object]]:
    """The parts that a byline has."""
    fields = ("published", "updated", "credit", "editor", "author")
    return [(part, value) for part in fields if (value := getattr(byline, part)) is not None]


def completed(byline: Byline, parts: Iterable[tuple[str, object]]) -> Byline:
    """The byline with the parts that it did not have yet."""
    new: dict[str, object] = {}
    for part, value in parts:
        if getattr(byline, part) is None and part not in new:
            new[part] = value
    return replace(byline, **new)  # type: ignore[arg-type] # the table's parts are the fields' names
