"""What a correction changed, in short plain sentences that a post can carry."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

from bot.rules.difference import Change, Difference, Mark, Part
from bot.rules.fitting import first_fitting, shortenings

_MOST = 3
_LONGEST = 40
_EDGES = " \n，,、；;：:。.！!？?"
_PARTS = {
    "zh": {
        Part.HEADLINE: "标题",
        Part.SUBTITLE: "副题",
        Part.LEAD: "导语",
        Part.CREDIT: "来源",
        Part.EDITOR: "责任编辑",
        Part.AUTHOR: "作者",
        Part.BODY: "正文",
    },
    "en": {
        Part.HEADLINE: "headline",
        Part.SUBTITLE: "subtitle",
        Part.LEAD: "lead",
        Part.CREDIT: "source",
        Part.EDITOR: "editor",
        Part.AUTHOR: "author",
        Part.BODY: "text",
    },
}
_SAYS: Mapping[str, tuple[str, str, str]] = {
    "zh": ("{part}“{old}”改为“{new}”", "{part}增加“{new}”", "{part}删去“{old}”"),
    "en": ("{part}: “{old}” is now “{new}”", "{part}: “{new}” was added", "{part}: “{old}” was removed"),
}


def told(found: Difference, language: str) -> tuple[str, ...]:
    """At most three changes, the headline's first; quoted words are shortened to 40 characters."""
    words = "zh" if language.startswith("zh") else "en"
    return tuple(sentence for change in found.changes for sentence in _sentences(change, words))[:_MOST]


def _sentences(change: Change, language: str) -> Iterator[str]:
    """Words that are gone and words that came in their place are one change."""
    if change.part not in _PARTS[language]:
        return
    part = _PARTS[language][change.part]
    replaced, added, removed = _SAYS[language]
    pieces = [piece for piece in change.pieces if piece.mark is Mark.KEPT or piece.text.strip(_EDGES)]
    taken = False
    for one, following in pairwise([*pieces, None]):
        if one is None or one.mark is Mark.KEPT or taken:
            taken = False
        elif following is not None and {one.mark, following.mark} == {Mark.REMOVED, Mark.ADDED}:
            old, new = (one, following) if one.mark is Mark.REMOVED else (following, one)
            yield replaced.format(part=part, old=_short(old.text), new=_short(new.text))
            taken = True
        else:
            form = added if one.mark is Mark.ADDED else removed
            yield form.format(part=part, old=_short(one.text), new=_short(one.text))


def _short(text: str) -> str:
    bare = " ".join(text.strip(_EDGES).split())
    return first_fitting(tuple(shortenings(bare)), lambda shorter: len(shorter) <= _LONGEST) or ""
