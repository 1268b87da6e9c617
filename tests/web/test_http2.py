"""Over HTTP/2 the same holds as over HTTP/1.1: an answer or Unreachable, and no answer given up spoils the next."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import h2.config
import h2.connection
import h2.events
import pytest
import trustme
from hypercorn.asyncio import serve
from hypercorn.config import Config

from bot.web.fetch import Fetcher, Unreachable

BIG = 3_000_000
SHORT_PING = b"\x00\x00\x05\x06\x00\x00\x00\x00\x00hello"
"""A frame that the protocol forbids."""


class Site:
    """What hypercorn serves; remembers which version each request came in, and over which connections."""

    def __init__(self) -> None:
        self.versions: list[str] = []
        self.clients: list[tuple[str, int]] = []
        self.stopped = asyncio.Event()

    async def __call__(self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        if scope["type"] != "http":
            raise RuntimeError("only http is served")
        self.versions.append(scope["http_version"])
        self.clients.append(tuple(scope["client"]))
        status, headers, size = 200, [], 5
        match scope["path"]:
            case "/big":
                size = BIG
            case "/silent":
                await self.stopped.wait()
            case "/moved":
                status, headers = 302, [(b"location", b"/ok")]
            case "/inside":
                status, headers = 302, [(b"location", b"https://127.0.0.2:1/ok")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for _ in range(max(1, size // 100_000)):
            await send({"type": "http.response.body", "body": b"x" * min(size, 100_000), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


@pytest.fixture
def site() -> Site:
    return Site()


@contextlib.asynccontextmanager
async def serving(
    site: Site, fetcher: Fetcher, authority: trustme.CA, folder: Path, speaks: list[str]
) -> AsyncIterator[str]:
    issued = authority.issue_cert("127.0.0.1", "localhost")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    with socket.create_server(("127.0.0.1", 0)) as place:
        config = Config()
        config.bind = [f"fd://{place.fileno()}"]
        config.certfile, config.keyfile = str(folder / "cert.pem"), str(folder / "key.pem")
        config.alpn_protocols = speaks
        config.errorlog = None
        config.graceful_timeout = 0.1
        served = asyncio.create_task(serve(site, config, shutdown_trigger=site.stopped.wait))
        yield f"https://127.0.0.1:{place.getsockname()[1]}"
        await fetcher.close()  # else the server waits half a minute for the farewells of kept connections
        site.stopped.set()
        await served
        place.detach()  # closed by the server


@pytest.fixture
async def base(site: Site, fetcher: Fetcher, authority: trustme.CA, tmp_path: Path) -> AsyncIterator[str]:
    async with serving(site, fetcher, authority, tmp_path, ["h2", "http/1.1"]) as address:
        yield address


@pytest.fixture
async def fetcher(authority: trustme.CA) -> AsyncIterator[Fetcher]:
    opened = Fetcher(private=["127.0.0.1"])
    yield opened
    await opened.close()


async def test_a_server_that_speaks_http_2_is_asked_in_it_over_one_connection(
    fetcher: Fetcher, site: Site, base: str
) -> None:
    for _ in range(3):
        assert (await fetcher.get(f"{base}/ok")).body == b"xxxxx"
    assert site.versions == ["2"] * 3
    assert len(set(site.clients)) == 1


async def test_a_server_that_does_not_is_asked_in_the_old_way(
    fetcher: Fetcher, site: Site, authority: trustme.CA, tmp_path: Path
) -> None:
    async with serving(site, fetcher, authority, tmp_path, ["http/1.1"]) as base:
        assert (await fetcher.get(f"{base}/ok")).body == b"xxxxx"
    assert site.versions == ["1.1"]


async def test_answers_given_up_for_their_size_leave_the_host_within_reach(
    fetcher: Fetcher, site: Site, base: str
) -> None:
    """Their 15 MB together and more than the window of one connection."""
    for _ in range(8):
        with pytest.raises(Unreachable, match="larger than 10,000 bytes"):
            await fetcher.get(f"{base}/big", max_bytes=10_000)
    assert len((await fetcher.get(f"{base}/big")).body) == BIG
    assert set(site.versions) == {"2"}
    assert len(set(site.clients)) == 9


async def test_an_answer_given_up_for_its_time_costs_its_connection_only(
    fetcher: Fetcher, site: Site, base: str
) -> None:
    await fetcher.get(f"{base}/ok")
    with pytest.raises(Unreachable, match=r"did not answer within 0\.3 s"):
        await fetcher.get(f"{base}/silent", within=timedelta(seconds=0.3))
    assert (await fetcher.get(f"{base}/moved")).body == b"xxxxx"
    first, slow, *later = site.clients
    assert first == slow
    assert slow not in later


async def test_requests_at_the_same_time_do_not_share_a_connection(fetcher: Fetcher, site: Site, base: str) -> None:
    """Else one that is given up would take the others with it."""
    answers = await asyncio.gather(*(fetcher.post(f"{base}/ok", {"a": "b"}) for _ in range(4)))
    assert [answer.body for answer in answers] == [b"xxxxx"] * 4
    assert len(set(site.clients)) == 4


async def test_the_guard_stands_before_http_2_too(fetcher: Fetcher, site: Site, base: str) -> None:
    with pytest.raises(Unreachable, match=r"house\.private_addresses"):
        await fetcher.get(f"{base}/inside")
    closed = Fetcher()
    with pytest.raises(Unreachable, match=r"house\.private_addresses"):
        await closed.get(f"{base}/ok")
    await closed.close()
    assert len(site.versions) == 1


class Rude:
    """An HTTP/2 server that ends its connections in the ways named by the path."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.busy: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.busy.add(task)
        wire = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        wire.initiate_connection()
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(wire.data_to_send())
                await writer.drain()
                data = await reader.read(65_536)
                if not data:
                    break
                for event in wire.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        self.answer(wire, writer, event)
        self.busy.discard(task)
        writer.close()

    def answer(
        self, wire: h2.connection.H2Connection, writer: asyncio.StreamWriter, asked: h2.events.RequestReceived
    ) -> None:
        stream, headers = asked.stream_id, dict(asked.headers or [])
        path = str(headers[b":path"], "ascii")
        self.asked.append(path)
        begin = [(":status", "200")]
        match path:
            case "/goaway":
                wire.close_connection(last_stream_id=0)
            case "/goaway-in-the-body":
                wire.send_headers(stream, begin)
                wire.send_data(stream, b"xx")
                wire.close_connection()
            case "/reset":
                wire.reset_stream(stream)
            case "/reset-in-the-body":
                wire.send_headers(stream, begin)
                wire.send_data(stream, b"xx")
                wire.reset_stream(stream)
            case "/nonsense":
                writer.write(SHORT_PING)
            case "/nonsense-in-the-body":
                wire.send_headers(stream, begin)
                writer.write(wire.data_to_send() + SHORT_PING)
            case "/vast-head":
                wire.send_headers(stream, [*begin, *((f"x-{one}", "x" * 900) for one in range(100))])
            case "/hangs-up":
                writer.close()
            case "/farewell":
                wire.send_headers(stream, begin)
                wire.send_data(stream, b"xxxxx", end_stream=True)
                wire.close_connection()
            case _:
                wire.send_headers(stream, begin)
                wire.send_data(stream, b"xxxxx", end_stream=True)


