"""Pydantic's findings in a newsroom's words: path, value, remedy, line."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.errors import SettingsError
from bot.settings.sections import Settings

Kinds = Mapping[str, type[Any]]


def complaint(detail: ErrorDetails, tree: CommentedMap, file: str, sources: Kinds, channels: Kinds) -> SettingsError:
    """One finding of pydantic's as an error of ours; `tree` gives the line and takes tags out of the path."""
    path, line, holder = _locate(detail["loc"], tree)
    kind = detail["type"]
    value: Any = detail["input"]
    if kind == "missing":
        value, remedy = None, "is needed: add it"
    elif kind == "extra_forbidden":
        remedy = _no_such_setting(path, holder, sources, channels)
    elif kind in ("union_tag_not_found", "union_tag_invalid"):
        known = channels if path[0] == "channels" else sources
        remedy = f"give it a kind: {', '.join(known)}"
        value = value.get("kind") if isinstance(value, Mapping) else value
    elif kind == "value_error" and not path:
        value, remedy = "", str(detail["ctx"]["error"])
    elif kind == "value_error":
        remedy = str(detail["ctx"]["error"])
    else:
        remedy = detail["msg"][0].lower() + detail["msg"][1:]
    return SettingsError(".".join(map(str, path)) or "settings", _short(value), remedy, line=line, file=file)


def _locate(loc: Iterable[int | str], tree: CommentedMap) -> tuple[list[int | str], int, Any]:
    """The path as it stands in the file (pydantic's union tags left out), its line, and the mapping it stands in."""
    path: list[int | str] = []
    node: Any = tree
    holder: Any = tree
    line = tree.lc.line + 1
    parts = list(loc)
    for place, part in enumerate(parts):
        here = isinstance(node, CommentedMap) and part in node
        if here or (isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node)):
            line = (node.lc.key(part)[0] if here else node.lc.item(part)[0]) + 1
            path.append(part)
            holder, node = node, node[part]
        elif place == len(parts) - 1 and isinstance(node, CommentedMap) and part != "[key]":
            path.append(part)
            holder = node
    return path, line, holder


def _no_such_setting(path: list[int | str], holder: Any, sources: Kinds, channels: Kinds) -> str:
    section: Any = Settings
    if len(path) > 1:
        kinds = {"channels": channels, "sources": sources}.get(str(path[0]))
        kind = holder.get("kind") if isinstance(holder, Mapping) else None
        if kinds is not None:
            section = kinds.get(str(kind))
        else:
            field = Settings.model_fields.get(str(path[0]))
            section = field.annotation if field is not None and hasattr(field.annotation, "model_fields") else None
    known = list(getattr(section, "model_fields", {}))
    near = get_close_matches(str(path[-1]), known, n=1)
    if near:
        return f"no such setting here; did you mean {near[0]}?"
    return "no such setting here" + (f"; known are {', '.join(known)}" if known else "; take it out")


def _short(value: Any) -> Any:
    text = repr(value)
    return value if len(text) <= 80 else text[:77] + "…"
