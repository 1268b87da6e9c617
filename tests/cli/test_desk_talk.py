"""What reaches people and pages by the desk's verbs from a script: asked back, declined, a link, a digest."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.ledger import Ledger
from bot.model.decision import Verb
from tests.cli.test_ordering import REHEARSED, Desk
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.newsroom import Newsroom
from tests.fakes.serve import serve
from tests.fakes.stories import article

PAGE = """<html lang="zh"><head><title>河湾新桥明日试通行</title></head><body><article><h1>河湾新桥明日试通行</h1>
<p>河湾市交通局今天说，新桥明天早上七点开始试通行，为期三天，行人和非机动车优先。</p>
<p>试通行期间，桥上限速二十公里，货车仍走老桥。附近居民可以在东岸广场领取路线图。</p></article></body></html>"""


@dataclass
class House:
    """A newsroom's command line beside Telegram and a page."""

    desk: Desk
    api: BotApi
    base: str

    async def run(self, *words: str, status: int = 0) -> str:
        return await asyncio.to_thread(self.desk.run, *words, status=status)


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("CRIER_TEST_DESK", TOKEN)
    api = BotApi()
    api.app.add_route("/news/7.html", page)
    api.person(900, "李敏", "zh-hans")
    async with serve(api.app) as base:
        newsroom = Newsroom(
            tmp_path, REHEARSED, desk=f', token: "env:CRIER_TEST_DESK", api: "{base}"',
            house=", private_addresses: [127.0.0.0/8]",
        )  # fmt: skip
        (newsroom.folder / "queue").mkdir(parents=True, exist_ok=True)
        yield House(await asyncio.to_thread(Desk, newsroom), api, base)


async def page(request: Request) -> Response:
    del request
    return HTMLResponse(PAGE)


async def sent_in(ledger: Ledger) -> int:
    """A reader's story, that came by Telegram."""
    made = replace(article("河湾公园的香樟开花了"), guid="submission telegram 900 7")
    return (await ledger.stories.record("readers", made, ["a"], "a", datetime.now(UTC), held="submitted")).story


async def test_a_contributor_is_asked_back_and_declined(house: House) -> None:
    story = await asyncio.to_thread(house.desk.ledger, sent_in)
    assert "投稿人" in await house.run("ask", str(story), "照片是您拍的吗？", "--as", "陈静")
    await house.run("decline", str(story), "同类来稿太多", "--as", "陈静")
    asked, declined = [one.text for one in house.api.posted if one.chat == 900]
    assert "照片是您拍的吗？" in asked
    assert "同类来稿太多" in declined
    history = await asyncio.to_thread(house.desk.ledger, lambda ledger: ledger.history.of_story(story))
    assert [(one.verb, one.who) for one in history][-2:] == [(Verb.ASKED, "陈静"), (Verb.REJECTED, "陈静")]
    await house.run("ask", str(house.desk.story), "谁写的", status=1)


async def test_a_link_becomes_a_story_and_a_digest_is_made(house: House) -> None:
    told = json.loads(await house.run("link", f"{house.base}/news/7.html", "--json"))["answers"][0]
    assert (told["headline"], told["new"]) == ("河湾新桥明日试通行", True)
    await house.run("link", f"{house.base}/nothing", status=1)
    made = json.loads(await house.run("digest", "24", "all", "--json"))
    assert made["answers"][0]["told"] == 0
