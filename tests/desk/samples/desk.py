"""What the core of the desk answers: people, alarms, the board, and what runs the house."""

from datetime import timedelta
from pathlib import Path

from bot.desk.answer import Answer, Button
from bot.desk.answers.alarms import News, Notices
from bot.desk.answers.board import Posted
from bot.desk.answers.looking import Decided, Standing
from bot.desk.answers.people import (
    Everybody,
    InvitationMade,
    NobodyOf,
    Removed,
    Speaks,
    WhichLanguage,
    WhichRole,
    WhoIs,
)
from bot.desk.answers.running import (
    ChannelLine,
    ChannelsShown,
    FloodDone,
    FloodLine,
    FloodsShown,
    Panicked,
    Paused,
    SourceLine,
    SourcesShown,
    Woken,
)
from bot.desk.answers.settling import NoChannel, Resumed, Settled, WhichSettle
from bot.desk.answers.steering import Steered
from bot.desk.answers.talk import NeverMind, NotAllowed, NotHere, NotYours, Stale, Twice, Welcome
from bot.model.channel import Pace
from bot.model.delivery import Act, State
from bot.model.desk import Role
from bot.rules.breaker import Breaker
from bot.rules.pacing import Used
from tests.desk.sampled import NOW

_OLD = "the story is 9 hours old, the limit is 6 hours: an editor releases it"
_SOON = NOW + timedelta(hours=1)
_failing = Breaker("market", 6, 7, "HTTP 503", NOW, _SOON, 1)


def _used(sent: int, count: int, **per: int) -> Used:
    return Used(sent, Pace(count, timedelta(**per)))


def samples() -> tuple[Answer, ...]:
    held = Standing("weekly", Act.POST, State.HELD, NOW, reason=_OLD)
    sent = Standing("telegram-zh", Act.POST, State.SENT, NOW, NOW, "https://t.me/riverbend_daily/7")
    planned = Standing("weekly", Act.POST, State.PLANNED, _SOON)
    verbs = ("hold", "cancel", "withdraw", "approve", "reject", "preview", "story", "why")
    person = (WhoIs(501, "陈静", "admin", (), (), fixed=True),
        WhoIs(502, "Ana", "editor", ("Local",), ("weekly",), fixed=False))  # fmt: skip
    return (
        NotYours(12, "大桥通车", ("Sport",), ()), NotYours(12, "大桥通车", (), ("weekly",)),
        NotYours(0, "", (), ("weekly",)),
        *(NotAllowed("hold", role.value) for role in Role),
        NotHere("people"), Twice("hold", done=True), Twice("hold", done=False),
        Stale(), *(Stale("陈静", verb, NOW) for verb in ("held", "released", "cancelled", "withdrawn", "retried")),
        *(Welcome("Ana", role.value) for role in Role),
        NeverMind(was=True), NeverMind(was=False),
        Posted(12, "大桥通车", "本地", "河湾日报", "The bridge is open again.", "https://example.org/b", (sent, held),
            _OLD, None, None, None, Path("card.png"), verbs),
        Posted(12, "大桥通车", None, None, "", None, (planned,) * 12, "", "陈静", "released", NOW, None, verbs),
        Posted(12, "大桥通车", None, None, "", None, (sent,), "", None, None, None, None, verbs),
        Notices((News(f"#13 图书馆延长开放: {_OLD}", (Button("release_one", "release 13", "#13"),)),
            News("weekly: paused: the bot was kicked"))),
        *(Settled("settle", 12, "大桥通车", ("weekly",), ("telegram-zh",), out) for out in (True, False)),
        Settled("settle", 12, "大桥通车", (), (), True, Decided("陈静", "sent", NOW)),
        Steered("hold", 12, "大桥通车", "", (), Decided("陈静", "cancelled", NOW)),
        Settled("retry", 12, "大桥通车", ("weekly",), ()),
        Settled("retry", 12, "大桥通车", (), ("weekly",)), Settled("retry", 12, "大桥通车", (), ()),
        WhichSettle(12, "大桥通车", ("weekly",)), WhichSettle(12, "大桥通车", ()),
        *(Resumed(("weekly",), was, planned) for was in (True, False) for planned in (0, 1, 2)),
        Resumed(("weekly", "radio"), True, 3), Resumed(("site",), True, 0, source=True),
        NoChannel("resume", "weakly", "weekly", ("weekly",)), NoChannel("resume", "", None, ()),
        NoChannel("pause", "radio", None, ("weekly",)),
        Everybody(person),
        *(InvitationMade(role.value, "https://t.me/x?start=y", _SOON, (), ()) for role in Role),
        InvitationMade("editor", "https://t.me/x?start=y", _SOON, ("Local",), ("weekly",)),
        WhichRole(""), WhichRole("boss"), Removed(502, "Ana"),
        WhichLanguage(), *(Speaks(language, kept) for language in ("zh", "en") for kept in (True, False)),
        NobodyOf("", fixed=False), NobodyOf("7", fixed=False), NobodyOf("501", fixed=True),
        *(ChannelsShown((ChannelLine("weekly", "the bot was kicked", None, 0, 3, None, None),
            ChannelLine("radio", None, _SOON, 2, 0, NOW, None, _used(3, 5, minutes=5)),
            ChannelLine("market", None, None, 2, 0, NOW, None, _used(0, 30, hours=1), _failing),
            ChannelLine("board", None, None, 1, 0, NOW, "https://a.b/c", _used(1, 1, seconds=1))), 1, 2, may, 1, 4)
          for may in (True, False)),
        Paused(("weekly",), "no reason given", done=True), Paused(("weekly", "radio"), "x", done=False),
        Paused(("site",), "x", done=True, source=True),
        *(Panicked(channels, over) for channels in ((), ("weekly", "radio")) for over in (True, False)),
        SourcesShown((SourceLine("site", NOW, _SOON, 3, "HTTP 503"), SourceLine("inbox", None, NOW, 0, ""),
            SourceLine("map", None, NOW, 0, "", "no reason given")), 1, 2, may=True),
        SourcesShown((), 1, 1), FloodsShown((FloodLine("site", 400), FloodLine("map", 1))), FloodsShown(()),
        *(FloodDone("site", number, released) for number in (1, 400) for released in (True, False)),
        Woken("site", known=True), Woken("sight", known=False, near="site"), Woken("sight", known=False),
    )  # fmt: skip
