"""The JSON schema of settings.yaml: what editors of YAML complete and check by."""

import json
from collections.abc import Mapping

from bot.settings.load import model
from bot.settings.sections import ChannelSettings, SourceSettings


def schema_text(sources: Mapping[str, type[SourceSettings]], channels: Mapping[str, type[ChannelSettings]]) -> str:
    """Generated from the same types that parse the file, so it cannot say anything else."""
    schema = model(sources, channels).model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Crier: settings.yaml"
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
