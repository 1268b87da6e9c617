"""Particulars: what a sentence tells of who, what, when, where and why, found by its form and kept verbatim."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Asks(StrEnum):
    """The question that a particular answers."""

    HOW_MUCH = "how much"
    WHEN = "when"
    WHO = "who"
    NAMED = "what it is called"
    WHY = "why"
    SAID = "what was said"


@dataclass(frozen=True, slots=True)
class Particular:
    """One answer, as it stands in the text."""

    asks: Asks
    text: str

    @property
    def worth(self) -> float:
        """A figure is worth more than a name."""
        return _WORTH[self.asks]


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_CLOCK = r"\d{1,2}[时点](?:\d{1,2}分|半)?"
_WHEN = re.compile(
    r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|份)?(?:[上下]午|清晨|凌晨|晚上?|夜里)?|\d{4}年"
    r"|\d{1,2}日(?=[^\u4e00-\u9fff]|起|晚|上午|下午)"
    rf"|(?:[上下]午|清晨|凌晨|今晚|明晚|每晚|每天|每周|每月)?{_CLOCK}(?:[至到]次?日?{_CLOCK})?|\d{{1,2}}[:：]\d{{2}}"
    r"|每(?:月|周)[第一二三四五六日十个]+[一-龥]{0,2}|周[一二三四五六日](?:[上下]午)?|腊月[一二三四五六七八九十廿]+"
    rf"|\b(?:{_DAYS})s?\b|\b\d{{1,2}} (?:{_MONTHS})\b(?: \d{{4}})?|\b(?:{_MONTHS}) \d{{1,2}}\b"
    r"|\b(?:in|since|of|by) (?:19|20)\d\d\b|\b\d{1,2}(?:[.:]\d{2})? ?[ap]\.?m\b|\b(?:noon|midnight)\b"
)
_HOW_MUCH = re.compile(
    r"[$€£¥]\s?\d[\d,]*(?:\.\d+)?(?: (?:million|billion))?"
    r"|(?<![\d.第])\d[\d,]*(?:\.\d+)?\s?(?:[%‰℃]|[万亿千百]?[余多]?(?![年月日号时点分路楼级版])[\u4e00-\u9fff]{1,2}"
    r"|(?: (?:million|billion))? ?(?!a\.m|p\.m|am\b|pm\b)[a-z][a-z-]{2,})"
    r"|[一二两三四五六七八九十百千万]{1,5}(?:名|座|条|家|班|成|倍|年|个月|个小时|小时|层楼|间|批|天|岁|轮|胜|次|场|位|种|辆|件|户|亩|公里|吨)(?!前|后来)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|half|nearly half"
    r"|a third|a quarter|a fifth|a tenth) (?:of |extra |free |new |old |more )?[a-z]{3,}",
    re.IGNORECASE,
)
_NAMED = re.compile(r"《[^《》]{1,30}》|“[^“”，。,.!?！？]{2,8}”(?!的?说)")
_TITLES = "局长|主任|院长|站长|馆长|经理|校长|镇长|负责人|教授|研究员|专家|老师|队长|厂长|设计师|主席|司机|组长"
_WHO = re.compile(
    r"(?<=[a-z,;’”\"] )(?:(?:Dr|Mr|Mrs|Ms)\. )?[A-Z][a-z]+(?: [A-Z][a-z]+)+"
    rf"|(?:{_TITLES})[\u4e00-\u9fff]{{2,3}}(?=[说介表指认在])"
)
_WHY = re.compile(
    r"因为|由于|原因|为了|之所以|\bbecause\b|\bin order to\b|\bso that\b|\bdue to\b|\bafter\b|\bthe reason\b"
)
_SAID = re.compile(r"[“「\"][^“”「」\"]{6,}[”」\"]")


_WORTH = {Asks.HOW_MUCH: 1.0, Asks.WHEN: 0.7, Asks.WHO: 0.4, Asks.NAMED: 0.4, Asks.WHY: 0.3, Asks.SAID: 0.9}


TELLS_SOMETHING = 0.7
"""The least that a text by itself should be worth."""


@lru_cache(maxsize=2048)
def worth(text: str) -> float:
    """How much a text tells, its particulars weighed by what they answer."""
    return sum(one.worth for one in particulars(text))


def particulars(text: str) -> tuple[Particular, ...]:
    """What a text tells, in no order that matters; the same answer once."""
    return tuple(dict.fromkeys(_found(text)))


def _found(text: str) -> Iterator[Particular]:
    told = [match.span() for match in _WHEN.finditer(text)]
    yield from (Particular(Asks.WHEN, text[start:end]) for start, end in told)
    for match in _HOW_MUCH.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in told):
            yield Particular(Asks.HOW_MUCH, match[0])
    yield from (Particular(Asks.NAMED, match[0]) for match in _NAMED.finditer(text))
    yield from (Particular(Asks.WHO, match[0]) for match in _WHO.finditer(text))
    if _WHY.search(text):
        yield Particular(Asks.WHY, text)
    yield from (Particular(Asks.SAID, match[0]) for match in _SAID.finditer(text))
