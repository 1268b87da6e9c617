"""The answers there have been from the beginning."""

from datetime import timedelta

from bot.desk.answer import Answer
from bot.desk.answers.contributing import Contact, Enough, Invited, Received
from bot.desk.answers.looking import (
    Choice,
    Choices,
    Declined,
    NoSuchChannel,
    NoSuchStory,
    NothingFound,
    Queue,
    Shown,
    Standing,
    Waiting,
)
from bot.desk.answers.steering import Result, Steered
from bot.desk.answers.talk import Help, HelpLine, HelpSection, No, Number, StillOpen, Trouble, Unknown, Usage
from bot.desk.sections import SECTIONS
from bot.model.delivery import Act, State
from tests.desk.sampled import NOW

_LATER = NOW + timedelta(hours=20)
_HEADLINE = "河湾大桥修复通车"
_NOT_ROUTED = "route 2 wants language en; the story has zh"
_OLD = "the story is 9 hours old, the limit is 6 hours: an editor releases it"


def _standings() -> tuple[Standing, ...]:
    return (
        Standing("telegram-zh", Act.POST, State.SENT, NOW, NOW, "https://t.me/riverbend_daily/7"),
        Standing("telegram-zh", Act.EDIT, State.PLANNED, NOW),
        Standing("partners", Act.POST, State.PLANNED, _LATER),
        Standing("weekly", Act.POST, State.HELD, NOW, reason="数字待核实", who="陈静"),
        Standing("radio", Act.POST, State.HELD, NOW, reason=_OLD),
        Standing("board", Act.POST, State.SENDING, NOW),
        Standing("mirror", Act.POST, State.SENT, NOW),
        Standing("ferry", Act.POST, State.UNCERTAIN, NOW, reason="no answer within the time of one send"),
        Standing("market", Act.POST, State.FAILED, NOW, reason="HTTP 403"),
        Standing("school", Act.DELETE, State.CANCELLED, NOW, reason="no reason given", who="Ana"),
    )


def samples() -> tuple[Answer, ...]:
    entry = Waiting(12, _HEADLINE, ("telegram-zh", "partners"), Act.POST, State.PLANNED, _LATER, "")
    held = Waiting(13, "图书馆延长开放", ("weekly",), Act.EDIT, State.HELD, NOW, _OLD)
    sending = Waiting(14, "早市搬家", ("weekly",), Act.POST, State.SENDING, NOW, "")
    shown = Shown(
        12, 2, _HEADLINE, "本地", "河湾日报", "陈静", "李明", NOW - timedelta(hours=1), NOW - timedelta(days=1), NOW,
        "https://example.org/bridge", _standings(), (Declined("telegram-en", _NOT_ROUTED),),
    )  # fmt: skip
    bare = Shown(13, 1, _HEADLINE, None, None, None, None, None, NOW - timedelta(days=400), NOW, None, (), ())
    results = tuple(Result(done, one, paused) for one in _standings() for done, paused in _ends(one))
    return (
        Help("陈静", tuple(HelpLine(*one) for one in SECTIONS.items()), editor=True),
        Help("李敏", (HelpLine("see", ("queue",)),), editor=False),
        *(HelpSection(section, verbs) for section, verbs in SECTIONS.items()),
        Number(123), Number(123, "陈静", "admin"), Number(123, "陈静", "admin", -200),
        No(),
        Invited("李敏 <b>"), Received("李敏"), Enough(),
        Contact(12, _HEADLINE, "李敏", "limin@example.org", brought=True),
        Contact(12, _HEADLINE, None, None, brought=True),
        Contact(12, _HEADLINE, "陈静", None, brought=False),
        Unknown("早上好"), Unknown("/realease 12", "release"), Unknown(""),
        *(Usage(verb, words) for verb in ("story", "hold", "release", "cancel", "withdraw") for words in ("", "大桥")),
        Trouble(),
        StillOpen("post", "post", _HEADLINE), StillOpen("reject", "reject 12", "#12"), StillOpen("invite", "invite"),
        Queue((), 1, 1, 0),
        Queue((entry, held, sending), 1, 2, 11),
        Queue((entry,), 2, 2, 400, more=True),
        shown, bare,
        Choices("大桥", (Choice(12, _HEADLINE, NOW), Choice(9, "大桥夜间封闭", NOW - timedelta(days=2))), 3),
        Choices("大桥", (Choice(12, _HEADLINE, NOW), Choice(9, "大桥夜间封闭", NOW)), 0),
        NothingFound("大象", link=False), NothingFound("https://example.org/x", link=True),
        NoSuchStory("99"),
        NoSuchChannel("hold", 12, _HEADLINE, "telegram-zn", False, "telegram-zh", ("telegram-zh", "partners")),
        NoSuchChannel("hold", 12, _HEADLINE, "weekly", True, None, ("telegram-zh",)),
        NoSuchChannel("cancel", 12, _HEADLINE, "weekly", True, None, ()),
        *(Steered(verb, 12, _HEADLINE, "数字待核实", results) for verb in ("hold", "release", "cancel")),
        Steered("hold", 13, _HEADLINE, "", ()),
    )  # fmt: skip


def _ends(one: Standing) -> tuple[tuple[bool, bool], ...]:
    movable = one.state in (State.PLANNED, State.HELD, State.CANCELLED)
    return ((True, False), (True, True), (False, False)) if movable else ((False, False),)
