"""What the verbs that look over everything answer."""

from bot.desk.answer import Answer
from bot.desk.answers.surveying import Cell, Done, Log, OutToday, Row, Status, Today
from bot.model.decision import Verb
from bot.model.delivery import Act, State
from tests.desk.sampled import NOW


def samples() -> tuple[Answer, ...]:
    cells = tuple(Cell(state.value, state, late=state is State.PLANNED) for state in State)
    out = OutToday(12, "大桥通车", "telegram-zh", Act.POST, NOW, "https://t.me/riverbend_daily/7", 9)
    bare = OutToday(13, "早市搬家", "weekly", Act.DELETE, NOW, None, None)
    return (
        Status((Row(12, "大桥通车", cells), Row(13, "早市搬家", ())), 3, 1, 1, 1, ("weekly",), ("site",), 1, 2),
        Status((), 0, 0, 0, 0, (), (), 1, 1),
        Today((out, bare), 9, 1, 1, 1, 2), Today((), 0, 0, 0, 1, 1), Today((out,), 1, 2, 3, 1, 1),
        Log(tuple(Done("陈静", verb.value, "no reason given", NOW, (12,), ("weekly",)) for verb in Verb), 2, more=True),
        Log((Done("Ana", "invited", "", NOW, (), ()),), 1, more=False), Log((), 1, more=False),
        Log((Done("陈静", "told", "", NOW, (12, 13), ("weekly", "radio")),
            Done("Ana", "released", "", NOW, tuple(range(9)), ())), 1, more=False),
    )  # fmt: skip
