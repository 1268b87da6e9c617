"""What the verbs that decide answer."""

from dataclasses import replace
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from bot.desk.answer import Answer
from bot.desk.answers.board import Posted
from bot.desk.answers.deciding import Ordered, Undone, WhyRejected
from bot.desk.answers.looking import Decided, Queue, Standing, Waiting
from bot.desk.answers.placing import Turn, Turns, WhichChannel, WhichLine
from bot.desk.answers.timing import Sure, WhatTime
from bot.model.delivery import Act, State
from bot.model.order import Orders
from tests.desk.sampled import NOW

_LATER = (NOW + timedelta(days=1)).astimezone(ZoneInfo("Asia/Shanghai"))
_BERLIN = ZoneInfo("Europe/Berlin")
_ROWS = (
    Standing("weekly", Act.POST, State.HELD, NOW, reason="needs the approval of another editor: section 时政"),
    Standing("telegram-zh", Act.POST, State.PLANNED, NOW + timedelta(hours=1)),
)
_WISHED = Orders(2, "section 时政", ("陈静",), None, None, ("陈静",))
_GOES = Orders(2, "section 时政", ("陈静", "Ana"), _LATER, _LATER, ("陈静", "Ana"), urgent=True)


def samples() -> tuple[Answer, ...]:
    bridge = (12, "大桥通车")
    verbs = ("approve", "reject", "now", "schedule", "hold", "release", "cancel", "withdraw", "story", "undo")
    board = Posted(*bridge, None, None, "", None, _ROWS, _ROWS[0].reason, "陈静", "approved", NOW, None, verbs)
    return (
        *(Ordered(verb, *bridge, True, _ROWS, reason="数字已核实", signed=("陈静",), channels=("weekly",), at=_LATER)
            for verb in ("approve", "reject", "now", "schedule", "embargo", "skip", "add")),
        Ordered("approve", *bridge, True, _ROWS, missing=1, signed=("陈静",)),
        Ordered("now", *bridge, True, (), missing=1, signed=("陈静",)),
        Ordered("now", *bridge, True, (), missing=1, signed=("陈静",), urgent=True),
        Ordered("embargo", *bridge, True, ()),
        Ordered("approve", *bridge, False, (), "approved already by 陈静", last=Decided("陈静", "approved", NOW)),
        Ordered("reject", *bridge, False, (), "it is rejected: 不归我们 already"),
        WhyRejected(*bridge),
        Undone(*bridge, True, "", _ROWS), Undone(*bridge, False, "that is not your last order", ()),
        Undone(*bridge, True, "1 of 3 could not be taken back: they have gone on since", ()),
        Undone(0, "", False, "there is no order of yours that can be taken back", ()),
        *(WhatTime(verb, *bridge, words, past, stands) for verb in ("schedule", "embargo")
            for words, past, stands in (("", None, None), ("soon", None, _LATER), ("today 9:00", NOW, None))),
        Sure("schedule", *bridge, (_LATER,)), Sure("embargo", *bridge, (_LATER,)),
        Sure("schedule", *bridge, (_LATER, _LATER + timedelta(hours=12)), ("or 21:00",)),
        Sure("embargo", *bridge, (_LATER.replace(tzinfo=_BERLIN), _LATER.replace(tzinfo=timezone(timedelta(0)))),
            ("or an hour later: the clocks show 02:30 twice that day",)),
        *(WhichChannel(verb, *bridge, channels) for verb in ("skip", "add") for channels in ((), ("weekly", "radio"))),
        WhichLine(("weekly", "telegram-zh")), WhichLine(()),
        Turns("weekly", (Turn(7, 12, "大桥通车", NOW, urgent=True), Turn(8, 13, "图书馆", _LATER, False, False)),
            8, 2, 3, 9),
        Turns("weekly", (), 0, 1, 1, None, "it is the first already"), Turns("weekly", (), 0, 1, 1),
        Queue((Waiting(*bridge, ("weekly",), Act.POST, State.PLANNED, _LATER, ""),), 1, 1, 1, movable=True),
        *(replace(board, orders=orders, whole=whole, undo=undo) for orders in (Orders(), _WISHED, _GOES)
            for whole, undo in ((True, "approve"), (False, ""))),
    )  # fmt: skip
