"""Which of the three a broken send is: the fast transport says the same as httpx's own."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from bot.errors import DeliveryError, Unavailable, Uncertain
from bot.web.outcomes import of_exception
from bot.web.sending import Sending

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


@pytest.fixture(params=["httpx", "aiohttp"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    transport = Sending() if request.param == "aiohttp" else None
    async with httpx.AsyncClient(transport=transport, timeout=BRIEF, trust_env=False) as opened:
        yield opened


async def failed(client: httpx.AsyncClient, url: str, picture: bytes = b"") -> DeliveryError:
    with pytest.raises(httpx.HTTPError) as caught:
        await client.post(url, files={"picture": picture})
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
async def test_what_may_have_arrived_is_uncertain(client: httpx.AsyncClient, behaviour: Behaviour) -> None:
    async with serving(behaviour) as url:
        assert isinstance(await failed(client, url), Uncertain)


async def test_what_did_not_get_out_whole_is_uncertain_too(client: httpx.AsyncClient) -> None:
    async with serving(deaf) as url:
        assert isinstance(await failed(client, url, LARGE), Uncertain)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nowhere.invalid/", "ftp://127.0.0.1/"])
async def test_where_nobody_is_reached_nothing_was_sent(client: httpx.AsyncClient, url: str) -> None:
    err = await failed(client, url)
    assert isinstance(err, Unavailable)
    assert err.why.startswith("not sent")


async def test_a_connection_that_does_not_come_about_in_time_sent_nothing(client: httpx.AsyncClient) -> None:
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
            err = await failed(client, f"http://127.0.0.1:{address[1]}/")
        finally:
            for one in waiting:
                one.close()
    assert isinstance(err, Unavailable)
    assert err.why.startswith("not sent")


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again(client: httpx.AsyncClient) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    async with serving(once) as url:
        assert (await client.post(url, content=b"{}")).json() == {}
        await asyncio.sleep(0.05)
        assert (await client.post(url, content=b"{}")).json() == {}
