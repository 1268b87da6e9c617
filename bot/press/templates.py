"""The post templates: sandboxed, strict about names, escaped by their markup, overridden by the newsroom's own."""

import functools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.errors import PressError
from bot.model.edition import Markup
from bot.press import escaping

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


class Templates:
    """Renders templates/posts/<kind>.<suffix>.j2."""

    def __init__(self, shipped: Path, own: Path | None) -> None:
        self._folders = [folder / "posts" for folder in (own, shipped) if folder]
        self._environments: dict[Markup, ImmutableSandboxedEnvironment] = {}

    def render(self, name: str, markup: Markup, words: Mapping[str, Any]) -> str:
        """The post as text. Raises PressError with template and line."""
        try:
            text = self._environment(markup).get_template(name).render(words)
        except TemplateNotFound as err:
            raise PressError("no such template", template=name) from err
        except TemplateSyntaxError as err:
            raise PressError(err.message or "syntax", template=name, line=err.lineno) from err
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as err:
            raise PressError(str(err), template=name, line=_line_of(err, name)) from err
        if markup is Markup.JSON:
            return _compact(text, name)
        return _BLANK_LINES.sub("\n\n", text).strip()

    def _environment(self, markup: Markup) -> ImmutableSandboxedEnvironment:
        """One a markup: each escapes what is printed in its own way."""
        if markup not in self._environments:
            self._environments[markup] = _environment(self._folders, markup)
        return self._environments[markup]


def _environment(folders: Sequence[Path], markup: Markup) -> ImmutableSandboxedEnvironment:
    loaders: list[BaseLoader] = [FileSystemLoader(folder) for folder in folders]
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        undefined=StrictUndefined,
        autoescape=markup is Markup.HTML,
        finalize=None if markup is Markup.HTML else functools.partial(escaping.words, markup=markup),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
    )
    # Real UTF-8: escaped, a Chinese character would cost a platform twice its bytes.
    environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    environment.filters["address"] = functools.partial(escaping.address, markup=markup)
    return environment


def _compact(text: str, name: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except json.JSONDecodeError as err:
        raise PressError(f"what it renders is no JSON: {err.msg}", template=name, line=err.lineno) from err


def _line_of(err: BaseException, name: str) -> int | None:
    """Jinja gives compiled templates their file's name and lines in the traceback."""
    line, step = None, err.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.endswith(name):
            line = step.tb_lineno
        step = step.tb_next
    return line
