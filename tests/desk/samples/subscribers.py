"""Readers in figures, and what is on its way to them."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from bot.desk.answer import Answer
from bot.desk.answers.broadcasting import (
    AskBroadcast,
    FanOut,
    FansOut,
    NoReaders,
    NotBroadcast,
    Proposed,
    Sample,
    Sending,
)
from bot.desk.answers.carrying import Reaching
from bot.desk.answers.subscribers import Barred, CarrierFigures, Moved, OneReader, Readers, WhichReader
from bot.model.membership import Unreached, Ways
from bot.model.subscriber import Choices, Form, Progress, Reading, Rhythm, Timing
from tests.desk.sampled import NOW

_TEXT = "报社开放日\n周六上午开印"
GOING = Reaching(7, "bot", "河湾大桥修复通车", Progress.GOING, 18_204, 12_000, 3, 0, 6_201, 0, 12, 4, story=12)
WAITING = Reaching(8, "letters", "早市搬家", Progress.WAITING, 0, 0)
_STOPPED = replace(GOING, state=Progress.STOPPED, why="wrong date", minutes=None)
_DOUBT = replace(GOING, state=Progress.DONE, waiting=0, uncertain=5, minutes=None)
_BACK = replace(_DOUBT, uncertain=0, withdrawn=True, why="wrong date")
_SIGNING = replace(WAITING, state=Progress.STOPPED, why="needs the approval of another editor", signing=True)
_OVER = replace(_DOUBT, uncertain=0, over=True, cancelled=600, why="cancelled: wrong date")


def samples() -> tuple[Answer, ...]:
    fits = Sample("bot", 18_204, 11, "<b>报社开放日</b>\n\n周六上午", True, 20, 4096, "UTF-16 units")
    letter = Sample("letters", 300, None, "报社开放日", False, 20, None, "code points")
    long_one = Sample("bot", 18_204, 11, problem="bot: 5000 code points with these words, the limit is 4096")
    return (
        AskBroadcast(),
        AskBroadcast(((3, "报社开放日"), (2, "停刊通知"))),
        Proposed((fits, letter), (), False, 2, NOW + timedelta(minutes=11)),
        Proposed((fits,), ("时政", "城市"), True, 1, NOW + timedelta(minutes=11)),
        Proposed((long_one,), ("时政",), False, 2, NOW),
        Proposed((replace(fits, readers=0, minutes=None),), ("时政",), False, 2, None),
        Sending(3, _TEXT, (), False, ("陈静",), 1, (_SIGNING,), True),
        Sending(3, _TEXT, ("城市",), True, ("陈静", "Ana"), 0, (GOING, WAITING), True),
        Sending(3, _TEXT, (), False, ("陈静", "Ana"), 0, (_STOPPED,), True, "nothing of it was to be changed"),
        Sending(3, _TEXT, (), False, ("陈静", "Ana"), 0, (_DOUBT,), True),
        Sending(3, _TEXT, (), False, ("陈静", "Ana"), 0, (_BACK, _OVER), False),
        FanOut(GOING),
        FanOut(_STOPPED),
        FanOut(_DOUBT, "nothing of it was to be changed"),
        FansOut(()),
        FansOut((GOING, WAITING, _DOUBT)),
        NotBroadcast("it would reach nobody: no reader has chosen that"),
        NoReaders(),
        Readers((), tuple(Moved(days, 0, 0) for days in (1, 7, 30)), (), Ways(), ()),
        Readers(
            (CarrierFigures("bot", 18_204, 0, 12, 31, 402, 1), CarrierFigures("letters", 300, 9, 0, 2, 5, 0)),
            (Moved(1, 41, 3), Moved(7, 320, 22), Moved(30, 1_804, 97)),
            (("时政", 9_120), ("城市", 7_004)),
            Ways((("at once", 15_000), ("daily", 3_504)), (("card", 18_000), ("text", 504)), (("zh", 18_504),)),
            (Unreached("bot", "the bot was blocked", 28, 911),),
            Path("cards/chart.png"),
        ),
        OneReader(
            17, "bot", "active", "", NOW,
            Choices((), ("时政",), ("大桥",), ("股市",), ("河湾日报",), breaking_only=True),
            Timing("Asia/Shanghai", Rhythm.DAILY, time(8)), Reading("zh", Form.TEXT), True,
        ),
        OneReader(18, "letters", "banned", "abuse", NOW, Choices(), Timing(), Reading("en"), True),
        WhichReader("ban"),
        WhichReader("subscribers", "99"),
        Barred("ban", "letters~17", True),
        Barred("ban", "#12", False),
        Barred("unban", "letters~17", True),
        Barred("unban", "#12", False),
    )  # fmt: skip
