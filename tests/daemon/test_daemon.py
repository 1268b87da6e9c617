"""The daemon as a process: it starts, shows, refuses a twin, stops in time, and keeps secrets out of its log."""

import asyncio
import itertools
import json
import time
from pathlib import Path

import httpx
import pytest

from bot.ledger import Ledger
from bot.model.delivery import State
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.faults import Fault
from tests.fakes.newsroom import Newsroom, running
from tests.fakes.promise import keeps
from tests.fakes.receiver import SECRET, Receiver
from tests.fakes.serve import serve

REHEARSED = {"zh": 'kind: telegram, token: "env:NOT_THERE", chat: "@riverbend", rehearse: true'}


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path, REHEARSED)


async def counts(newsroom: Newsroom) -> dict[State, int]:
    ledger = await Ledger.open(newsroom.ledger_url)
    try:
        return await ledger.deliveries.counts()
    finally:
        await ledger.close()


async def until(newsroom: Newsroom, state: State, number: int) -> None:
    async with asyncio.timeout(60):
        while (await counts(newsroom))[state] < number:
            await asyncio.sleep(0.05)


async def test_a_dropped_article_stands_on_the_page_within_two_seconds(newsroom: Newsroom) -> None:
    dropped = itertools.count(1)
    async with running(newsroom), httpx.AsyncClient(timeout=30) as client:

        async def drop() -> float:
            headline, begun = newsroom.drop_story(next(dropped)), time.monotonic()
            async with asyncio.timeout(30):
                while headline not in (await client.get(newsroom.page)).text:
                    await asyncio.sleep(0.05)
            return time.monotonic() - begun

        await keeps(2, drop)
        await until(newsroom, State.SENT, 1)
    assert (newsroom.inbox / "taken" / "brief-1.md").is_file()


async def test_a_broken_template_of_the_newsrooms_own_stops_the_start(tmp_path: Path) -> None:
    newsroom = Newsroom(tmp_path, REHEARSED, house=", templates: own")
    posts = tmp_path / "own" / "posts"
    posts.mkdir(parents=True)
    (posts / "zh.correction.html.j2").write_text("{{ headline }}\n{{ marke }}", encoding="utf-8")
    process = await newsroom.launch()
    assert await asyncio.wait_for(process.wait(), 60) == 1
    said = newsroom.log.read_text(encoding="utf-8")
    assert "zh.correction.html.j2:2: 'marke' is undefined (sample story “模板检查<样稿>”, zh)" in said
    assert "Traceback" not in said
    assert not (tmp_path / "queue" / "ledger.sqlite").exists()
    newsroom.process = None


async def test_a_second_daemon_on_the_same_queue_is_refused_with_a_clear_word(newsroom: Newsroom) -> None:
    async with running(newsroom):
        first = newsroom.process
        assert first is not None
        second = await newsroom.launch()
        newsroom.process = first
        assert await asyncio.wait_for(second.wait(), 60) == 1
        said = newsroom.log.read_text(encoding="utf-8")
        assert f"another Crier (process {first.pid}) works on" in said
        assert "Traceback" not in said
        assert first.returncode is None


async def test_it_starts_again_after_a_kill_because_the_lock_dies_with_it(newsroom: Newsroom) -> None:
    for _ in range(2):
        await newsroom.start()
        await newsroom.kill()


async def test_sigterm_ends_it_within_ten_seconds_even_while_a_platform_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)
    api, stopped = BotApi(), itertools.count(1)
    async with serve(api.app) as base:
        chat = f'kind: telegram, token: "env:CRIER_TEST_BOT", chat: "@riverbend_daily", form: text, api: "{base}"'
        newsroom = Newsroom(tmp_path, {"zh": chat})

        async def stop() -> float:
            api.faults.hanging.clear()
            api.faults.waiting.append(Fault.ACCEPT_THEN_HANG)
            async with running(newsroom):
                newsroom.drop_story(next(stopped))
                await asyncio.wait_for(api.faults.hanging.wait(), 60)
                begun = time.monotonic()
                assert await newsroom.stop() == 0
                return time.monotonic() - begun

        await keeps(10, stop, tries=3)
        api.faults.released.set()
    assert (await counts(newsroom))[State.UNCERTAIN] == next(stopped) - 1


async def test_sigterm_while_nothing_is_under_way_ends_it_at_once(newsroom: Newsroom) -> None:
    async def stop() -> float:
        await newsroom.start()
        async with httpx.AsyncClient(timeout=30) as client, client.stream("GET", f"{newsroom.page}events") as open_page:
            assert open_page.status_code == 200
            begun = time.monotonic()
            assert await newsroom.stop() == 0
            return time.monotonic() - begun

    await keeps(5, stop, tries=3)


async def test_no_secret_is_ever_in_the_log_not_even_at_debug_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)
    monkeypatch.setenv("CRIER_TEST_SECRET", SECRET)
    api, partner = BotApi(), Receiver()
    api.faults.waiting.extend([Fault.THROTTLE, Fault.ACCEPT_THEN_500])
    partner.faults.waiting.extend([Fault.UNAVAILABLE])
    async with serve(api.app) as base, serve(partner.app) as hook:
        channels = {
            "zh": f'kind: telegram, token: "env:CRIER_TEST_BOT", chat: "@riverbend_daily", form: text, api: "{base}"',
            "partner": f'kind: webhook, url: "{hook}/hook", secrets: ["env:CRIER_TEST_SECRET"]',
        }
        newsroom = Newsroom(tmp_path, channels, desk=f', token: "env:CRIER_TEST_BOT", api: "{base}"')
        async with running(newsroom):
            newsroom.drop_story(1)
            await asyncio.wait_for(partner.arrived.wait(), 60)
            await until(newsroom, State.SENT, 1)
            await until(newsroom, State.UNCERTAIN, 1)
            await newsroom.stop()
    log = newsroom.log.read_text(encoding="utf-8")
    assert "HTTP Request" in log
    assert "story=1" in log
    assert "delivery=" in log
    assert TOKEN not in log
    assert TOKEN.partition(":")[2] not in log
    assert SECRET not in log


async def test_the_page_says_whether_the_house_is_well(newsroom: Newsroom) -> None:
    async with running(newsroom), httpx.AsyncClient() as client:
        answer = await client.get(f"{newsroom.page}healthz")
        assert (answer.status_code, json.loads(answer.text)["ok"]) == (200, True)
