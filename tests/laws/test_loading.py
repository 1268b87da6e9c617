"""What only some newsrooms need is loaded where it is needed: an idle daemon would hold it for nothing."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LATER = {
    "alembic",
    "apprise",
    "cryptography",
    "procrastinate",
    "psycopg",
    "pypdfium2",
    "telegram",
    "trafilatura",
    "typst",
}
"""Each of more than 4 MB, with what it brings along."""
_LOADED = "import sys, bot.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def test_the_command_line_and_the_daemon_load_no_library_that_they_may_never_need() -> None:
    loaded = subprocess.run([sys.executable, "-c", _LOADED], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "sqlalchemy" in loaded.stdout.split()
    assert LATER & set(loaded.stdout.split()) == set()
