"""How well bodies are read: F1 of character 4-grams on the labelled pages, ours against two libraries alone."""

import json
import logging
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import trafilatura
from lxml import html
from readability import Document

from bot.sources.reading import encoding, read_page
from bot.sources.reading.tree import words

PAGES = Path(__file__).resolve().parents[1] / "sources" / "reading" / "pages"
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def ours(data: bytes) -> str:
    article = read_page("page", data, url="https://news.example.org/a", declared=None, zone=ZoneInfo("UTC"), now=NOW)
    return "\n".join(
        "\n".join((block.text, *block.items, *(" ".join(row) for row in block.rows))) for block in article.blocks
    )


def trafilatura_alone(data: bytes) -> str:
    return trafilatura.extract(encoding.decode(data), favor_precision=True, include_comments=False) or ""


def readability_alone(data: bytes) -> str:
    return words(html.fromstring(Document(encoding.decode(data)).summary()))


READERS: dict[str, Callable[[bytes], str]] = {
    "crier": ours,
    "trafilatura": trafilatura_alone,
    "readability": readability_alone,
}


def grams(text: str) -> Counter[str]:
    text = "".join(text.split())
    return Counter(text[place : place + 4] for place in range(max(len(text) - 3, 1)))


def f1(found: str, expected: str) -> float:
    one, other = grams(found), grams(expected)
    shared = (one & other).total()
    return 2 * shared / (one.total() + other.total())


def expected_body(name: str) -> str:
    blocks = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))["blocks"]
    texts: list[str] = []
    for block in blocks:
        texts += [block.get("text", ""), *block.get("items", ()), *(" ".join(row) for row in block.get("rows", ()))]
    return "\n".join(texts)


def main() -> None:
    """Print one line a language and reader."""
    logging.disable(logging.CRITICAL)
    names = sorted(file.stem for file in PAGES.glob("*.html"))
    sys.stdout.write("language  reader       pages     F1  worst  below .9  ms a page  to ours\n")
    for language in ("zh", "en"):
        mine = [name for name in names if name.startswith(language)]
        own = 0.0
        for reader, read in READERS.items():
            begun = time.perf_counter()
            found = {name: read((PAGES / f"{name}.html").read_bytes()) for name in mine}
            spent = (time.perf_counter() - begun) / len(mine) * 1000
            scores = [f1(found[name], expected_body(name)) for name in mine]
            mean = statistics.mean(scores)
            own = own or mean
            low = sum(score < 0.9 for score in scores)
            sys.stdout.write(
                f"{language:<9} {reader:<12} {len(mine):>5} {mean:>6.3f} {min(scores):>6.3f} {low:>9}"
                f" {spent:>10.1f} {mean / own:>8.3f}\n"
            )


if __name__ == "__main__":
    main()
