"""How fast cards are drawn, ours against headless Chromium drawing the same words from HTML, and how memory behaves.

Run from the repository: python tests/bench/cards.py
"""

import contextlib
import functools
import html
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.model.channel import TALL, WIDE, CardSize
from bot.press.card import CardPress
from bot.press.drawing import qr
from bot.press.face import Face
from tests.fakes.faces import ZH, cards

CARDS = 40
MANY = 600
CHROMIUM = "/usr/bin/chromium"
WORDS = ("masthead", "time", "headline", "deck", "credit")
PAGE = """<!doctype html><meta charset="utf-8"><style>
*{{margin:0;box-sizing:border-box}} body{{width:100vw;height:100vh;background:#fbfaf7;padding:50px 60px;
font-family:"Noto Sans CJK SC",sans-serif;display:flex;flex-direction:column;border-top:10px solid #b3261e}}
header{{display:flex;justify-content:space-between;border-bottom:4px double #16140f;padding-bottom:10px}}
h1{{font:700 64px/1.2 "Noto Serif CJK SC",serif;line-break:strict;margin:24px 0}}
footer{{margin-top:auto;display:flex;justify-content:space-between;align-items:end}}
svg{{width:105px}} img{{width:100%}}
b{{font-size:80px;color:#b3261e}} p{{font-size:24px}}</style>{photo}
<header><strong>{masthead}</strong><span>{time}</span></header><h1>{headline}</h1><footer><div><b>320个</b>
<p>{deck}</p><p>{credit}</p></div>{qr}</footer>"""


def faces(number: int) -> list[Face]:
    """Each with words and a code of its own, so that nothing is drawn from memory."""
    return [
        replace(ZH, headline=f"{ZH.headline} 第{place}期{place * 37 % 91}人", link=f"{ZH.link}/{place}", label="")
        for place in range(number)
    ]


def photograph(folder: Path) -> Path:
    """Noise over a sky: harder for every encoder than a real photograph."""
    grain = Image.effect_noise((400, 266), 90).resize((1440, 960), Image.Resampling.BICUBIC)
    sky = Image.linear_gradient("L").resize((1440, 960))
    Image.merge("RGB", [sky, Image.blend(sky, grain, 0.4), grain]).save(folder / "photo.jpg", quality=90)
    return folder / "photo.jpg"


@dataclass
class Spent:
    """What one way of drawing took: milliseconds of each card, of the processor for all, bytes of the last."""

    wall: list[float] = field(default_factory=list)
    cpu: float = 0
    size: int = 0


def processor() -> float:
    """Milliseconds of processor time of this process and of all that it started."""
    parents, ticks = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            values = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents[int(path.parent.name)], ticks[int(path.parent.name)] = (
                int(values[1]),
                int(values[11]) + int(values[12]),
            )
    house = {os.getpid()}
    while more := {child for child, parent in parents.items() if parent in house} - house:
        house |= more
    started = sum(ticks[one] for one in house - {os.getpid()}) * 1000 / os.sysconf("SC_CLK_TCK")
    return started + time.process_time() * 1000


def timed(draws: Mapping[str, Callable[[Face], bytes]]) -> dict[str, Spent]:
    """In turn, so that a busy machine is busy for all; two to warm up."""
    found = {name: Spent() for name in draws}
    for place, face in enumerate(faces(CARDS + 2)):
        for name, draw in draws.items():
            cpu, began = processor(), time.perf_counter()
            size = len(draw(face))
            if place >= 2:
                found[name].wall.append((time.perf_counter() - began) * 1000)
                found[name].cpu += processor() - cpu
                found[name].size = size
    return found


@contextlib.contextmanager
def chromium(size: CardSize, photo: Path | None) -> Iterator[Mapping[str, Callable[[Face], bytes]]]:
    """Screenshots of a page that is kept open, as a service would."""
    shown = f'<img src="file://{photo}">' if photo else ""
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": size.width, "height": size.height})

        def open_page(face: Face) -> None:
            words = {name: html.escape(getattr(face, name)) for name in WORDS}
            path = Path(folder, "card.html")
            path.write_text(PAGE.format(qr=qr(face.link), photo=shown, **words), encoding="utf-8")
            page.goto(path.as_uri())

        def png(face: Face) -> bytes:
            open_page(face)
            return page.screenshot(type="png")

        def jpeg(face: Face) -> bytes:
            open_page(face)
            return page.screenshot(type="jpeg", quality=88)

        yield {"Chromium, PNG": png, "Chromium, JPEG": jpeg}
        browser.close()


def cached(folder: Path) -> list[float]:
    """Milliseconds to be told of a card that is there."""
    press = cards(folder)
    press._card(ZH, WIDE, None)
    spent = []
    for _ in range(300):
        began = time.perf_counter()
        press._card(ZH, WIDE, None)
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def resident() -> float:
    """Megabytes of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory(press: CardPress, photo: Path) -> list[int]:
    """Megabytes after each sixth of many cards, every tenth of them with a photograph."""
    grown = []
    for place, face in enumerate(faces(MANY), start=1):
        press.draw(face, *((TALL, photo) if place % 10 == 0 else (WIDE, None)))
        if place % (MANY // 6) == 0:
            grown.append(round(resident()))
    return grown


def main() -> None:
    """Print the table. All are kept on one core, so that Chromium's many processes do not run beside each other."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    columns = ("card", "by", "p50 ms", "p95 ms", "CPU ms", "kB", "times Crier's p50", "CPU")
    table = Table(*columns, title="Cards, one after the other, on one core")
    with TemporaryDirectory() as folder:
        photo = photograph(Path(folder))
        press = cards(Path(folder))
        grown = memory(press, photo)
        for name, size, picture in (("1200 × 630, flat", WIDE, None), ("1080 × 1440 with photograph", TALL, photo)):
            draw = functools.partial(press.draw, size=size, photo=picture)
            with chromium(size, picture) as theirs:
                found = timed({"Crier, JPEG" if picture else "Crier, PNG": draw, **theirs})
            ours = next(iter(found.values()))
            for who, spent in found.items():
                half, most = statistics.median(spent.wall), statistics.quantiles(spent.wall, n=20)[-1]
                ratios = f"{half / statistics.median(ours.wall):.1f}", f"{spent.cpu / ours.cpu:.1f}"
                cpu = f"{spent.cpu / CARDS:.1f}"
                table.add_row(name, who, f"{half:.1f}", f"{most:.1f}", cpu, f"{spent.size / 1e3:.0f}", *ratios)
        known = statistics.median(cached(Path(folder)))
    out = Console(width=110)
    out.print(table)
    out.print(f"A card that is there: {known:.2f} ms. Memory over {MANY} cards, MB: {grown}")


if __name__ == "__main__":
    main()
