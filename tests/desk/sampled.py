"""One or more of every answer: each group of verbs has a module in samples/ with a function `samples`."""

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bot.desk.answer import Answer

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
_GROUPS = sorted(path.stem for path in (Path(__file__).parent / "samples").glob("*.py"))


def samples() -> tuple[Answer, ...]:
    return tuple(one for group in _GROUPS for one in import_module(f"tests.desk.samples.{group}").samples())
