"""The whole way of a story."""

from bot.desk.answer import Answer
from bot.desk.answers.asking import Why
from bot.model.decision import Verb
from bot.model.delivery import Act
from bot.rules.why import Line, What
from tests.desk.sampled import NOW

_OLD = "the story is 9 hours old, the limit is 6 hours: an editor releases it"


def samples() -> tuple[Answer, ...]:
    lines = (
        *(Line(verb, NOW, None, "Ana", _OLD, revision=2) for verb in Verb),
        *(Line(what, NOW, "weekly", "", "HTTP 403", Act.EDIT, 2, 3, NOW) for what in What),
    )
    return (Why(12, "河湾大桥修复通车", lines),)
