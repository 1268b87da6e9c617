"""A bot's own way out: what comes back of it, and which errors mean that nothing was sent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram_answers import error_of
from bot.channels.telegram_request import TelegramRequest
from bot.errors import Refused, Unavailable, Uncertain

TOKEN = "123456789:AAFakeTokenOfNobodyAtAll_0123456789"
Answer = Callable[[bytes], bytes | None]


@contextlib.asynccontextmanager
async def bot_at(answer: Answer) -> AsyncIterator[Bot]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        said = answer(head + await reader.readexactly(length))
        if said is None:
            await over.wait()
        writer.write(said or b"")
        writer.close()
        await writer.wait_closed()

    over = asyncio.Event()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    request = TelegramRequest(2)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"
    try:
        yield Bot(TOKEN, base_url=address, request=request, get_updates_request=request)
    finally:
        over.set()
        await request.shutdown()
        server.close()
        await server.wait_closed()


def json(status: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


async def failed(send: Awaitable[object]) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await send
    return caught.value


async def test_words_arrive_as_they_were_written() -> None:
    seen: list[bytes] = []

    def answer(request: bytes) -> bytes:
        seen.append(request)
        return json(b"200 OK", b'{"ok": true, "result": true}')

    async with bot_at(answer) as bot:
        assert await bot.delete_message("@riverbend", 7)
    assert b"application/x-www-form-urlencoded" in seen[0]
    assert seen[0].endswith(b"chat_id=%40riverbend&message_id=7")


async def test_a_picture_goes_along_as_a_form_of_several_parts() -> None:
    seen: list[bytes] = []

    def answer(request: bytes) -> bytes:
        seen.append(request)
        return json(b"200 OK", b'{"ok": true, "result": true}')

    async with bot_at(answer) as bot:
        await bot.set_chat_photo("@riverbend", b"\x89PNG a bridge")
    assert b"multipart/form-data; boundary=" in seen[0]
    assert b"\x89PNG a bridge" in seen[0]


@pytest.mark.parametrize(
    ("status", "body", "kind", "ours"),
    [
        (b"400 Bad Request", b'{"ok": false, "description": "Bad Request: no"}', BadRequest, Refused),
        (b"429 X", b'{"ok": false, "parameters": {"retry_after": 7}}', RetryAfter, Unavailable),
        (b"502 Bad Gateway", b"<html>", NetworkError, Uncertain),
        (b"307 X", b"{}", NetworkError, Uncertain),
    ],
)
async def test_a_refusal_is_what_python_telegram_bot_makes_of_it(
    status: bytes, body: bytes, kind: type[TelegramError], ours: type[Exception]
) -> None:
    async with bot_at(lambda _: json(status, body)) as bot:
        err = await failed(bot.delete_message("@riverbend", 7))
    assert isinstance(err, kind)
    assert isinstance(error_of("main", err, TOKEN), ours)


@pytest.mark.parametrize("said", [None, b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
async def test_a_lost_answer_leaves_it_uncertain(said: bytes | None) -> None:
    async with bot_at(lambda _: said) as bot:
        err = await failed(bot.delete_message("@riverbend", 7, read_timeout=0.5))
    assert isinstance(error_of("main", err, TOKEN), Uncertain)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    request = TelegramRequest(2)
    bot = Bot(TOKEN, base_url="http://127.0.0.1:9/bot", request=request, get_updates_request=request)
    ours = error_of("main", await failed(bot.delete_message("@riverbend", 7)), TOKEN)
    await request.shutdown()
    assert isinstance(ours, Unavailable)
    assert ours.why.startswith("not sent")
