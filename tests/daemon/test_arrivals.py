"""What is brought to the daemon: from the door to the rehearsal, at once, and through a kill."""

import asyncio
import itertools
import re
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.ledger import Ledger
from bot.model.arrival import Letter
from bot.model.delivery import Delivery, State
from tests.fakes.callers import PLAIN_SECRET, plain
from tests.fakes.newsroom import Newsroom, running
from tests.fakes.promise import keeps

REHEARSED = {"zh": 'kind: telegram, token: "env:NOT_THERE", chat: "@riverbend", rehearse: true'}
STORY = {"guid": "1187", "headline": "河湾大桥今早恢复通车", "text": "桥面今早六点恢复双向通行。", "language": "zh"}


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.setenv("CRIER_TEST_PUSH", PLAIN_SECRET)
    return Newsroom(tmp_path, REHEARSED, sources={"cms": 'kind: push, secrets: ["env:CRIER_TEST_PUSH"]'})


async def rows_of(ledger: Ledger, state: State) -> list[Delivery]:
    async with asyncio.timeout(60):
        while True:
            rows = [row for row in await ledger.deliveries.recent() if row.state is state]
            if rows:
                return rows
            await asyncio.sleep(0.02)


async def test_a_signed_push_is_a_story_within_half_a_second_and_then_rehearsed(newsroom: Newsroom) -> None:
    pushed = itertools.count(1)
    async with running(newsroom), httpx.AsyncClient(base_url=newsroom.page, trust_env=False, timeout=30) as client:
        ledger = await Ledger.open(newsroom.ledger_url)

        async def push() -> float:
            number = next(pushed)
            story, begun = {**STORY, "guid": f"{number}", "headline": f"河湾大桥第{number}次通车"}, time.monotonic()
            answer = await client.post("/in/cms", **plain(story, datetime.now(UTC), key=f"msg_{number}"))
            assert answer.status_code == 202
            async with asyncio.timeout(30):
                while len(stories := await ledger.stories.recent(9)) < number:
                    await asyncio.sleep(0.01)
            assert stories[0].article.headline == story["headline"]
            return time.monotonic() - begun

        await keeps(0.5, push)
        row = (await rows_of(ledger, State.SENT))[-1]
        assert row.edition.headline == "河湾大桥第1次通车"
        assert row.edition.headline in (await client.get("/")).text
        await ledger.close()
    assert list((newsroom.folder / "queue" / "rehearsal").rglob("*"))


async def test_what_was_thanked_for_before_a_kill_is_read_after_it(newsroom: Newsroom) -> None:
    await newsroom.start()
    await newsroom.kill()
    ledger = await Ledger.open(newsroom.ledger_url)
    request = plain(STORY, datetime.now(UTC))
    await ledger.arrivals.receive("cms", Letter("msg_1", request["content"], "application/json"), datetime.now(UTC))
    async with running(newsroom), httpx.AsyncClient(base_url=newsroom.page, trust_env=False) as client:
        assert len(await rows_of(ledger, State.SENT)) == 1
        assert (await client.post("/in/cms", **request)).status_code == 200
        assert len(await ledger.stories.recent(9)) == 1
    await ledger.close()


async def test_neither_secret_nor_signature_is_ever_in_the_log(newsroom: Newsroom) -> None:
    request = plain(STORY, datetime.now(UTC))
    async with running(newsroom), httpx.AsyncClient(base_url=newsroom.page, trust_env=False) as client:
        await client.post("/in/cms?token=a-word-in-the-address", **request)
        wrong = {**request, "headers": {**request["headers"], "webhook-signature": "v1,AAAA"}}
        assert (await client.post("/in/cms", **wrong)).status_code == 401
        await newsroom.stop()
    log = newsroom.log.read_text(encoding="utf-8")
    assert "not let in" in log
    assert STORY["text"] not in log
    for secret in (PLAIN_SECRET, request["headers"]["webhook-signature"], "a-word-in-the-address"):
        assert secret not in log


async def test_a_readers_contribution_waits_for_an_editor_and_goes_out_when_released(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, REHEARSED, sources={"readers": "kind: submission"})
    async with running(newsroom), httpx.AsyncClient(base_url=newsroom.page, trust_env=False) as client:
        token = re.search(r'name="token" value="([^"]+)"', (await client.get("/submit")).text)
        assert token
        await asyncio.sleep(2)  # a person's time
        given = {"token": token[1], "name": "李敏", "headline": "香樟开花了", "text": "香了半条街。", "consent": "yes"}
        assert (await client.post("/submit", data={**given, "contact": "limin@example.org"})).status_code == 303
        ledger = await Ledger.open(newsroom.ledger_url)
        [row] = await rows_of(ledger, State.HELD)
        assert row.reason == "submitted by 李敏: an editor decides"
        await asyncio.sleep(2)
        assert await ledger.deliveries.counts() == dict.fromkeys(State, 0) | {State.HELD: 1}
        await ledger.deliveries.release(row.story, "陈静", "", datetime.now(UTC))
        [sent] = await rows_of(ledger, State.SENT)
        assert sent.receipt is not None
        assert "limin@example.org" not in repr(sent)
        assert "limin@example.org" not in (await client.get("/")).text
        await ledger.close()
        await newsroom.stop()
    assert "limin@example.org" not in newsroom.log.read_text(encoding="utf-8")
