"""Many sources in one process: those that hang keep nobody else waiting, and a host is asked one thing at a time."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.daemon import AT_ONCE
from bot.ledger import Ledger
from bot.sources import KINDS, Tools
from bot.web.fetch import Fetcher
from bot.work.pickup import Pickup
from bot.work.runner import LocalRunner, Piece, Work

HANGING, WELL = 200, 20
FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>n</title><link>https://example.org/</link>'
    b"<item><title>h</title><link>https://example.org/1</link></item></channel></rss>"
)


class Hosts:
    """Many hosts of this machine's loopback range on one port: /hang never answers, /slow after a while."""

    def __init__(self) -> None:
        self.port = 0
        self.hanging = 0
        self.together: Counter[str] = Counter()
        self.most = 0
        self._over = asyncio.Event()
        self._answering: set[asyncio.Task[None] | None] = set()

    @contextlib.asynccontextmanager
    async def open(self, hosts: list[str]) -> AsyncIterator[None]:
        first = await asyncio.start_server(self._answer, hosts[0], 0)
        self.port = first.sockets[0].getsockname()[1]
        servers = [first]
        if hosts[1:]:
            servers.append(await asyncio.start_server(self._answer, hosts[1:], self.port))
        try:
            yield
        finally:
            self._over.set()
            for server in servers:
                server.close()
            await asyncio.gather(*filter(None, self._answering), return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._answering.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                await reader.readuntil(b"\r\n\r\n")
                path, host = line.split()[1], writer.get_extra_info("sockname")[0]
                self.together[host] += 1
                self.most = max(self.most, self.together[host])
                if path == b"/hang":
                    self.hanging += 1
                    await self._over.wait()
                    break
                await asyncio.sleep(0.02)
                self.together[host] -= 1
                head = f"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: {len(FEED)}\r\n\r\n"
                writer.write(head.encode() + FEED)
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_two_hundred_hanging_sources_keep_no_other_waiting(
    sqlite_url: str, now: datetime, tmp_path: Path
) -> None:
    ledger = await Ledger.open(sqlite_url)
    fetcher = Fetcher(private=["127.0.0.0/8"])
    hosts, tools = Hosts(), Tools(fetcher, ZoneInfo("UTC"), tmp_path)
    addresses = [f"127.3.{number // 100}.{number % 100 + 1}" for number in range(HANGING + WELL)]
    async with hosts.open(addresses):
        urls = {
            f"s{number}": f"http://{address}:{hosts.port}/{'hang' if number < HANGING else 'feed'}"
            for number, address in enumerate(addresses)
        }
        feed = KINDS["feed"]
        sources = {
            name: feed.open(name, feed.settings.model_validate({"kind": "feed", "url": url}), tools)
            for name, url in urls.items()
        }
        await ledger.notes.register(list(sources), now)
        pickup = Pickup(ledger, sources, lambda: now, lambda _: None)
        done: set[str] = set()
        all_well = asyncio.Event()

        async def look(name: str) -> timedelta | None:
            await pickup.look(name)
            done.add(name)
            if len(done) == WELL:
                all_well.set()
            return None

        runner = LocalRunner({Work.LOOK: look}, at_once=AT_ONCE, stopping=asyncio.Event())
        for name in sources:  # the hanging ones first
            runner.soon(Piece(Work.LOOK, name))
        await asyncio.wait_for(all_well.wait(), 60)
        # All the others are done while every one of these is asked and has no answer: nobody waited for them.
        assert done == {f"s{number}" for number in range(HANGING, HANGING + WELL)}
        assert hosts.hanging == HANGING
        await runner.stop(timedelta(0))
        await fetcher.close()
    await ledger.close()


async def test_one_host_is_asked_one_thing_at_a_time() -> None:
    hosts, fetcher = Hosts(), Fetcher(private=["127.0.0.0/8"])
    async with hosts.open(["127.3.9.1", "127.3.9.2"]):
        base = [f"http://127.3.9.{number % 2 + 1}:{hosts.port}/feed?{number}" for number in range(12)]
        answers = await asyncio.gather(*(fetcher.get(url) for url in base))
        assert [answer.status for answer in answers] == [200] * 12
        assert hosts.most == 1
        await fetcher.close()
