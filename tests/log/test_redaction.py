"""No secret ever stands in the log, whoever wrote the line."""

import io
import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.log import Redactor, configure, learn
from tests.fakes.serve import serve

TOKEN = "123456789:AAFakeTokenOfNobodyAtAll_0123456789"
SECRET = "whsec_bm9ib2R5IGtub3dzIHRoaXM="


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    yield stream
    root.handlers, root.level = before, level
    structlog.reset_defaults()


@pytest.mark.parametrize("json", [False, True])
def test_a_secret_is_blotted_out_of_our_own_lines(written: io.StringIO, json: bool) -> None:
    configure("debug", Redactor([SECRET]), json=json, stream=written)
    structlog.get_logger("bot.test").info("signing", secret=SECRET, story=7)
    assert SECRET not in written.getvalue()
    assert "***" in written.getvalue()
    assert "7" in written.getvalue()


def test_a_token_that_was_got_while_running_is_blotted_out_too(written: io.StringIO) -> None:
    configure("debug", Redactor([SECRET]), stream=written)
    learn("rivGotWhileRunning0fNobody", "")
    structlog.get_logger("bot.test").info("asked", url="https://example.org/?access_token=rivGotWhileRunning0fNobody")
    assert "rivGotWhileRunning" not in written.getvalue()
    assert "access_token=***" in written.getvalue()


@pytest.mark.parametrize("json", [False, True])
def test_a_secret_is_blotted_out_of_tracebacks(written: io.StringIO, json: bool) -> None:
    configure("debug", Redactor([SECRET]), json=json, stream=written)
    try:
        int(SECRET)
    except ValueError:
        structlog.get_logger("bot.test").exception("broke")
    assert "ValueError" in written.getvalue()
    assert SECRET not in written.getvalue()


async def test_a_bot_token_is_blotted_out_of_httpx_lines_at_debug_level(written: io.StringIO) -> None:
    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    configure("debug", Redactor(), stream=written)
    app = Starlette(routes=[Route("/{path:path}", answer)])
    async with serve(app) as base, httpx.AsyncClient() as client:
        await client.get(f"{base}/bot{TOKEN}/getMe")
    assert "HTTP Request: GET" in written.getvalue()
    assert TOKEN not in written.getvalue()


def test_chinese_stays_readable(written: io.StringIO) -> None:
    configure("info", Redactor(), json=True, stream=written)
    structlog.get_logger("bot.test").info("new", headline="河湾大桥修复")
    assert "河湾大桥修复" in written.getvalue()
