"""What is on top of channels."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.desk.answer import Answer
from bot.desk.answers.pinning import OnTop, Pinned, PinUntil, Top
from tests.desk.sampled import NOW

_HEADLINE = "河湾大桥修复通车"
_LATER = (NOW + timedelta(hours=20)).astimezone(ZoneInfo("Asia/Shanghai"))


def samples() -> tuple[Answer, ...]:
    channels = ("telegram-zh", "feed")
    return (
        PinUntil(12, _HEADLINE, channels, (_LATER,), ("no hour was given: 20:00",)),
        PinUntil(12, _HEADLINE, (), (_LATER, _LATER + timedelta(hours=12))),
        PinUntil(12, _HEADLINE, (), words="下周的某天"),
        PinUntil(12, _HEADLINE, ()),
        Pinned("pin", 12, _HEADLINE, True, "", _LATER, channels, ("#9 大桥夜间封闭 (feed)",)),
        Pinned("pin", 12, _HEADLINE, True, "", None, channels),
        Pinned("pin", 12, _HEADLINE, False, "it goes to no channel that can pin"),
        Pinned("unpin", 12, _HEADLINE, True),
        Pinned("unpin", 12, _HEADLINE, True, channels=("feed",)),
        Pinned("unpin", 12, _HEADLINE, False, "it is not pinned"),
        OnTop(()),
        OnTop(
            (
                Top("feed", 12, _HEADLINE, None, "陈静", up=True),
                Top("telegram-en", 12, _HEADLINE, _LATER, "Ana", up=False),
                Top("telegram-zh", 13, "早市搬家", _LATER, "Ana", False, "HTTP 403"),
            )
        ),
    )
