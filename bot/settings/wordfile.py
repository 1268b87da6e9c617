"""Files of words: one `name: words` a line, the newsroom's own before the shipped ones."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from bot.errors import SettingsError


def layered(folders: Sequence[Path], place: Path) -> dict[str, Any]:
    """The lines of that file from every folder that has one, the first folder's first. Raises SettingsError."""
    lines: dict[str, Any] = {}
    for folder in reversed(folders):
        path = folder / place
        if path.is_file():
            for name, value in read_lines(path).items():
                lines[name] = {**lines.get(name, {}), **value} if isinstance(value, dict) else value
    return lines


def read_lines(path: Path) -> dict[str, Any]:
    """The lines of one file. Raises SettingsError."""
    try:
        found = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, MarkedYAMLError) as err:
        raise SettingsError("house.templates", str(path), f"mend this file of words: {err}") from err
    if not isinstance(found, dict):
        raise SettingsError("house.templates", str(path), "write one `name: words` a line")
    return found
