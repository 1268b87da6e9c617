"""The command line as a user has it: a real process, in a newsroom's folder, while a test's site may answer."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.fakes.newsroom import ROOT, Newsroom


async def crier(newsroom: Newsroom, *words: str, status: int = 0) -> str:
    """Run one command; what it printed, errors too."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "main.py", *words, "--settings", str(newsroom.settings),
        cwd=ROOT, env={**os.environ, "COLUMNS": "160"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed = (await process.communicate())[0].decode()
    assert process.returncode == status, printed
    assert "Traceback" not in printed
    return printed


async def as_json(newsroom: Newsroom, *words: str, status: int = 0) -> Any:
    """What it says to machines."""
    return json.loads(await crier(newsroom, *words, "--json", status=status))


def article(folder: Path) -> str:
    """A file with one."""
    file = folder / "article.md"
    text = "---\ntitle: 河湾灯会周五开幕\nsection: 文化\ncredit: 河湾日报\n---\n\n灯会周五晚开幕,共展出花灯320盏。\n"
    file.write_text(text, encoding="utf-8")
    return str(file)
