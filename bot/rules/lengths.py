"""Lengths: the forms in which a story is told, from one line to a newsletter's paragraphs, all from one analysis."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.rules.fitting import first_fitting, most, shortenings
from bot.rules.particulars import TELLS_SOMETHING, worth
from bot.rules.passages import Passage, joined
from bot.rules.summarising import Analysis


class Length(StrEnum):
    """Where a summary stands."""

    LINE = "one line"
    CARD = "card"
    DIGEST = "digest line"
    TWEET = "tweet"
    PARAGRAPH = "paragraph"
    NEWSLETTER = "newsletter"


ROOM: Mapping[Length, tuple[int, int]] = {
    Length.LINE: (40, 90),
    Length.CARD: (64, 140),
    Length.DIGEST: (90, 200),
    Length.TWEET: (130, 260),
    Length.PARAGRAPH: (220, 520),
    Length.NEWSLETTER: (500, 1200),
}
"""Characters in Chinese, and in other languages."""
_ONE_PARAGRAPH = (Length.LINE, Length.CARD, Length.DIGEST, Length.TWEET, Length.PARAGRAPH)


def tell(analysis: Analysis, length: Length, language: str) -> tuple[str, ...]:
    """The story at this length, as paragraphs; all but a newsletter's are one."""
    return within(analysis, ROOM[length][0 if language == "zh" else 1], one_paragraph=length in _ONE_PARAGRAPH)


def within(analysis: Analysis, room: int, *, one_paragraph: bool = True) -> tuple[str, ...]:
    """The fullest telling of at most `room` characters. If no passage fits, the lead is cut at a clause's end."""

    def told(chosen: Sequence[Passage]) -> tuple[str, ...]:
        paragraphs = analysis.told(chosen)
        return (joined(paragraphs),) if one_paragraph and paragraphs else paragraphs

    def fits(chosen: Sequence[Passage]) -> bool:
        return sum(map(len, told(chosen))) <= room

    chosen = most(analysis.passages, fits, lambda passage: worth(passage.text) < TELLS_SOMETHING)
    if not analysis.passages or analysis.passages[0] in chosen:
        return told(chosen)
    lead = analysis.passages[0].main.text
    cut = first_fitting(tuple(shortenings(lead)), lambda text: len(text) <= room) or ""
    if chosen and worth(cut) < TELLS_SOMETHING <= worth(joined(told(chosen))):
        return told(chosen)
    return (cut,) if cut else ()
