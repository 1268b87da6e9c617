"""From the text of settings.yaml to frozen values, or to an error that names path, value, remedy and line."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, ValidationError, create_model
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from bot.errors import SettingsError
from bot.settings.complaints import complaint
from bot.settings.sections import ChannelSettings, Section, Settings, SourceSettings

Kinds = Mapping[str, type[Section]]
_NAME = r"^[a-z0-9][a-z0-9._-]*$"


def load(
    file: Path, sources: Mapping[str, type[SourceSettings]], channels: Mapping[str, type[ChannelSettings]]
) -> Settings:
    """Read the file. Raises SettingsError; `others` holds the rest of the mistakes."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as err:
        raise SettingsError("settings", str(file), "no such file; copy the shipped settings.yaml") from err
    except UnicodeDecodeError as err:
        raise SettingsError("settings", str(file), "save the file as UTF-8") from err
    return parse(text, sources, channels, file=file.name)


def parse(
    text: str,
    sources: Mapping[str, type[SourceSettings]],
    channels: Mapping[str, type[ChannelSettings]],
    *,
    file: str = "settings.yaml",
) -> Settings:
    """Parse the text against the kinds that are registered. Raises SettingsError."""
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else None
        raise SettingsError("settings", err.problem, "correct the YAML", line=line, file=file) from err
    if not isinstance(tree, CommentedMap):
        raise SettingsError(
            "settings", "", "the file is empty or no mapping; copy the shipped settings.yaml", file=file
        )
    try:
        return model(sources, channels).model_validate(tree)
    except ValidationError as err:
        # A misspelt name often misses its right one too: say the misspelling first.
        details = sorted(err.errors(), key=lambda detail: detail["type"] != "extra_forbidden")
        mistakes = [complaint(detail, tree, file, sources, channels) for detail in details]
        first = mistakes[0]
        first.others = tuple(mistakes[1:])
        raise first from None


def model(sources: Mapping[str, type[SourceSettings]], channels: Mapping[str, type[ChannelSettings]]) -> type[Settings]:
    """The settings' type for these kinds: also what the JSON schema is made from."""
    return create_model(
        "Settings",
        __base__=Settings,
        sources=(_named(sources), Field(min_length=1)),
        channels=(_named(channels), Field(min_length=1)),
    )


def _named(kinds: Kinds) -> Any:
    """The type of a mapping from name to one of these kinds, told apart by `kind`."""
    tagged: list[Any] = [Annotated[kind, Tag(name)] for name, kind in kinds.items()]
    one = tagged[0] if len(tagged) == 1 else Annotated[reduce(or_, tagged), Discriminator("kind")]
    return dict.__class_getitem__((Annotated[str, Field(pattern=_NAME)], one))
