"""Rewording: what an editor writes below a preview, read as new words for the headline, the summary or the hashtags."""

import re
from bisect import bisect_right
from enum import StrEnum

from bot.model.edition import Unit
from bot.model.order import Wording
from bot.rules.counting import clusters, count


class Part(StrEnum):
    """What of a post an editor can word."""

    HEADLINE = "headline"
    SUMMARY = "summary"
    HASHTAGS = "hashtags"


_NAMES = {
    Part.HEADLINE: ("headline", "title", "标题", "题目"),
    Part.SUMMARY: ("summary", "text", "摘要", "正文", "导语"),
    Part.HASHTAGS: ("hashtags", "hashtag", "tags", "话题", "标签"),
}
_PARTS = {name: part for part, names in _NAMES.items() for name in names}
_LABEL = re.compile(rf"^\s*({'|'.join(_PARTS)})\s*[:：]\s*", re.IGNORECASE)
_TAGS_ALONE = re.compile(r"^\s*(?:[#＃]\w[^#＃\s]*(?:[#＃]|\s+|$)\s*)+$")
_CLOSED = re.compile(r"[#＃]([^#＃\n]+)[#＃](?=\s|$|[#＃])")
_APART = re.compile(r"[\s,，、;；]+")
_NONE = ("none", "no", "-", "无", "没有", "不要")


def part(word: str) -> Part | None:
    """The part that an editor names, in either language."""
    return _PARTS.get(word.casefold())


def said(which: Part, text: str) -> Wording:
    """This text as that part."""
    if which is Part.HASHTAGS:
        return Wording(hashtags=hashtags(text))
    return Wording(headline=" ".join(text.split())) if which is Part.HEADLINE else Wording(summary=text.strip())


def reworded(text: str) -> Wording:
    """The new text is the summary; lines that begin with "Headline:" or "标题：" and the like are what they say.

    A last line of hashtags alone is the hashtags.
    """
    rows: dict[Part, list[str]] = {}
    now = Part.SUMMARY
    for line in text.strip().splitlines():
        label = _LABEL.match(line)
        if label is not None:
            now = _PARTS[label[1].casefold()]
        words = line[label.end() :] if label is not None else line
        rows.setdefault(now, []).append(words)
        if words.strip() and now is not Part.SUMMARY:
            now = Part.SUMMARY  # a headline is one line, and so are hashtags
    own = rows.get(Part.SUMMARY, [])
    if own and Part.HASHTAGS not in rows and _TAGS_ALONE.match(own[-1]):
        rows[Part.HASHTAGS] = [own.pop()]
    found = Wording()
    for which, lines in rows.items():
        words = "\n".join(lines).strip()
        if words:
            found = said(which, words).over(found)
    return found


def hashtags(text: str) -> tuple[str, ...]:
    """Without their signs, each once; "none" is no hashtags at all."""
    if text.strip().casefold() in _NONE:
        return ()
    closed = [one.strip() for one in _CLOSED.findall(text)]
    others = (one.strip("#＃") for one in _APART.split(_CLOSED.sub(" ", text)))
    return tuple(dict.fromkeys(one for one in (*closed, *others) if one))


def beyond(text: str, over: int, unit: Unit) -> str:
    """The end of the text that has to go so that it becomes `over` units shorter."""
    signs = clusters(text)
    ends = range(len(signs) + 1)
    keep = bisect_right(ends, -over, key=lambda end: -count("".join(signs[end:]), unit)) - 1
    return "".join(signs[max(keep, 0) :])
