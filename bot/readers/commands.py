"""What a reader wrote, read as a command: a verb in any of its names, and what follows it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

VERBS = (
    "start", "subscribe", "settings", "topics", "words", "mute", "sources", "breaking", "when", "how", "language",
    "pause", "resume", "stop", "mydata", "forget", "help", "why",
)  # fmt: skip
_COMMAND = re.compile(r"^\s*[/／](?P<verb>\w{1,32})(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?$", re.DOTALL)
_ON = ("on", "yes", "only", "开", "是", "只")
_OFF = ("off", "no", "all", "关", "否", "都")


@dataclass(frozen=True, slots=True)
class Command:
    """A verb, and the words after it."""

    verb: str
    rest: str = ""


def read(text: str, me: str, aliases: Mapping[str, str], *, bare: bool) -> Command | None:
    """The command of a message; None for none, or another bot's. `bare`: a verb's other names need no slash."""
    if match := _COMMAND.match(text):
        if match["bot"] and match["bot"].lower() != me.lower():
            return None
        verb = match["verb"].lower()
        return Command(aliases.get(verb, verb), (match["rest"] or "").strip())
    first, _, rest = text.strip().partition(" ")
    verb = aliases.get(first.lower(), "") if bare else ""
    return Command(verb, rest.strip()) if verb and (not rest or not first.isascii()) else None


def switched(text: str) -> bool | None:
    """On or off, as people say it; None where they say neither."""
    said = text.strip().casefold()
    return True if said in _ON else False if said in _OFF else None
