"""What docs/push.md tells people to type is what the door understands."""

import asyncio
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.sources.push import PushSettings
from tests.fakes.callers import PLAIN_SECRET
from tests.fakes.door import Door

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "push.md").read_text(encoding="utf-8")


def block(language: str, number: int = 0) -> str:
    return str(re.findall(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)[number])


async def test_the_example_with_curl_is_let_in_and_read(door: Door) -> None:
    door.now = datetime.now(UTC)
    script = block("sh").replace("http://127.0.0.1:8737", str(door.client.base_url).rstrip("/"))
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", script, env={**os.environ, "CRIER_PUSH_SECRET": PLAIN_SECRET},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, trouble = await process.communicate()
    assert process.returncode == 0, trouble.decode()
    assert "202" in said.decode().splitlines()[0]
    [story] = await door.read()
    assert story.article.headline == "河湾大桥今早恢复通车"


@pytest.mark.parametrize("scheme", ["ghost", "wordpress"])
def test_the_settings_that_are_shown_are_settings(scheme: str) -> None:
    shown = next(one for one in re.findall(r"```yaml\n(.*?)```", DOCS, re.DOTALL) if f"scheme: {scheme}" in one)
    fields: dict[str, Any] = dict(re.findall(r"^    (\w+): ([^\s#]+)", shown, re.MULTILINE))
    fields["secrets"] = [fields["secrets"].strip("[]")]
    assert PushSettings.model_validate(fields).scheme == scheme


def test_wordpress_without_its_site_is_told_what_is_missing() -> None:
    with pytest.raises(ValueError, match="needs url, the site's address"):
        PushSettings.model_validate({"kind": "push", "scheme": "wordpress", "secrets": ["env:X"]})


def test_the_event_that_is_shown_is_json() -> None:
    assert json.loads(block("json"))["type"] == "story.updated"
