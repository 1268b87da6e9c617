"""The chart of readers: lines by carrier, drawn as the cards are and in the colours of the house."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.model.channel import CardSize
from bot.press.face import Face
from bot.rules.growth import OTHERS, GrowthLine
from bot.settings import Newsroom

DESIGN = "chart"
SIZE = CardSize(1280, 720, png=True)
_WORDS = {"zh": ("读者", "其他", "{0.month}月{0.day}日"), "en": ("Readers", "others", "{0.day} {0:%b}")}


def face(lines: Sequence[GrowthLine], language: str, now: datetime, newsroom: Newsroom) -> Face:
    """What stands around it; the headline says how many there are."""
    here = now.astimezone(newsroom.tz)
    total, (readers, _, day) = sum(one.readers[-1] for one in lines), _words(language)
    return Face(
        masthead=newsroom.name,
        headline=f"{readers} {total:,}" if language.startswith("zh") else f"{total:,} {readers.lower()}",
        language="zh" if language.startswith("zh") else "en",
        accent=newsroom.colour,
        design=DESIGN,
        tone=newsroom.cards.tone,
        logo=newsroom.cards.logo or "",
        time=day.format(here) + f" {here:%H:%M}",
    )


def data(lines: Sequence[GrowthLine], language: str) -> Mapping[str, object]:
    """What the design reads beside a face: lines, the steps of the scale, the first day and the last."""
    _, others, day = _words(language)
    drawn = [
        {
            "name": others if one.carrier == OTHERS else one.carrier,
            "readers": list(one.readers),
            "figure": f"{one.readers[-1]:,}",
        }
        for one in lines
    ]
    values = [value for one in lines for value in one.readers]
    first = lines[0].first
    last = first.fromordinal(first.toordinal() + len(lines[0].readers) - 1)
    scale = [[step, f"{step:,}"] for step in steps(min(values), max(values))]
    return {"lines": drawn, "scale": scale, "from": day.format(first), "until": day.format(last)}


def steps(least: int, most: int) -> tuple[int, ...]:
    """Three to six round numbers up to the greatest; from the least, where all values lie close together."""
    low = least if least > 0.8 * most else 0
    span = max(1, most - low)
    unit = 10 ** max(0, len(str(span)) - 2)
    step = next((unit * size for size in (1, 2, 5, 10, 20, 50) if span / (unit * size) <= 5), unit * 50)
    first = -(-low // step) * step
    return tuple(value for value in range(first, most + 1, step))


def _words(language: str) -> tuple[str, str, str]:
    return _WORDS["zh" if language.startswith("zh") else "en"]
