"""A new source's entry in the settings file: everything else in it stays as it was, letter by letter."""

import io
import re
import textwrap
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from bot.app import channel_settings, source_settings
from bot.errors import SettingsError
from bot.settings import parse

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
_GENERAL = frozenset({"www", "m", "mobile", "news", "blog", "com", "net", "org", "gov", "edu", "co", "ac"})


def name_for(url: str, taken: Collection[str]) -> str:
    """A name made of the site's, free in the settings: example.org becomes example."""
    host = (urlsplit(url).hostname or "").lower()
    labels = host.split(".")
    telling = [label for label in labels[:-1] if label not in _GENERAL]
    name = _NOT_A_LETTER.sub("-", telling[-1] if telling and not labels[-1].isdigit() else "").strip("-") or "site"
    return next(one for one in (name, *(f"{name}-{number}" for number in range(2, 10_000))) if one not in taken)


def entry_text(name: str, values: Mapping[str, Any]) -> str:
    """The entry as YAML, not indented."""
    yaml, out = YAML(typ="rt"), io.StringIO()
    yaml.width = 10_000
    yaml.dump({name: dict(values)}, out)
    return out.getvalue()


def with_entry(text: str, name: str, values: Mapping[str, Any]) -> str:
    """The file with the entry at the end of its sources. Raises SettingsError where it would not be valid."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 10_000
    tree = yaml.load(text)
    sources = tree["sources"]
    if name in sources:
        raise SettingsError(f"sources.{name}", name, "there is a source of this name; give another with --name")
    if sources.fa.flow_style():
        sources[name] = CommentedMap(values)
        sources[name].fa.set_flow_style()
        out = io.StringIO()
        yaml.dump(tree, out)
        return out.getvalue()
    lines = text.splitlines(keepends=True)
    at = _end_of_sources(tree, lines)
    indent = " " * sources.lc.key(next(iter(sources)))[1]
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    return "".join([*lines[:at], textwrap.indent(entry_text(name, values), indent), *lines[at:]])


def write_entry(file: Path, name: str, values: Mapping[str, Any]) -> None:
    """Put the entry into the file, as a whole or not at all. Raises SettingsError."""
    text = with_entry(file.read_text(encoding="utf-8"), name, values)
    parse(text, source_settings(), channel_settings(), file=file.name)
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.chmod(file.stat().st_mode & 0o777)
        part.replace(file)
    except OSError as err:
        part.unlink(missing_ok=True)
        raise SettingsError("settings", str(file), f"make this file writable ({err.strerror})") from err


def _end_of_sources(tree: CommentedMap, lines: list[str]) -> int:
    """The line before which the entry goes: the next section's, or that of the comment above it."""
    begins = tree.lc.key("sources")[0]
    following = [tree.lc.key(key)[0] for key in tree if tree.lc.key(key)[0] > begins]
    at = min(following, default=len(lines))
    while at > begins + 1 and (not lines[at - 1].strip() or lines[at - 1].startswith("#")):
        at -= 1
    return at
