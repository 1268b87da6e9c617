"""What an editor wrote, read as a command: a verb, and what follows it."""

import re
from dataclasses import dataclass

# The verb ends at a space: "/cancel_12" in somebody's headline is a link that one tap would send.
_COMMAND = re.compile(r"^\s*[/／](?P<verb>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?$", re.DOTALL)
_APART = r"\s，,、：:"
_NUMBER = re.compile(rf"^[{_APART}]*[#＃]?\s*(?P<number>\d+)(?:$|[{_APART}]+(?P<rest>.*)$)", re.DOTALL)
_WORD = re.compile(rf"^(?P<word>[^{_APART}]+)(?:$|[{_APART}]+(?P<rest>.*)$)", re.DOTALL)
_LONGEST = 9
"""Digits of the greatest number that a ledger counts to; a longer one names nothing."""


@dataclass(frozen=True, slots=True)
class Command:
    """A verb in small letters, the words after it, and whether it named this bot."""

    verb: str
    rest: str = ""
    addressed: bool = False


def read(text: str, me: str) -> Command | None:
    """The command in a message; None where there is none, or where it is another bot's."""
    match = _COMMAND.match(text)
    if match is None:
        return None
    bot = match["bot"]
    if bot is not None and bot.lower() != me.lower():
        return None
    return Command(match["verb"].lower(), (match["rest"] or "").strip(), addressed=bot is not None)


def number(text: str, longest: int = _LONGEST) -> tuple[int, str] | None:
    """The number at the beginning ("12", "#12", "＃１２") and the rest; None where there is none, or a longer one."""
    match = _NUMBER.match(text)
    if match is None or len(match["number"]) > longest:
        return None
    return int(match["number"]), (match["rest"] or "").strip()


def word(text: str) -> tuple[str, str] | None:
    """The first word and the rest; None where there is none."""
    match = _WORD.match(text.strip())
    return (match["word"], (match["rest"] or "").strip()) if match else None
