"""The laws of the house: floors, rooms, and what a repository of ours may hold."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOT = ROOT / "bot"

FLOORS = {
    "model": 0, "errors": 0, "settings": 0, "log": 0,
    "rules": 1, "web": 1,
    "sources": 2, "press": 2, "channels": 2, "ledger": 2,
    "work": 3, "talk": 3,
    "desk": 4, "readers": 4, "site": 4,
    "app": 5, "front": 5, "daemon": 5, "cli": 5,
}  # fmt: skip

# A foreign library has one door: these rooms, and no other, may name it.
DOORS = {
    "httpx": {"web", "sources", "channels", "press/model_client"},
    "aiohttp": {"web/sending", "web/relay"},
    "httpx_aiohttp": {"web/sending"},
    "sqlalchemy": {"ledger"},
    "alembic": {"ledger"},
    "brotli": {"web/inflate"},
    "h2": {"web/connections"},
    "telegram": {
        "channels/telegram_chat",
        "channels/telegram_answers",
        "channels/telegram_request",
        "talk",
        "desk",
        "readers",
    },
    "apscheduler": {"work/clockwork"},
    "procrastinate": {"work/runner_procrastinate"},
    "psycopg": {"work/runner_procrastinate"},
    "psycopg_pool": {"work/runner_procrastinate"},
    "jinja2": {"press", "desk", "readers", "site"},
    "typst": {"press"},
    "PIL": {"press"},
    "pypdfium2": {"press"},
    "oauthlib": {"channels/signing"},
    "cryptography": {"ledger/sealing", "cli/connecting"},
    "aiosmtplib": {"channels/mailing"},
    "apprise": {"channels/apprise"},
    "opencc": {"press", "rules"},
    "starlette": {"site"},
    "uvicorn": {"site"},
    "typer": {"cli"},
}
TIME = re.compile(r"datetime\.now|datetime\.utcnow|time\.time\(")


def modules() -> list[Path]:
    return sorted(BOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(BOT).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: say where you import from"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "bot" else (module,)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down_the_floors(path: Path) -> None:
    own = room(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "bot" or len(parts) == 1 or path == BOT / "__init__.py" or parts[1].startswith("__"):
            continue
        other = parts[1]
        assert (
            own == other
            or FLOORS[other] < FLOORS[own]
            or {own, other}
            <= {"app", "front", "daemon", "cli"}
            | {
                "model",
                "errors",
                "settings",
                "log",
            }
        ), f"{path.relative_to(ROOT)} (floor {FLOORS[own]}) imports {name} (floor {FLOORS[other]})"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_foreign_library_comes_in_by_its_own_door(path: Path) -> None:
    here = path.relative_to(BOT).as_posix().removesuffix(".py")
    for name in imports(path):
        doors = DOORS.get(name.split(".")[0])
        if doors is not None:
            assert any(here == door or here.startswith(f"{door}/") for door in doors), f"{here} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_a_room_one_can_hold_in_the_head(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_opens_with_its_sentence(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said
    assert said.splitlines()[0].endswith((".", "?", "…"))


def test_the_clock_is_read_in_one_place() -> None:
    assert [path.name for path in modules() if TIME.search(path.read_text(encoding="utf-8"))] == ["app.py"]


def tracked(*patterns: str) -> list[str]:
    return subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip


def test_the_queue_holds_data_and_no_python() -> None:
    assert tracked("queue/*.py", "queue/**/*.py", "tests/queue/*") == []
    assert "queue/README.md" in tracked("queue")


def test_no_room_is_named_after_nothing() -> None:
    assert not [path for path in modules() if path.stem in {"utils", "helpers", "manager", "common", "misc"}]


def test_requirements_are_pinned_hashed_and_name_no_host() -> None:
    for name in ("start", "test"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^\n]*", text, flags=re.MULTILINE)
        assert pinned
        assert all("==" in line and line.endswith("\\") for line in pinned)
        assert len(re.findall("--hash=sha256:", text)) >= len(pinned)


def test_every_lint_rule_that_is_off_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rules = [line for line in text.splitlines() if re.match(r'\s+"[A-Z]+[0-9]*",', line)]
    assert rules
    assert all("# " in line for line in rules)
