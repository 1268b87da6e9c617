"""Any server with the Mastodon API: run by hand, on an account whose followers do not mind; nothing stays there.

CRIER_MASTODON=https://server CRIER_TEST_TOOT=its-token python -m pytest tests/live/fediverse_live.py
On loopback, PyPI's mastodon-mock (another author's) will do: `mastodon_mock serve --in-memory --port 46971`, with the
token mock_token.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image

from bot.channels.mastodon import Mastodon
from bot.errors import Refused
from bot.model.edition import Edition, Markup
from tests.channels.stages.mastodon import TEXT
from tests.channels.stages.stage import CARD, opened, running


@pytest.fixture
async def channel(tmp_path: Path) -> AsyncIterator[Mastodon]:
    Image.new("RGB", (1200, 630), "navy").save(tmp_path / "card.png")
    given = {"kind": "mastodon", "server": os.environ["CRIER_MASTODON"], "token": "env:CRIER_TEST_TOOT"}
    opening = opened({**given, "visibility": "unlisted"}, tmp_path, running)
    assert isinstance(opening, Mastodon)
    await opening.measure()
    yield opening
    await opening.close()


@pytest.fixture
def edition() -> Edition:
    """In words of its own every time: some servers know a repeat by its words."""
    text = f"{TEXT} {uuid4().hex[:8]}"
    return Edition(1, 1, "main", "mastodon", "zh", "大桥通车", text, Markup.SOCIAL, "https://example.org/1", CARD)


async def test_the_account_is_known_and_may_post(channel: Mastodon) -> None:
    assert [one for one in await channel.check() if not one.ok] == []


async def test_a_post_is_found_changed_pinned_answered_and_taken_back(channel: Mastodon, edition: Edition) -> None:
    key, since = uuid4().hex, datetime.now(UTC) - timedelta(minutes=1)
    receipt = await channel.send(edition, key)
    try:
        assert receipt.permalink
        assert not receipt.sent.startswith("without the picture")
        found = await channel.find(edition, key, since)
        assert found is not None
        assert found.platform_id == receipt.platform_id
        if channel.facts.key_life:
            assert (await channel.send(edition, key)).platform_id == receipt.platform_id
        changed = replace(edition, text=edition.text.replace("通车", "明日通车"))
        await channel.edit(receipt, changed, uuid4().hex)
        assert await channel.find(changed, key, since)
        for act in (channel.pin, channel.pin, channel.unpin, channel.unpin):
            await act(receipt)
        below = await channel.reply(receipt, replace(edition, text="2/2", card=None), uuid4().hex)
        await channel.withdraw(below, uuid4().hex)
    finally:
        for _ in range(2):
            await channel.withdraw(receipt, uuid4().hex)
    assert await channel.find(changed, key, since) is None


async def test_what_is_too_long_is_refused_as_this_post(channel: Mastodon, edition: Edition) -> None:
    limit = channel.facts.limit
    assert limit
    with pytest.raises(Refused) as caught:
        await channel.send(replace(edition, text="河" * (limit + 1), card=None), uuid4().hex)
    assert not caught.value.account
