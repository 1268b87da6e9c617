"""Any Nostr relay: run by hand, with a key of its own; the note is asked to be deleted in the end.

CRIER_RELAY=ws://127.0.0.1:6969 python -m pytest tests/live/nostr_live.py
On loopback, PyPI's nostr-relay will do (its library of signatures has no wheels for newer Pythons):
`nostr-relay -c config.yaml serve`.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.nostr import Nostr
from bot.channels.unfinished import Hand
from bot.model.edition import Edition, Markup
from tests.channels.stages.nostr import TEXT
from tests.channels.stages.stage import opened, running

EDITION = Edition(1, 1, "main", "nostr", "zh", "大桥通车", TEXT, Markup.SOCIAL, "https://example.org/1", None)


@pytest.fixture
async def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Nostr]:
    monkeypatch.setenv("CRIER_TEST_NOSTR", os.urandom(32).hex())
    given = {"kind": "nostr", "key": "env:CRIER_TEST_NOSTR", "relays": [os.environ["CRIER_RELAY"]]}
    opening = opened(given, tmp_path, running, Hand())
    assert isinstance(opening, Nostr)
    yield opening
    await opening.close()


async def test_the_relay_answers(channel: Nostr) -> None:
    assert [one for one in await channel.check() if not one.ok] == []


async def test_a_note_is_taken_once_and_its_deletion_is_heard(channel: Nostr) -> None:
    receipt = await channel.send(EDITION, "key")
    assert (await channel.send(EDITION, "key")).platform_id == receipt.platform_id
    assert "not taken" not in receipt.sent
    assert (await channel.withdraw(receipt, "key-2")).sent == "deleted"


async def test_a_note_of_our_greatest_length_is_taken(channel: Nostr) -> None:
    longest = replace(EDITION, text="河" * 2_660)
    assert (await channel.send(longest, "key")).platform_id