@pytest.fixture
async def rude(authority: trustme.CA) -> AsyncIterator[tuple[Rude, str]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    authority.issue_cert("127.0.0.1").configure_cert(context)
    made = Rude()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, ssl=context)
    yield made, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for task in list(made.busy):
        task.cancel()
    await asyncio.gather(*made.busy, return_exceptions=True)


@pytest.mark.parametrize(
    "path",
    ["/goaway", "/goaway-in-the-body", "/reset", "/reset-in-the-body", "/nonsense", "/nonsense-in-the-body",
     "/vast-head", "/hangs-up"],
)  # fmt: skip
async def test_an_answer_that_breaks_off_is_told_and_the_next_is_read(
    fetcher: Fetcher, rude: tuple[Rude, str], path: str
) -> None:
    server, base = rude
    assert (await fetcher.get(f"{base}/ok")).body == b"xxxxx"
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1: the answer broke off"):
        await fetcher.get(f"{base}{path}")
    assert (await fetcher.get(f"{base}/ok")).body == b"xxxxx"
    assert server.asked == ["/ok", path, "/ok"]


async def test_a_connection_that_was_left_in_peace_is_not_asked_again(fetcher: Fetcher, rude: tuple[Rude, str]) -> None:
    _, base = rude
    for _ in range(3):
        assert (await fetcher.get(f"{base}/farewell")).body == b"xxxxx"
