"""The Bluesky channel on Bluesky's own server; `bluesky_pds.sh` starts it and then this."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels import KINDS, Doors
from bot.channels.bluesky import Bluesky
from bot.errors import Refused
from bot.model.edition import Card, Edition, Markup
from tests.channels.stages.telling import LONG, told

ACCOUNT = {"kind": "bluesky", "handle": "riverbend.test", "password": "env:CRIER_TEST_BLUESKY"}
TEXT = "大桥通车 👩‍👩‍👧‍👦\n\n桥面今早恢复双向通行，[全文](https://example.org/1)。\n\n#交通"
CARD = Card("card.png", "image/png", 1200, 630, 70, "大桥通车。桥面今早恢复通行。")
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bluesky:
    monkeypatch.setenv("CRIER_TEST_BLUESKY", "of-nobody-at-all")
    (tmp_path / "card.png").write_bytes(PICTURE)
    return opened(tmp_path)


def opened(folder: Path, **more: str) -> Bluesky:
    kind = KINDS["bluesky"]
    given = kind.settings.model_validate({**ACCOUNT, "server": os.environ["CRIER_PDS"], **more})
    later = iter(range(10_000))
    found = kind.open("main", given, Doors(folder, lambda: datetime.now(UTC) + timedelta(seconds=next(later))))
    assert isinstance(found, Bluesky)
    return found


def edition(text: str = TEXT, card: Card | None = CARD) -> Edition:
    return Edition(1, 1, "main", "bluesky", "zh-Hant", "大桥通车", text, Markup.FACETS, "https://example.org/1", card)


async def test_the_account_may_post(channel: Bluesky) -> None:
    assert [one.ok for one in await channel.check()] == [True, True]
    await channel.close()


async def test_a_post_with_its_card_is_put_once_and_taken_back(channel: Bluesky) -> None:
    key = os.urandom(8).hex()
    assert await channel.find(edition(), key, datetime.now(UTC)) is None
    first = await channel.send(edition(), key)
    again = await channel.send(edition(), key)  # a later time, the same key
    assert first == again == await channel.find(edition(), key, datetime.now(UTC))
    record = await stored(first.platform_id)
    assert record["embed"]["external"]["thumb"]["mimeType"] == "image/png"
    assert [one["features"][0]["$type"].partition("#")[2] for one in record["facets"]] == ["link", "tag"]
    for _ in range(2):
        await channel.withdraw(first, "")
    assert await channel.find(edition(), key, datetime.now(UTC)) is None
    await channel.close()


async def test_a_picture_and_a_thread(channel: Bluesky, tmp_path: Path) -> None:
    await channel.close()
    channel = opened(tmp_path, form="photo")
    key = os.urandom(8).hex()
    first = await channel.send(edition(), key)
    second = await channel.reply(first, edition("2/3", None), f"{key}-1")
    third = await channel.reply(second, edition("3/3", None), f"{key}-2")
    assert (await stored(first.platform_id))["embed"]["images"][0]["alt"] == CARD.alt
    reply = (await stored(third.platform_id))["reply"]
    assert (reply["root"]["uri"], reply["parent"]["uri"]) == (first.platform_id, second.platform_id)
    await channel.close()


async def test_a_session_is_renewed_and_another_opened_where_it_cannot_be(channel: Bluesky) -> None:
    for broken in ("_access", "_refresh"):
        await channel.check()
        channel._session._access = "x.y.z"
        if broken == "_refresh":
            channel._session._refresh = "x.y.z"
        assert (await channel.send(edition(card=None), os.urandom(8).hex())).platform_id
    await channel.close()


async def test_what_the_server_refuses_is_refused(
    channel: Bluesky, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Refused, match="InvalidRequest") as caught:
        await channel.send(edition("河" * 301, None), os.urandom(8).hex())
    assert not caught.value.account
    await channel.close()
    monkeypatch.setenv("CRIER_TEST_BLUESKY", "another")
    stranger = opened(tmp_path)
    with pytest.raises(Refused, match="AuthenticationRequired") as caught:
        await stranger.send(edition(), "key")
    assert caught.value.account
    await stranger.close()


@pytest.mark.parametrize("said", ["", "@alice.test", "[x](https://evil.example)", "\\[", "\u202e#标签"])
async def test_the_longest_story_and_hostile_words_are_taken(channel: Bluesky, said: str) -> None:
    story = told(ACCOUNT, said, "" if said else LONG)
    receipt = await channel.send(replace(story, card=CARD), os.urandom(8).hex())
    record = await stored(receipt.platform_id)
    assert not [one for one in record["facets"] if "did" in one["features"][0]]
    await channel.close()


async def stored(uri: str) -> Any:
    repo, collection, rkey = uri.removeprefix("at://").split("/")
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"{os.environ['CRIER_PDS']}/xrpc/com.atproto.repo.getRecord"
        answer = await http.get(url, params={"repo": repo, "collection": collection, "rkey": rkey})
    return answer.json()["value"]
