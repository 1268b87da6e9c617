"""The conversation with a contributor."""

from bot.desk.answer import Answer
from bot.desk.answers.board import Posted
from bot.desk.answers.contributing import AskedBack, Carried, Declined, Passed, WhatAsk
from bot.desk.answers.looking import Standing
from bot.model.delivery import Act, State
from tests.desk.sampled import NOW

_HELD = "submitted by 李敏: an editor decides"
_HEADLINE = "河湾公园的香樟开花了"


def samples() -> tuple[Answer, ...]:
    held = Standing("weekly", Act.POST, State.HELD, NOW, reason=_HELD)
    return (
        Posted(
            12, _HEADLINE, None, "读者投稿", "香了半条街", None, (held,), _HELD, None, None, None, None,
            ("approve", "reject", "ask", "decline", "story"), brought=True,
        ),
        Passed(),
        AskedBack(_HEADLINE, "照片是您拍的吗？ <b>"),
        Declined("李敏", _HEADLINE, "最近同类的太多"), Declined("", _HEADLINE, ""),
        WhatAsk(12, _HEADLINE, "李敏"), WhatAsk(12, _HEADLINE, None),
        Carried("ask", 12, _HEADLINE, "李敏", reached=True),
        Carried("ask", 12, _HEADLINE, None, False, "Forbidden: bot was blocked by the user", "Telegram (900)"),
        Carried("ask", 12, _HEADLINE, "李敏", False, "", "limin@example.org"),
        Carried("ask", 12, _HEADLINE, "李敏", reached=False),
        Carried("decline", 12, _HEADLINE, "李敏", reached=True, rejected=True),
        Carried("decline", 12, _HEADLINE, "李敏", False, "", "limin@example.org", rejected=True),
        Carried("decline", 12, _HEADLINE, "李敏", False, "it is rejected: x already"),
    )  # fmt: skip
