"""How fast feeds are read, ours against feedparser, over the real feeds of ../shared/feeds or over invented ones.

Run from the repository: python tests/bench/feeds.py
"""

import io
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import feedparser
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.sources.reading.feeds import read_feed

SHARED = Path(__file__).resolve().parents[3] / "shared" / "feeds"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ROUNDS = 5

Reader = Callable[[bytes], int]


def invented(entries: int = 30) -> bytes:
    """A feed of local notices with whole texts."""
    text = "&lt;p&gt;The ferry across the Bend runs late today, because the river is low.&lt;/p&gt;" * 20
    items = "".join(
        f"<item><title>Notice {number}</title><link>https://example.org/a/{number}.html</link><guid>{number}</guid>"
        f"<pubDate>Tue, 24 Nov 2026 07:{number % 60:02}:00 GMT</pubDate><description>{text}</description></item>"
        for number in range(entries)
    )
    return f'<rss version="2.0"><channel><title>Riverbend Daily</title>{items}</channel></rss>'.encode()


def documents() -> list[bytes]:
    """XML only: feedparser knows no JSON Feed."""
    found = [path.read_bytes() for path in sorted(SHARED.glob("*.xml"))]
    found = [data for data in found if feedparser.parse(io.BytesIO(data)).version]
    return found or [invented() for _ in range(50)]


def ours(data: bytes) -> int:
    """Entries with mark and fingerprint: all that a look at a known feed needs."""
    return len(read_feed("bench", data, url="https://example.org/", declared=None, zone=UTC, now=NOW).entries)


def ours_with_articles(data: bytes) -> int:
    """Every entry read into an article with its blocks, as if all were new."""
    feed = read_feed("bench", data, url="https://example.org/", declared=None, zone=UTC, now=NOW)
    return len([entry.article for entry in feed.entries])


def theirs(data: bytes) -> int:
    """Entries as feedparser gives them."""
    return len(feedparser.parse(io.BytesIO(data)).entries)


def measured(readers: Mapping[str, Reader], found: Sequence[bytes]) -> dict[str, tuple[float, int]]:
    """Each reader's best round in processor seconds, and its entries; they take turns on the machine's moods."""
    best = dict.fromkeys(readers, (float("inf"), 0))
    for _ in range(ROUNDS):
        for name, reader in readers.items():
            begun = time.process_time()  # of this process alone, whatever else the machine does
            entries = sum(reader(data) for data in found)
            best[name] = min(best[name], (time.process_time() - begun, entries))
    return best


def main() -> None:
    """Print a table."""
    found = documents()
    best = measured({"feedparser": theirs, "ours, entries": ours, "ours, articles": ours_with_articles}, found)
    table = Table(title=f"{len(found)} feeds, {sum(map(len, found)) / 1e6:.1f} MB, Python {sys.version.split()[0]}")
    for column in ("reader", "feeds/s", "entries", "times feedparser"):
        table.add_column(column, justify="left" if column == "reader" else "right")
    base, _ = best["feedparser"]
    for name, (seconds, entries) in best.items():
        table.add_row(name, f"{len(found) / seconds:,.0f}", f"{entries:,}", f"{base / seconds:.1f}")
    ((seconds, entries),) = measured({"": ours}, [invented(10_000)]).values()
    table.add_row("ours, one feed of 10,000", f"{1 / seconds:,.1f}", f"{entries:,}", "")
    Console().print(table)


if __name__ == "__main__":
    main()
