"""The conversation with a contributor."""

from bot.desk.answer import Answer
from bot.desk.answers.contributing import AskedBack, Declined, Passed, WhatAsk, Carried

_HEADLINE = "河湾公园的香樟开花了"


def samples() -> tuple[Answer, ...]:
    return (
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
