"""Replies to readers: templates/readers/<language>/, sandboxed, strict about names, everything printed escaped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import structlog
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.readers.choosing import LANGUAGES
from bot.readers.pages import Button, Page
from bot.rules.counting import clusters
from bot.settings.wordfile import layered

log = structlog.get_logger(__name__)

FILE = "words.yaml"
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_CAPTION = 40
_ON = "_on"


@dataclass(frozen=True)
class Words:
    """The short words of one language."""

    verbs: Mapping[str, str]
    """What each verb does, for Telegram's menu, in its order."""
    aliases: Mapping[str, str]
    """Other names of verbs."""
    buttons: Mapping[str, str]
    """Captions; {} is what the button is about."""
    toasts: Mapping[str, str]
    """What is said above the chat when a button was pressed."""

    def caption(self, button: Button) -> str:
        """What stands on it; a tick stands before what is chosen."""
        if button.caption.endswith(_ON):
            return "✓ " + self.buttons[button.caption.removesuffix(_ON)].replace("{}", _short(button.about))
        return self.buttons[button.caption].replace("{}", _short(button.about))


class Replies:
    """Renders pages as Telegram's HTML; a newsroom's own template comes before the shipped one."""

    def __init__(self, shipped: Path, own: Path | None) -> None:
        """Raises SettingsError for a file of words that cannot be read."""
        folders = [own, shipped] if own else [shipped]
        self.words = {language: _words(language, folders) for language in LANGUAGES}
        self._shipped = {language: _environment([shipped], language) for language in LANGUAGES}
        self._own = {language: _environment(folders, language) for language in LANGUAGES} if own else self._shipped

    def render(self, page: Page, language: str) -> str:
        """A template of the newsroom's own that fails gives way to the shipped one."""
        try:
            return self._rendered(self._own[language], page)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as err:
            if self._own is self._shipped:
                raise
            log.error("a template of your own fails", template=f"readers/{language}/{page.name}", error=str(err))  # noqa: TRY400 - the sentence says it, a traceback of Jinja does not
        return self._rendered(self._shipped[language], page)

    def _rendered(self, environment: ImmutableSandboxedEnvironment, page: Page) -> str:
        words: dict[str, Any] = {field.name: getattr(page, field.name) for field in fields(page)}
        text = environment.get_template(f"{page.name}.html.j2").render(words)
        return _BLANK_LINES.sub("\n\n", text).strip()


def _words(language: str, folders: Sequence[Path]) -> Words:
    lines: dict[str, Any] = {"verbs": {}, "aliases": {}, "buttons": {}, "toasts": {}}
    lines |= layered(folders, Path("readers") / language / FILE)
    aliases = {str(alias): str(verb) for alias, verb in lines["aliases"].items()}
    return Words(lines["verbs"], aliases, lines["buttons"], lines["toasts"])


def _environment(folders: Sequence[Path], language: str) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder / "readers" / language) for folder in folders]),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )


def _short(text: str) -> str:
    seen = clusters(text)
    return text if len(seen) <= _CAPTION else "".join(seen[: _CAPTION - 1]) + "…"
