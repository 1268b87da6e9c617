"""What a withdrawal tells."""

from bot.desk.answer import Answer
from bot.desk.answers.withdrawing import Fate, Line, TakenBack, WhyWithdraw
from tests.desk.sampled import NOW

_HEADLINE = "河湾大桥修复通车"
_SAID = {Fate.BY_HAND: "陈静", Fate.FAILED: "HTTP 403", Fate.DOUBTFUL: "no outcome within the lease"}


def samples() -> tuple[Answer, ...]:
    lines = tuple(
        Line(story, f"c-{fate.value.replace(' ', '-')}", fate, NOW, link, _SAID.get(fate, ""))
        for fate in Fate
        for story, link in ((12, "https://t.me/riverbend_daily/7"), (13, None))
    )
    return (
        TakenBack(12, _HEADLINE, "写错了", "陈静", lines, (14, 15)),
        TakenBack(12, _HEADLINE, "no reason given", "Ana", lines[:1]),
        TakenBack(12, _HEADLINE, "", "", ()),
        WhyWithdraw(12, _HEADLINE),
    )
