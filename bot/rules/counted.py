"""Counted: whether a true number was given to the wrong thing, judged by the unit and the noun beside it."""

import re
from collections import defaultdict
from dataclasses import dataclass

from bot.rules.quantities import placed
from bot.rules.segmenting import tag

# Units that say what is measured, in either language; a number keeps its own. What stands in none of these rows
# (个, 项, 条, 座 …) may be said in another way and is judged by the noun.
_KINDS = {
    "people": ("人", "名", "位", "人次", "people", "persons"),
    "metres": ("米", "metre", "metres", "meter", "meters"),
    "kilometres": ("公里", "千米", "km", "kilometre", "kilometres", "kilometer", "kilometers"),
    "miles": ("英里", "mile", "miles"),
    "square metres": ("平方米", "平米", "square metres", "square meters"),
    "tonnes": ("吨", "tonne", "tonnes", "ton", "tons"),
    "kilograms": ("公斤", "千克", "kg", "kilograms", "kilogrammes"),
    "minutes": ("分钟", "minute", "minutes"),
    "hours": ("小时", "钟头", "hour", "hours"),
    "days": ("天", "days", "day"),
    "weeks": ("周", "星期", "week", "weeks"),
    "months": ("个月", "month", "months"),
    "years": ("年", "周年", "year", "years"),
    "age": ("岁",),
    "yuan": ("元", "块钱", "元钱", "yuan"),
    "dollars": ("美元", "dollar", "dollars"),
    "pounds": ("英镑", "pound", "pounds"),
    "euros": ("欧元", "euro", "euros"),
    "mu": ("亩",),
    "hectares": ("公顷", "hectare", "hectares"),
    "roots": ("根",),
    "vehicles": ("辆", "台"),
    "floors": ("层",),
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}
_UNIT = re.compile(
    r"\s?(?:多|余|来)?("
    + "|".join(sorted((re.escape(one) for one in _KIND_OF if not one.isascii()), key=len, reverse=True))
    + r")|[\s-]("
    + "|".join(sorted((re.escape(one) for one in _KIND_OF if one.isascii()), key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)
_SIGNS = {"£": "pounds", "$": "dollars", "€": "euros"}
_BREAK = re.compile(r"[，。；：、！？,.;:!?\n()（）“”\"《》]|\d")
_FUNCTION = re.compile(
    r"\b(?:of|in|on|at|by|to|for|from|with|and|or|but|than|was|were|is|are|be|been|will|would|can|could|have|has|had"
    r"|that|which|who|when|while|after|before|during|since|as|per|an?|the|its?|their|over|under|about)\b",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z][a-z'-]{2,}", re.IGNORECASE)
_VERB = re.compile(r"\w+(?:ed|ing)|came|went|said|took|made|got|saw|left|want|need", re.IGNORECASE)
_SHARE_OF = re.compile(r"^\s*of\s+(?:all|the|those|its)?\b", re.IGNORECASE)
_BESIDE = re.compile(r"[共达约近超为有仅逾\s]+$")
_REACH, _NOUNS = 12, 2
_NOMINAL = ("n", "vn")


@dataclass(frozen=True, slots=True)
class _Counts:
    """What one number counts in one place."""

    kind: str | None
    unit: str
    things: tuple[str, ...]
    """The noun that it follows at once, as in 游客3000人, else the nouns that follow it."""
    around: frozenset[str]


def misplaced(answer: str, source: str) -> tuple[str, ...]:
    """Numbers of the answer that count what the source counts with other numbers, as "90: 拉索"; same language.

    Only what is certain: the source has this number with another unit wherever it has it, or gives the noun to other
    numbers and never to this one. A number that the source does not have, and a noun of the answer's own, pass.
    """
    told = _counted(source)
    found = []
    for number, places in _counted(answer).items():
        known = told.get(number, [])
        others = {thing for other, ones in told.items() if other != number for one in ones for thing in one.things}
        wrong = [_wrong(here, known, others) for here in places] if known else []
        found += [f"{number}: {one}" for one in wrong if one]
    return tuple(dict.fromkeys(found))


def _wrong(here: _Counts, known: list[_Counts], others: set[str]) -> str | None:
    if here.kind and all(one.kind for one in known) and here.kind not in {one.kind for one in known}:
        return here.unit
    own = {thing for one in known for thing in (*one.things, *one.around)}
    taken = [thing for thing in here.things if thing in others]
    unclear = any(not one.things and not one.around for one in known)
    return taken[0] if taken and not unclear and own.isdisjoint(here.things) else None


def _counted(text: str) -> dict[str, list[_Counts]]:
    bare, numbers = placed(text)
    found: dict[str, list[_Counts]] = defaultdict(list)
    for number, start, end in numbers:
        unit = _UNIT.match(bare, end)
        said = unit[1] or unit[2] if unit else bare[max(start - 1, 0) : start]
        kind = _KIND_OF[said.lower()] if unit else _SIGNS.get(said)
        rest = bare[unit.end() if unit else end :]
        after = _within(_SHARE_OF.sub("", rest) if number.endswith("%") else rest)
        before = _within(bare[:start][::-1])[::-1]
        if _HAN.search(before + after):
            following, preceding, beside = _chinese(after), _chinese(before), _BESIDE.sub("", before)
            at_once = preceding[-1:] if preceding and beside.endswith(preceding[-1]) else []
        else:
            following, preceding, at_once = _english(after), [], []
        found[number].append(
            _Counts(kind, said, tuple(at_once or following[:_NOUNS]), frozenset(following + preceding))
        )
    return found


def _within(text: str) -> str:
    """As far as the clause goes, and no farther than a glance."""
    stop = _BREAK.search(text)
    reach = _REACH if _HAN.search(text[:_REACH]) else 4 * _REACH
    return text[: min(stop.start() if stop else len(text), reach)]


def _chinese(clause: str) -> list[str]:
    return [word for word, kind in tag(clause) if len(word) > 1 and kind.startswith(_NOMINAL)]


def _english(clause: str) -> list[str]:
    """The words up to the first little word, without those that look like verbs."""
    return [_stem(word) for word in _LATIN.findall(_FUNCTION.split(clause)[0]) if not _VERB.fullmatch(word)]


def _stem(word: str) -> str:
    plain = word.lower()
    return f"{plain[:-3]}y" if plain.endswith("ies") else plain.removesuffix("s")
