"""Doors for the three ways of pushing."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from bot.ledger import Ledger
from tests.fakes.callers import GHOST_SECRET, PLAIN_SECRET, WORD
from tests.fakes.door import Door, a_door

SETTINGS: dict[str, dict[str, Any]] = {
    "cms": {"kind": "push", "secrets": ["env:CRIER_TEST_PLAIN"], "credit": "河湾日报"},
    "ghost": {"kind": "push", "scheme": "ghost", "secrets": ["env:CRIER_TEST_OTHER", "env:CRIER_TEST_GHOST"]},
    "inbox": {"kind": "inbox", "folder": "queue/inbox"},
}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_PLAIN", PLAIN_SECRET)
    monkeypatch.setenv("CRIER_TEST_GHOST", GHOST_SECRET)
    monkeypatch.setenv("CRIER_TEST_OTHER", "the secret before this one")
    monkeypatch.setenv("CRIER_TEST_WORD", WORD)


@pytest.fixture
async def door(sqlite_url: str, now: datetime) -> AsyncIterator[Door]:
    ledger = await Ledger.open(sqlite_url)
    async with a_door(ledger, now, SETTINGS) as opened:
        yield opened
    await ledger.close()
