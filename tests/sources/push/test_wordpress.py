"""WordPress's way: any payload is a hint, and what counts is what the site itself has."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.ledger import Ledger
from bot.work.pickup import AGAIN, ENOUGH
from tests.fakes.callers import WORD
from tests.fakes.door import Door, a_door
from tests.fakes.serve import serve

TOKEN = {"authorization": f"Bearer {WORD}"}


@dataclass
class Blog:
    """As much of WordPress's REST API as a hint needs: posts by include or slug, published ones only."""

    posts: dict[int, dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)
    base: str = ""

    def __post_init__(self) -> None:
        self.app = Starlette(routes=[Route("/", self._api)])

    def publish(self, number: int, title: str, body: str = "<p>大桥今早恢复双向通行。</p>") -> None:
        self.posts[number] = {
            "id": number,
            "status": "publish",
            "guid": {"rendered": f"{self.base}/?p={number}"},
            "link": f"{self.base}/news/bridge-{number}/",
            "title": {"rendered": title},
            "content": {"rendered": body, "protected": False},
            "excerpt": {"rendered": ""},
            "date_gmt": "2026-11-24T07:00:00",
            "modified_gmt": "2026-11-24T07:00:00",
        }

    async def _api(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        if self.status != 200:
            return JSONResponse({"message": "away"}, self.status)
        include, slug = (request.query_params.get(name) for name in ("include", "slug"))
        return JSONResponse([
            post for number, post in self.posts.items() if str(number) == include or slug == f"bridge-{number}"
        ])  # fmt: skip


@contextlib.asynccontextmanager
async def a_blog(url: str, now: datetime) -> AsyncIterator[tuple[Blog, Door]]:
    blog = Blog()
    ledger = await Ledger.open(url)
    async with serve(blog.app) as blog.base:
        settings = {
            "wp": {"kind": "push", "scheme": "wordpress", "secrets": ["env:CRIER_TEST_WORD"], "url": f"{blog.base}/"}
        }
        async with a_door(ledger, now, settings) as door:
            blog.publish(12, "河湾大桥通车")
            yield blog, door
    await ledger.close()


@pytest.fixture
async def both(sqlite_url: str, now: datetime) -> AsyncIterator[tuple[Blog, Door]]:
    async with a_blog(sqlite_url, now) as opened:
        yield opened


@pytest.mark.parametrize(
    "payload",
    [
        '{"id": 12}',
        '{"ID": "12", "post_status": "publish"}',
        '{"post_id": 12, "post": {"ID": 99}}',
        '{"post": {"ID": 12, "post_title": "ignored"}}',
        '{"data": {"post": {"id": 12}}}',
        '{"permalink": "BASE/news/bridge-12/"}',
        '{"post": {"link": "BASE/?p=12"}}',
    ],
)
async def test_any_payload_that_names_a_post_brings_the_post(both: tuple[Blog, Door], payload: str) -> None:
    blog, door = both
    headers = {**TOKEN, "content-type": "application/json"}
    told = payload.replace("BASE", blog.base)
    assert (await door.client.post("/in/wp", content=told, headers=headers)).status_code == 202
    [story] = await door.read()
    assert (story.article.headline, story.article.link) == ("河湾大桥通车", f"{blog.base}/news/bridge-12/")


async def test_a_form_is_read_as_well(both: tuple[Blog, Door]) -> None:
    _, door = both
    form = urlencode({"post_ID": "12", "post_title": "ignored"})
    headers = {**TOKEN, "content-type": "application/x-www-form-urlencoded"}
    await door.client.post("/in/wp", content=form, headers=headers)
    assert len(await door.read()) == 1


async def test_nothing_of_the_payload_is_believed_but_which_post_it_means(both: tuple[Blog, Door]) -> None:
    _, door = both
    lie = {"id": 12, "title": "市长辞职", "content": "<p>假的</p>"}
    await door.client.post("/in/wp", json=lie, headers=TOKEN)
    [story] = await door.read()
    assert "假" not in repr(story.article)


async def test_a_link_to_elsewhere_is_never_fetched(both: tuple[Blog, Door]) -> None:
    blog, door = both
    await door.client.post("/in/wp", json={"link": "http://127.0.0.1.example.org/bridge-12/"}, headers=TOKEN)
    assert await door.read() == ()
    assert blog.asked == []
    assert "names neither id nor link" in (await door.told())[0]


async def test_the_same_hint_again_looks_again(both: tuple[Blog, Door]) -> None:
    blog, door = both
    await door.client.post("/in/wp", json={"id": 12}, headers=TOKEN)
    await door.read()
    blog.publish(12, "河湾大桥通车，限高三米")
    assert (await door.client.post("/in/wp", json={"id": 12}, headers=TOKEN)).status_code == 202
    [story] = await door.read()
    assert (story.revision, story.article.headline) == (2, "河湾大桥通车，限高三米")


async def test_a_post_that_is_no_longer_there_is_an_editors_decision(both: tuple[Blog, Door]) -> None:
    blog, door = both
    await door.client.post("/in/wp", json={"id": 12}, headers=TOKEN)
    await door.read()
    blog.posts.clear()
    await door.client.post("/in/wp", json={"id": 12, "post_status": "trash"}, headers=TOKEN)
    await door.read()
    assert "no longer published in WordPress" in (await door.told())[0]


async def test_a_site_that_is_away_is_asked_again_and_the_hint_is_not_lost(both: tuple[Blog, Door]) -> None:
    blog, door = both
    blog.status = 503
    await door.client.post("/in/wp", json={"id": 12}, headers=TOKEN)
    assert await door.read() == ()
    blog.status = 200
    assert await door.read() == ()
    door.now += AGAIN
    assert len(await door.read()) == 1


async def test_after_a_day_the_hint_is_given_to_the_editors(both: tuple[Blog, Door]) -> None:
    blog, door = both
    blog.status = 503
    await door.client.post("/in/wp", json={"id": 12}, headers=TOKEN)
    door.now += ENOUGH
    assert await door.read() == ()
    assert "kept and not read" in (await door.told())[0]
    assert await door.ledger.arrivals.due(door.now + ENOUGH) == ()


@pytest.mark.parametrize("how", ["header", "query"])
async def test_the_word_may_stand_in_another_place(both: tuple[Blog, Door], how: str) -> None:
    _, door = both
    headers, query = ({"x-crier-token": WORD}, {}) if how == "header" else ({}, {"token": WORD})
    assert (await door.client.post("/in/wp", json={"id": 12}, headers=headers, params=query)).status_code == 202


@pytest.mark.parametrize("word", [None, "wrong", WORD + "x", "☃"])
async def test_without_the_word_nobody_is_let_in(both: tuple[Blog, Door], word: str | None) -> None:
    blog, door = both
    headers = [] if word is None else [(b"authorization", f"Bearer {word}".encode())]
    answer = await door.client.post("/in/wp", json={"id": 12}, headers=headers)
    assert answer.status_code == 401
    assert WORD not in answer.text
    assert (await door.read(), blog.asked) == ((), [])
