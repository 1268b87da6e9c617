"""Pydantic's findings in a newsroom's words: path, value, remedy, line."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.errors import SettingsError
from bot.settings.sections import Settings

Kinds = Mapping[str, type[BaseModel]]


def complaint(detail: ErrorDetails, tree: CommentedMap, file: str, sources: Kinds, channels: Kinds) -> SettingsError:
    """One finding of pydantic's as an error of ours; `tree` gives the line and takes tags out of the path."""
    kind, context = detail["type"], detail.get("ctx", {})
    path, line, holder = _locate(context.get("path", detail["loc"]), tree)
    value: Any = context.get("value", detail["input"])
    if kind == "missing":
        value, remedy = None, "is needed: add it"
    elif kind == "extra_forbidden":
        remedy = _no_such_setting(path, holder, {"sources": sources, "channels": channels})
    elif kind in ("union_tag_not_found", "union_tag_invalid"):
        known = channels if path[0] == "channels" else sources
        path, line, holder = _locate([*path, "kind"], tree)
        remedy = f"give it a kind: {', '.join(known)}"
        value = holder.get("kind")
    else:
        remedy = str(context["error"]) if kind == "value_error" else detail["msg"]
        remedy = remedy[0].lower() + remedy[1:]
    if "env:NAME" in remedy:
        value = "***"  # what stands there now may be a secret
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
            path.append(part)  # it is missing: the line is its section's
            holder = node
    return path, line, holder


def _no_such_setting(path: list[int | str], holder: Any, kinds: Mapping[str, Kinds]) -> str:
    section = _section_at(path[:-1], holder, kinds)
    known = list(section.model_fields) if section else []
    near = get_close_matches(str(path[-1]), known, n=1)
    if near:
        return f"no such setting here; did you mean {near[0]}?"
    return "no such setting here" + (f"; known are {', '.join(known)}" if known else "; take it out")


def _section_at(path: list[int | str], holder: Any, kinds: Mapping[str, Kinds]) -> type[BaseModel] | None:
    """The type that a section of the file becomes."""
    if len(path) == 2 and path[0] in kinds:
        return kinds[str(path[0])].get(str(holder.get("kind")))
    section: type[BaseModel] | None = Settings
    for part in path:
        if isinstance(part, str) and section is not None:
            field = section.model_fields.get(part)
            section = _model_in(field.annotation) if field else None
    return section


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _short(value: Any) -> Any:
    text = repr(value)
    return value if len(text) <= 80 else text[:77] + "…"
