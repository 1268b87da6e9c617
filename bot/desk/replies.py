"""Answers in words: templates/desk/<language>/, sandboxed, strict about names, everything printed escaped."""

import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.desk.answer import Answer
from bot.desk.moments import moment
from bot.desk.reasons import worded
from bot.desk.whywords import sentence
from bot.desk.words import FALLBACK, Words, languages, whole_words
from bot.rules.counting import clusters
from bot.rules.why import Line

log = structlog.get_logger(__name__)

_UTC = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d)(?: UTC|（UTC）)")
_PICTURE = re.compile(r" \(submissions/\S+\)")
"""The file's name tells an editor nothing: the picture itself is shown."""
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


class Replies:
    """Renders an answer as Telegram's HTML; a newsroom's own template comes before the shipped one."""

    def __init__(self, shipped: Path, own: Path | None, zone: ZoneInfo) -> None:
        self._zone = zone
        self._folders = [own, shipped] if own else [shipped]
        self.words: dict[str, Words] = {
            language: whole_words(language, self._folders) for language in languages(self._folders)
        }
        self._shipped = {language: _environment([shipped], language) for language in self.words}
        self._own = {language: _environment([own, shipped], language) for language in self.words} if own else None

    def render(self, answer: Answer, language: str, now: datetime) -> str:
        """In the reader's language, in English where it is not said there.

        A template of the newsroom's own that fails gives way to the shipped one.
        """
        language = language if language in self.words else FALLBACK
        if self._own is not None:
            try:
                return self._rendered(self._own[language], answer, language, now)
            except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as err:
                log.error("a template of your own fails", template=f"desk/{language}/{file(answer)}", error=str(err))  # noqa: TRY400 - the sentence says it, a traceback of Jinja does not
        return self._rendered(self._shipped[language], answer, language, now)

    def _rendered(
        self, environment: ImmutableSandboxedEnvironment, answer: Answer, language: str, now: datetime
    ) -> str:
        words: dict[str, Any] = {field.name: getattr(answer, field.name) for field in fields(answer)}  # type: ignore[arg-type]  # every answer is a dataclass
        text = environment.get_template(file(answer)).render(
            words,
            moment=partial(moment, now=now, zone=self._zone),
            worded=partial(self._worded, language),
            sentence=partial(self._sentence, language),
            short=self.words[language],
        )
        return _BLANK_LINES.sub("\n\n", text).strip()

    def _sentence(self, language: str, line: Line) -> str:
        """One line of why, in the house's words."""
        return sentence(line, language, self._zone, partial(self._worded, language), self._folders)

    def _worded(self, language: str, reason: str) -> str:
        """A reason of the house in the reader's words, its times by the newsroom's clock."""
        return _UTC.sub(self._local, worded(_PICTURE.sub("", reason), language, self._folders))

    def _local(self, found: re.Match[str]) -> str:
        at = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        return at.astimezone(self._zone).strftime("%m-%d %H:%M")


def file(answer: Answer) -> str:
    """The file that says it, in each language's folder."""
    return f"{answer.template}.html.j2"


def _environment(folders: Sequence[Path], language: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(folder / "desk" / one)
                for one in dict.fromkeys((language, FALLBACK))
                for folder in folders
            ]
        ),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    environment.filters["line"] = _line
    return environment


def _line(text: object, most: int = 200) -> str:
    """Anybody's words on one line, not too long."""
    seen = clusters(" ".join(str(text).split()))
    return "".join(seen) if len(seen) <= most else "".join(seen[: most - 1]) + "…"
