"""The desk's short words: captions, the menu, other names of the verbs; one words.yaml a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.settings.wordfile import layered

FILE = "words.yaml"
SHIPPED = ("zh", "en")
FALLBACK = "en"


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    verbs: Mapping[str, str]
    """What each verb does, for Telegram's menu."""
    aliases: Mapping[str, str]
    """Other names of verbs."""
    buttons: Mapping[str, str]
    """Captions; {} is what the button is about."""
    decisions: Mapping[str, str]
    """How each kind of decision is told."""
    never_mind: tuple[str, ...]
    """What ends a conversation."""

    def caption(self, name: str, about: str) -> str:
        """Of one button."""
        return self.buttons[name].replace("{}", about)


def languages(folders: Sequence[Path]) -> tuple[str, ...]:
    """Every language that has a folder with a file of words, the shipped ones first."""
    found = (path.parent.name for folder in reversed(folders) for path in sorted(folder.glob(f"desk/*/{FILE}")))
    return tuple(dict.fromkeys((*SHIPPED, *found)))


def whole_words(language: str, folders: Sequence[Path]) -> Words:
    """The same as `read_words`, with English captions and lines where the language has none yet."""
    own, english = read_words(language, folders), read_words(FALLBACK, folders)
    return replace(
        own,
        verbs={**english.verbs, **own.verbs},
        buttons={**english.buttons, **own.buttons},
        decisions={**english.decisions, **own.decisions},
    )


def read_words(language: str, folders: Sequence[Path]) -> Words:
    """From the first folder's file and, where it says nothing, the next one's. Raises SettingsError."""
    lines: dict[str, Any] = {"verbs": {}, "aliases": {}, "buttons": {}, "decisions": {}, "never_mind": []}
    lines |= layered(folders, Path("desk") / language / FILE)
    aliases = {str(alias): str(verb) for alias, verb in lines["aliases"].items()}
    return Words(lines["verbs"], aliases, lines["buttons"], lines["decisions"], tuple(map(str, lines["never_mind"])))
