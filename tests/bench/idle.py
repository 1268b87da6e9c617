"""What a daemon costs that has nothing to do: 10,000 sources without news, against two, in one run.

python tests/bench/idle.py [--sources 10000] [--seconds 60]
"""

import argparse
import asyncio
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.ledger import Ledger
from bot.model.source import Memory
from tests.fakes.newsroom import Newsroom

HOUR = timedelta(hours=1)
_ANSWER = b'HTTP/1.1 304 Not Modified\r\netag: "1"\r\ncontent-length: 0\r\n\r\n'


class Quiet:
    """A web server on which nothing is ever new."""

    def __init__(self) -> None:
        self.looks = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.looks += 1
                writer.write(_ANSWER)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def measured(number: int, seconds: float) -> tuple[float, float, int]:
    """Share of a core, memory in MB, and looks in that time."""
    quiet = Quiet()
    server = await asyncio.start_server(quiet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="crier-idle-") as folder:
        rehearsed = {"zh": 'kind: telegram, token: "env:NOT_THERE", chat: "@riverbend", rehearse: true'}
        newsroom = Newsroom(Path(folder) / "newsroom", rehearsed, house=', private_addresses: ["127.0.0.0/8"]')
        _with_sources(newsroom.settings, number, port)
        await _long_known(newsroom.ledger_url, number)
        await newsroom.start()
        assert newsroom.process is not None
        await asyncio.sleep(15)
        begun, looks = _cpu(newsroom.process.pid), quiet.looks
        await asyncio.sleep(seconds)
        share = (_cpu(newsroom.process.pid) - begun) / seconds
        memory = _memory(newsroom.process.pid)
        await newsroom.stop()
    server.close()
    return share, memory, quiet.looks - looks


def _with_sources(file: Path, number: int, port: int) -> None:
    # As a newsroom runs it: the tests' newsroom tells of every step, and looks into its inbox without a pause.
    text = file.read_text(encoding="utf-8").replace("log_level: debug", "log_level: info").replace(", every: 2s", "")
    head, tail = text.split("channels:", 1)
    lines = [f'  s{one}: {{kind: feed, url: "http://127.0.0.1:{port}/{one}"}}' for one in range(number)]
    file.write_text(head + "\n".join(lines) + "\nchannels:" + tail, encoding="utf-8")


async def _long_known(url: str, number: int) -> None:
    """As after a quiet week: looked at before, the next looks spread over an hour."""
    ledger, now = await Ledger.open(url), datetime.now(UTC)
    names = [f"s{one}" for one in range(number)]
    await ledger.notes.register(names, now)
    memory = Memory(validators={"etag": '"1"'}, first_look=now - timedelta(days=30))
    for place, name in enumerate(names):
        await ledger.notes.looked(name, memory, now + HOUR * (place / number), now - HOUR)
    await ledger.close()


def _cpu(process: int) -> float:
    """Seconds of processor time, user and system."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> float:
    [line] = [one for one in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines() if "VmRSS" in one]
    return int(line.split()[1]) / 1024


async def main() -> None:
    """Print a row for few sources, a row for many, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    print(f"{'sources':>8} {'% of a core':>12} {'MB':>6} {'looks':>6}")
    rows = {}
    for number in (2, given.sources):
        rows[number] = await measured(number, given.seconds)
        share, memory, looks = rows[number]
        print(f"{number:>8} {100 * share:>12.2f} {memory:>6.0f} {looks:>6}")
    few, many = rows[2], rows[given.sources]
    print(f"ratio many : few   processor {many[0] / max(few[0], 1e-4):.1f}, memory {many[1] / few[1]:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
