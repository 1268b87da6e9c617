"""Remedies: which button helps against what a notice says, and whether it may wake somebody; its subject names both."""

import re
from collections.abc import Callable

from bot.desk.answer import Button
from bot.desk.answers.looking import settling
from bot.desk.answers.running import flooding
from bot.ledger import Ledger
from bot.model.delivery import State

_STORY = re.compile(r"story (?P<story>\d+) (?P<what>held|gone|withdrawn)")
_WISH = re.compile(r"story (?P<story>\d+) (?P<what>now|approve) (?P<by>\d+)")
_ANSWERED = re.compile(r"story (?P<story>\d+) answered \d+")
_UNREACHED = re.compile(r"story \d+ revision \d+ cannot follow")
_DELIVERY = re.compile(r"delivery (?P<delivery>\d+)")
_CHANNEL = re.compile(r"channel (?P<channel>\S+)")
_SOURCE = re.compile(r"(?:source|silent) (?P<source>[^\s:]+)(?:$|[: ].*)", re.DOTALL)
_MISSING = re.compile(r"missing (?P<story>\d+) (?P<channel>\S+)")
_HOUSE = re.compile(r"(?:template|disk) .+", re.DOTALL)
_ANY = re.compile(r"story (?P<story>\d+) .+", re.DOTALL)
_PIN = re.compile(r"pin (?P<channel>\S+)")
_FLOOD = re.compile(r"source (?P<source>\S+) flood")
_FANOUT = re.compile(r"fan-out (?P<fanout>\d+)")
_BROADCAST = re.compile(r"broadcast (?P<broadcast>\d+) .+")
_PATIENT = re.compile(r"(?:source|silent|template|disk|model|returned|mailbox)\b.*|story \d+ held", re.DOTALL)
"""What can wait for the morning."""


async def remedies(ledger: Ledger, subject: str) -> tuple[Button, ...]:
    """Buttons against what stands behind this subject. Raises LedgerError."""
    if match := _DELIVERY.fullmatch(subject):
        return await _of_delivery(ledger, int(match["delivery"]))
    return next((buttons(match) for pattern, buttons in _KNOWN if (match := pattern.fullmatch(subject))), ())


def urgent(subject: str) -> bool:
    """Whether it is told at night, too."""
    return _PATIENT.fullmatch(subject) is None


def held_story(subject: str) -> int | None:
    """The story that waits, where the notice says no more than that."""
    match = _STORY.fullmatch(subject)
    return int(match["story"]) if match and match["what"] == "held" else None


def _of_story(match: re.Match[str]) -> tuple[Button, ...]:
    number, about = match["story"], f"#{match['story']}"
    see = Button("story_one", f"story {number}", about)
    if match["what"] == "held":
        return (Button("release_one", f"release {number}", about), Button("cancel_one", f"cancel {number}", about))
    return (Button("withdraw_one", f"withdraw {number}", about), see) if match["what"] == "gone" else (see,)


def wisher(subject: str) -> int | None:
    """Who wished for another editor: they need not be told."""
    match = _WISH.fullmatch(subject)
    return int(match["by"]) if match else None


def _of_wish(match: re.Match[str]) -> tuple[Button, ...]:
    number, about = match["story"], f"#{match['story']}"
    now, see = Button("now_one", f"now {number}", about), Button("story_one", f"story {number}", about)
    return (now if match["what"] == "now" else Button("approve_one", f"approve {number}", about), see)


def _of_answered(match: re.Match[str]) -> tuple[Button, ...]:
    number, about = match["story"], f"#{match['story']}"
    return (Button("story_one", f"story {number}", about), Button("ask_one", f"ask {number}", about))


def _of_unreached(_: re.Match[str]) -> tuple[Button, ...]:
    return (Button("unseen", "unseen"),)


def _of_channel(match: re.Match[str]) -> tuple[Button, ...]:
    return (Button("resume", f"resume {match['channel']}", match["channel"]),)


def _of_missing(match: re.Match[str]) -> tuple[Button, ...]:
    return (Button("story_one", f"story {match['story']}", f"#{match['story']}"),)


def _of_flood(match: re.Match[str]) -> tuple[Button, ...]:
    return flooding(match["source"])


def _of_house(_: re.Match[str]) -> tuple[Button, ...]:
    return (Button("check", "check"),)


def _of_pin(_: re.Match[str]) -> tuple[Button, ...]:
    return (Button("on_top", "pin"),)


def _of_fanout(match: re.Match[str]) -> tuple[Button, ...]:
    return (Button("fanout_one", f"fanout {match['fanout']}", match["fanout"]),)


def _of_broadcast(match: re.Match[str]) -> tuple[Button, ...]:
    return (Button("broadcast_one", f"broadcast {match['broadcast']}", match["broadcast"]),)


def _of_source(match: re.Match[str]) -> tuple[Button, ...]:
    return (Button("look", f"look {match['source']}", match["source"]),)


_KNOWN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[Button, ...]]], ...] = (
    (_STORY, _of_story),
    (_FANOUT, _of_fanout),
    (_BROADCAST, _of_broadcast),
    (_ANSWERED, _of_answered),
    (_UNREACHED, _of_unreached),
    (_WISH, _of_wish),
    (_CHANNEL, _of_channel),
    (_MISSING, _of_missing),
    (_FLOOD, _of_flood),
    (_HOUSE, _of_house),
    (_PIN, _of_pin),
    (_ANY, _of_missing),
    (_SOURCE, _of_source),
)


async def _of_delivery(ledger: Ledger, number: int) -> tuple[Button, ...]:
    row = await ledger.deliveries.get(number)
    if row is None:
        return ()
    subject, about = f"{row.story} {row.channel}", f"#{row.story} {row.channel}"
    if row.state is State.UNCERTAIN:
        return settling(row.story, row.channel)
    if row.state is State.FAILED:
        return (Button("retry_one", f"retry {subject}", about),)
    return (Button("story_one", f"story {row.story}", f"#{row.story}"),)
