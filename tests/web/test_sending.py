"""Which of the three a broken send is: the fast ways out say the same as httpx's own."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from bot.errors import DeliveryError, Unavailable, Uncertain
from bot.web.outcomes import of_exception
from bot.web.sending import Direct, Sending, Times

Post = Callable[[str, bytes], Awaitable[bytes]]
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LARGE = b"x" * 30_000_000
BRIEF = 0.4


async def close_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.transport.abort()


async def close_in_the_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-")


async def close_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


async def reset_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await close_in_the_body(reader, writer)
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"what is it?\r\n\r\n")


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.Event().wait()


async def silence_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await close_in_the_body(reader, writer)
    await asyncio.Event().wait()


async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def serving(behaviour: Behaviour) -> AsyncIterator[str]:
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            tasks.add(task)
        try:
            await behaviour(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**16)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(params=["httpx", "aiohttp under httpx", "aiohttp alone"])
async def post(request: pytest.FixtureRequest) -> AsyncIterator[Post]:
    if request.param == "aiohttp alone":
        direct, times = Direct(100), Times(BRIEF, BRIEF, BRIEF, BRIEF)

        async def alone(url: str, picture: bytes) -> bytes:
            return (await direct.request("POST", url, {}, picture, times))[1]

        yield alone
        await direct.close()
        return
    transport = Sending() if request.param == "aiohttp under httpx" else None
    async with httpx.AsyncClient(transport=transport, timeout=BRIEF, trust_env=False) as client:

        async def through_httpx(url: str, picture: bytes) -> bytes:
            return (await client.post(url, content=picture)).content

        yield through_httpx


async def failed(post: Post, url: str, picture: bytes = b"{}") -> DeliveryError:
    with pytest.raises(httpx.HTTPError) as caught:
        await post(url, picture)
    return of_exception("main", caught.value, idempotent=False)


@pytest.mark.parametrize(
    "behaviour",
    [
        close_at_once,
        reset,
        close_in_the_head,
        close_in_the_body,
        reset_in_the_body,
        nonsense,
        silence,
        silence_in_the_body,
    ],
)
async def test_what_may_have_arrived_is_uncertain(post: Post, behaviour: Behaviour) -> None:
    async with serving(behaviour) as url:
        assert isinstance(await failed(post, url), Uncertain)


async def test_what_did_not_get_out_whole_is_uncertain_too(post: Post) -> None:
    async with serving(deaf) as url:
        assert isinstance(await failed(post, url, LARGE), Uncertain)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nowhere.invalid/", "ftp://127.0.0.1/"])
async def test_where_nobody_is_reached_nothing_was_sent(post: Post, url: str) -> None:
    err = await failed(post, url)
    assert isinstance(err, Unavailable)
    assert err.why.startswith("not sent")


async def test_a_connection_that_does_not_come_about_in_time_sent_nothing(post: Post) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]  # more than the backlog holds: the next one gets no answer
        for one in waiting:
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                one.connect(address)
        try:
            err = await failed(post, f"http://127.0.0.1:{address[1]}/")
        finally:
            for one in waiting:
                one.close()
    assert isinstance(err, Unavailable)
    assert err.why.startswith("not sent")


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again(post: Post) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    async with serving(once) as url:
        assert await post(url, b"{}") == b"{}"
        await asyncio.sleep(0.05)
        assert await post(url, b"{}") == b"{}"


async def test_a_post_that_meets_a_closing_connection_is_not_repeated(post: Post) -> None:
    came: list[bytes] = []

    async def first_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.readuntil(b"\r\n\r\n{}"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        came.append(await reader.readuntil(b"\r\n\r\n{}"))

    async with serving(first_only) as url:
        assert await post(url, b"{}") == b"{}"
        assert isinstance(await failed(post, url), Uncertain)
    assert len(came) == 2


async def test_a_large_picture_arrives_whole_with_its_length_named(post: Post) -> None:
    picture = bytes(range(256)) * 8_000

    async def echo_length(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        same = await reader.readexactly(len(picture)) == picture and b"content-length: 2048000" in head.lower()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % same)

    async with serving(echo_length) as url:
        assert await post(url, picture) == b"1"


async def test_a_redirect_is_an_answer_and_is_not_followed(post: Post) -> None:
    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 4\r\n\r\nmove")

    async with serving(elsewhere) as url:
        assert await post(url, b"{}") == b"move"
