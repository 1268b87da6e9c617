"""A shelf of templates: the files of one moment, sandboxed, strict about names, escaped by their markup."""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup as Safe

from bot.errors import PressError
from bot.model.edition import Markup
from bot.press import escaping

SHIPPED = "shipped/"
"""Before the name of a shipped template, where the newsroom has one of the same name."""
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Shelf:
    """All templates as they stood in their folders; what is printed is what was read then."""

    files: Mapping[str, Path]
    """By name; a shipped template also by its name behind `shipped/`."""
    texts: Mapping[Path, str]
    own: frozenset[str]
    """Names of the newsroom's own."""
    stamp: Stamp
    _environments: dict[Markup, ImmutableSandboxedEnvironment] = field(default_factory=dict)

    @classmethod
    def read(cls, shipped: Path, own: Path | None) -> "Shelf":
        """Read both folders, whatever stands there: a file that is no UTF-8 is a mistake when it is rendered."""
        stamp = stamp_of(shipped, own)
        texts = {path: path.read_bytes().decode("utf-8", "surrogateescape") for path, _ in _templates(shipped, own)}
        files = {name: path for path, name in _templates(shipped, None)}
        files |= {SHIPPED + name: path for name, path in files.items()}
        mine = {name: path for path, name in _templates(own, None)}
        return cls({**files, **mine}, texts, frozenset(mine), stamp)

    @property
    def names(self) -> tuple[str, ...]:
        """What can be rendered: everything but macros, which stand in folders."""
        return tuple(name for name in self.files if "/" not in name.removeprefix(SHIPPED))

    @property
    def at_stake(self) -> tuple[str, ...]:
        """What a mistake of the newsroom's own can spoil: its own; where one takes a shipped one's place, any."""
        if any(SHIPPED + name in self.files for name in self.own):
            return self.names
        return tuple(name for name in self.names if name in self.own)

    @property
    def shipped(self) -> dict[str, str]:
        """The texts of the shipped templates, by name."""
        return {name: self.texts[path] for name, path in self.files.items() if name.startswith(SHIPPED)}

    def render(self, name: str, markup: Markup, words: Mapping[str, Any]) -> str:
        """The template as text. Raises PressError with the template and line at fault."""
        try:
            text = self._environment(markup).get_template(name).render(words)
        except TemplateNotFound as err:
            missing = f": {err.name}" if err.name != name else ""
            raise PressError(f"no such template{missing}", template=name) from err
        except TemplateSyntaxError as err:
            raise PressError(err.message or "syntax", template=err.name or name, line=err.lineno) from err
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as err:
            place, line = self._place(err, name)
            raise PressError(str(err), template=place, line=line) from err
        if markup is Markup.JSON:
            return _compact(text, name)
        return _BLANK_LINES.sub("\n\n", text).strip()

    def _environment(self, markup: Markup) -> ImmutableSandboxedEnvironment:
        """One a markup: each escapes what is printed in its own way."""
        if markup not in self._environments:
            self._environments[markup] = _environment(self._source, markup)
        return self._environments[markup]

    def _source(self, name: str) -> tuple[str, str, None] | None:
        if (path := self.files.get(name)) is None:
            return None
        if not (text := self.texts[path]).isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
            raise TemplateSyntaxError("it is no UTF-8: save it as UTF-8", 1, name)
        return text, str(path), None

    def _place(self, err: BaseException, name: str) -> tuple[str, int | None]:
        """The innermost template in the traceback: Jinja gives compiled templates their file's path and lines."""
        names = {str(self.files[known]): known for known in sorted(self.files, reverse=True)}
        place, line, step = name, None, err.__traceback__
        while step is not None:
            if (known := names.get(step.tb_frame.f_code.co_filename)) is not None:
                place, line = known, step.tb_lineno
            step = step.tb_next
        return place, line


def stamp_of(shipped: Path, own: Path | None) -> Stamp:
    """What changes with any template: asked before every edition, so it opens no file."""
    return tuple(
        (str(path), stat.st_mtime_ns, stat.st_size) for path, _ in _templates(shipped, own) if (stat := path.stat())
    )


def markup_of(name: str) -> Markup:
    """The markup that a template's suffix names. Raises PressError."""
    suffix = name.removesuffix(".j2").rpartition(".")[2]
    try:
        return Markup(suffix)
    except ValueError as err:
        known = ", ".join(Markup)
        raise PressError(f"the suffix {suffix!r} names no markup: known are {known}", template=name) from err


def _templates(*folders: Path | None) -> Iterator[tuple[Path, str]]:
    """Every template with its name in its folder."""
    for folder in folders:
        if folder is not None and folder.is_dir():
            yield from ((path, path.relative_to(folder).as_posix()) for path in sorted(folder.rglob("*.j2")))


def _environment(source: Any, markup: Markup) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(source),
        undefined=StrictUndefined,
        # Everywhere, so that what a macro has escaped is known to be so; `finalize` escapes as this markup asks.
        autoescape=True,
        finalize=_absent_is_empty if markup is Markup.HTML else functools.partial(_escaped, markup=markup),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # Real UTF-8: escaped, a Chinese character would cost a platform twice its bytes.
    environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    environment.filters["address"] = functools.partial(escaping.address, markup=markup)
    return environment


def _absent_is_empty(value: object) -> object:
    return "" if value is None else value


def _escaped(value: object, markup: Markup) -> Safe:
    return Safe(escaping.words(value, markup))  # noqa: S704 - escaped just now


def _compact(text: str, name: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except json.JSONDecodeError as err:
        raise PressError(f"what it renders is no JSON: {err.msg}", template=name, line=err.lineno) from err
