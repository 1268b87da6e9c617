"""A fetch is bounded in size, time and hops, and whatever a server does ends in an answer or in Unreachable."""

import asyncio
import contextlib
import gzip
import itertools
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import brotli  # type: ignore[import-untyped]
import pytest

from bot.web.fetch import Fetcher, Unreachable

Serve = Callable[[str, asyncio.StreamWriter], Awaitable[None]]
SOON = timedelta(seconds=0.6)


class Wire:
    """A server that writes what it is told, byte by byte: frameworks are too well-behaved for this."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []

        self.busy: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.busy.add(task)
        try:
            await self.take(reader, writer)
        finally:
            self.busy.discard(task)
            writer.close()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            target = head.split(" ", 2)[1]
            self.asked.append(target)
            self.heads.append(head)
            await ANSWERS[urlsplit(target).path](target, writer)
            await writer.drain()


async def ok(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Made-By: hand\r\n\r\nferry")


async def missing(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone")


async def only_a_head(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")


async def broken_off(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nThe ferry")


async def broken_chunk(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nferry")


async def nothing(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"")


async def nonsense(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def no_content(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")


async def until_closed(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nferry")


async def drip(__: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.1)


async def drip_head(__: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        writer.write(f"X-{number}: .\r\n".encode())
        await writer.drain()
        await asyncio.sleep(0.1)


async def silence(_: str, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def hundred_megabytes(__: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
    for _ in range(1000):
        writer.write(b"x" * 100_000)
        await writer.drain()


async def endless_head(__: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for _ in range(10_000):
        writer.write(b"X-Long: " + b"x" * 10_000 + b"\r\n")
        await writer.drain()


def packed(encoding: str, body: bytes) -> Serve:
    async def answer(_: str, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)

    return answer


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


def brotli_bomb(megabytes: int) -> bytes:
    packer = brotli.Compressor(quality=5)
    pieces = [packer.process(bytes(1_000_000)) for _ in range(megabytes)]
    return b"".join([*pieces, packer.finish()])


async def redirect(target: str, writer: asyncio.StreamWriter) -> None:
    to = parse_qs(urlsplit(target).query, encoding="latin-1")["to"][0]
    writer.write(f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode("latin-1"))


async def loop(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 301 Moved\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n")


async def hop(target: str, writer: asyncio.StreamWriter) -> None:
    left = int(urlsplit(target).query)
    to = f"/hop?{left - 1}" if left > 1 else "/ok"
    writer.write(f"HTTP/1.1 307 Temporary\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())


async def nowhere(_: str, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 5\r\n\r\nferry")


FERRY = b"ferry" * 1000
GZIP = gzip.compress(FERRY)
ANSWERS: dict[str, Serve] = {
    "/ok": ok,
    "/missing": missing,
    "/only-a-head": only_a_head,
    "/broken-off": broken_off,
    "/broken-chunk": broken_chunk,
    "/nothing": nothing,
    "/nonsense": nonsense,
    "/no-content": no_content,
    "/until-closed": until_closed,
    "/drip": drip,
    "/drip-head": drip_head,
    "/silence": silence,
    "/hundred-megabytes": hundred_megabytes,
    "/endless-head": endless_head,
    "/redirect": redirect,
    "/loop": loop,
    "/hop": hop,
    "/nowhere": nowhere,
    "/gzip": packed("gzip", GZIP),
    "/gzip-twice": packed("gzip", GZIP + GZIP),
    "/gzip-and-rubbish": packed("gzip", GZIP + b"rubbish"),
    "/gzip-upper": packed("GZip", GZIP),
    "/zlib": packed("deflate", zlib.compress(FERRY)),
    "/raw-deflate": packed("deflate", raw_deflate(FERRY)),
    "/identity": packed("identity", FERRY),
    "/brotli": packed("br", brotli.compress(FERRY)),
    "/not-brotli": packed("br", b"<html>no brotli at all</html>"),
    "/cut-brotli": packed("br", brotli.compress(FERRY)[:-3]),
    "/brotli-bomb": packed("br", brotli_bomb(200)),
    "/zstd": packed("zstd", b"\x28\xb5\x2f\xfd"),
    "/twice": packed("gzip, gzip", gzip.compress(GZIP)),
    "/not-gzip": packed("gzip", b"<html>no gzip at all</html>"),
    "/damaged-gzip": packed("gzip", GZIP[:-8] + bytes(8)),
    "/cut-gzip": packed("gzip", GZIP[:30]),
    "/bomb": packed("gzip", bomb(200)),
    "/bomb-in-a-bomb": packed("gzip", bomb(5) * 40),
}


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def base(wire: Wire) -> AsyncIterator[str]:
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for task in list(wire.busy):
        task.cancel()
    await asyncio.gather(*wire.busy, return_exceptions=True)


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    opened = Fetcher(private=["127.0.0.1"])
    yield opened
    await opened.close()


async def test_an_answer_is_given_whatever_its_status(fetcher: Fetcher, base: str) -> None:
    good, bad = await fetcher.get(f"{base}/ok"), await fetcher.get(f"{base}/missing")
    assert (good.status, good.body, good.headers["x-made-by"], good.url) == (200, b"ferry", "hand", f"{base}/ok")
    assert (bad.status, bad.body) == (404, b"gone")
    assert good.elapsed > timedelta(0)


async def test_the_request_says_who_asks_and_what_it_can_unpack(wire: Wire, base: str) -> None:
    fetcher = Fetcher(private=["127.0.0.1"], contact="https://example.org/crier")
    await fetcher.get(f"{base}/ok", {"If-None-Match": '"7"'})
    await fetcher.close()
    head = wire.heads[0].lower()
    assert "user-agent: crier/0.1 (+https://example.org/crier)" in head
    assert "accept-encoding: gzip, deflate, br\r\n" in head
    assert 'if-none-match: "7"' in head


PACKED = [
    "/gzip",
    "/gzip-and-rubbish",
    "/gzip-upper",
    "/zlib",
    "/raw-deflate",
    "/brotli",
    "/identity",
]


@pytest.mark.parametrize("path", PACKED)
async def test_a_packed_body_is_unpacked(fetcher: Fetcher, base: str, path: str) -> None:
    assert (await fetcher.get(f"{base}{path}")).body == FERRY


async def test_two_packed_bodies_in_a_row_are_one(fetcher: Fetcher, base: str) -> None:
    assert (await fetcher.get(f"{base}/gzip-twice")).body == FERRY * 2


@pytest.mark.parametrize("path", ["/no-content", "/until-closed", "/nowhere"])
async def test_an_unusual_but_whole_answer_is_given(fetcher: Fetcher, base: str, path: str) -> None:
    assert (await fetcher.get(f"{base}{path}")).status in (200, 204, 302)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/zstd", "packed as 'zstd', which was not asked for"),
        ("/twice", "which was not asked for"),
        ("/not-gzip", "damaged"),
        ("/damaged-gzip", "damaged"),
        ("/cut-gzip", "broke off"),
        ("/not-brotli", "damaged"),
        ("/cut-brotli", "broke off"),
        ("/brotli-bomb", "larger than 10,000,000 bytes"),
        ("/only-a-head", "the answer broke off"),
        ("/broken-off", "the answer broke off"),
        ("/broken-chunk", "the answer broke off"),
        ("/nothing", "the answer broke off"),
        ("/nonsense", "the answer broke off"),
        ("/endless-head", "the answer broke off"),
        ("/bomb", "larger than 10,000,000 bytes"),
        ("/bomb-in-a-bomb", "larger than 10,000,000 bytes"),
        ("/hundred-megabytes", "larger than 10,000,000 bytes"),
        ("/loop", "redirects more than 5 times"),
        ("/hop?6", "redirects more than 5 times"),
    ],
)
async def test_a_broken_or_boundless_answer_is_unreachable(fetcher: Fetcher, base: str, path: str, says: str) -> None:
    with pytest.raises(Unreachable, match=says):
        await fetcher.get(f"{base}{path}")


@pytest.mark.parametrize("path", ["/drip", "/drip-head", "/silence"])
async def test_a_slow_answer_is_given_up_in_time(fetcher: Fetcher, base: str, path: str) -> None:
    """None of these servers ends by itself: that this returns at all is the proof."""
    with pytest.raises(Unreachable, match=r"did not answer within 0\.6 s"):
        await asyncio.wait_for(fetcher.get(f"{base}{path}", within=SOON), 60)


async def test_a_fetcher_that_gave_up_still_fetches(fetcher: Fetcher, base: str) -> None:
    for path in ("/drip", "/broken-off"):
        with pytest.raises(Unreachable):
            await fetcher.get(f"{base}{path}", within=SOON)
    assert (await fetcher.get(f"{base}/ok")).body == b"ferry"


async def test_a_body_of_just_the_allowed_size_is_given(fetcher: Fetcher, base: str) -> None:
    assert len((await fetcher.get(f"{base}/gzip", max_bytes=5000)).body) == 5000
    with pytest.raises(Unreachable, match="larger than 4,999 bytes"):
        await fetcher.get(f"{base}/gzip", max_bytes=4999)


async def test_redirects_are_followed_to_the_last_address(fetcher: Fetcher, base: str) -> None:
    answer = await fetcher.get(f"{base}/hop?5")
    assert (answer.url, answer.body) == (f"{base}/ok", b"ferry")


TARGETS = [
    "http://127.0.0.2:{port}/ok",
    "http://[::ffff:127.0.0.2]:{port}/ok",
    "http://2130706434:{port}/ok",
    "//127.0.0.2:{port}/ok",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://0:{port}/ok",
    "file:///etc/passwd",
    "ftp://127.0.0.1/ok",
    "gopher://127.0.0.1:{port}/_ok",
    "data:text/plain,ferry",
    "javascript:alert(1)",
    "http://[::1",
    "http://127.0.0.1:99999/",
]


@pytest.mark.parametrize("target", TARGETS)
async def test_no_redirect_leads_into_the_house(wire: Wire, fetcher: Fetcher, base: str, target: str) -> None:
    to = target.format(port=urlsplit(base).port)
    with pytest.raises(Unreachable):
        await fetcher.get(f"{base}/redirect?to={to}")
    assert len(wire.asked) == 1


@pytest.mark.parametrize(
    "url", ["", "ferry", "/etc/passwd", "file:///etc/passwd", "http://", "http://a b/", "http://\x00/"]
)
async def test_what_is_no_web_address_is_not_fetched(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(Unreachable):
        await fetcher.get(url)


async def test_loopback_is_closed_unless_the_settings_open_it(wire: Wire, base: str) -> None:
    fetcher = Fetcher()
    with pytest.raises(Unreachable, match=r"house\.private_addresses"):
        await fetcher.get(f"{base}/ok")
    await fetcher.close()
    assert wire.asked == []


async def test_no_secret_of_an_address_is_told(fetcher: Fetcher, base: str) -> None:
    address = base.replace("http://", "http://desk:hunter2@")
    for path in ("/loop?key=hunter2", "/broken-off?key=hunter2", "/zstd?key=hunter2"):
        with pytest.raises(Unreachable) as caught:
            await fetcher.get(f"{address}{path}")
        assert "hunter2" not in str(caught.value)


async def test_a_proxy_in_the_environment_is_not_used(
    fetcher: Fetcher, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    own = Fetcher(private=["127.0.0.1"])
    assert (await own.get(f"{base}/ok")).body == b"ferry"
    await own.close()
