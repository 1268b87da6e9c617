"""The page's words: one small file a language, a newsroom's own lines before the shipped ones."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.settings.wordfile import layered

_BLANK = re.compile(r"\{(\w+)\}")
_NEXT = re.compile(r"; (?=route \d)")


@dataclass(frozen=True)
class Words:
    """The words of one language. `t.planned` is a line of the file, `t.states.planned` one of a group."""

    language: str
    lines: Mapping[str, Any]
    said: tuple[tuple[re.Pattern[str], str], ...]
    """How the house's own English sentences (reasons, notes) read in this language."""

    def say(self, sentence: str) -> str:
        """A reason of the ledger in this language; left as it is where the file does not know it."""
        return "; ".join(map(self._say, _NEXT.split(sentence)))

    def _say(self, sentence: str) -> str:
        for pattern, pattern_words in self.said:
            if found := pattern.fullmatch(sentence):
                return pattern_words.format(**{name: self.say(value) for name, value in found.groupdict().items()})
        return sentence

    def moment(self, at: datetime, zone: ZoneInfo, now: datetime) -> str:
        """A time in the newsroom's zone, as short as it can be told."""
        here, today = at.astimezone(zone), now.astimezone(zone)
        name = "today" if here.date() == today.date() else "this_year" if here.year == today.year else "other_year"
        return str(self.lines["times"][name]).format(at=here)


def read_words(language: str, folders: Sequence[Path]) -> Words:
    """The language's file from every folder that has one, the first folder's lines first. Raises SettingsError."""
    lines = layered(folders, Path("site") / f"{language}.yaml")
    said = tuple((_pattern(sentence), words) for sentence, words in lines.pop("said", {}).items())
    return Words(language, lines, said)


def preferred(header: str, known: Sequence[str]) -> str:
    """The one of these languages that a browser asks for most (Accept-Language); "" where it asks for none of them."""
    asked = []
    for place, one in enumerate(header[:500].split(",")):
        tag, _, weight = one.partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = weight.strip().removeprefix("q=") or "1"
        try:
            asked.append((-float(quality), place, language))
        except ValueError:
            continue
    return next((language for weight, _, language in sorted(asked) if language in known and weight < 0), "")


def _pattern(sentence: str) -> re.Pattern[str]:
    """`route {n} takes {what}` finds what stands in the place of each brace."""
    pieces = _BLANK.split(sentence)
    return re.compile("".join(f"(?P<{p}>.+?)" if n % 2 else re.escape(p) for n, p in enumerate(pieces)), re.DOTALL)
