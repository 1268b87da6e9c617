"""How fast cards are drawn, ours against headless Chromium drawing the same words from HTML, and how memory behaves.

Run from the repository: python tests/bench/cards.py [FOLDER]
With a folder in which npm has installed satori and @resvg/resvg-js, these draw, too.
"""

import base64
import contextlib
import functools
import html
import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.model.channel import TALL, WIDE, CardSize
from bot.press.card import CardPress
from bot.press.drawing import qr
from bot.press.face import Face
from bot.press.fonts import BUNDLES
from tests.fakes.faces import ZH, cards

ROUNDS, TEN = 4, 10
MANY = 600
CHROMIUM = "/usr/bin/chromium"
WORDS = ("masthead", "section", "time", "headline", "deck", "credit", "scan")
# The same card as a web designer would build it: the same words and rules, the headline fitted and balanced.
PAGE = """<!doctype html><meta charset="utf-8"><style>
*{{margin:0;box-sizing:border-box}} body{{width:100vw;height:100vh;background:#fbfaf7;color:#16140f;overflow:hidden;
padding:46px 60px;font-family:"Noto Sans CJK SC",sans-serif;display:flex;flex-direction:column;
border-top:10px solid #b3261e}}
header{{display:flex;justify-content:space-between;align-items:baseline;padding-bottom:10px;border-bottom:7px double}}
header strong{{font:700 32px "Noto Serif CJK SC",serif}} header span,footer p{{font-size:20px;color:#666159}}
h2{{font-size:24px;color:#b3261e;border-left:8px solid;padding-left:10px;margin:28px 0 16px;line-height:1}}
h1{{font-family:"Noto Serif CJK SC",serif;font-weight:700;line-height:1.24;line-break:strict;text-wrap:balance}}
main{{flex:1;min-height:0}} footer{{display:flex;justify-content:space-between;align-items:end;gap:40px}}
footer div{{flex:1}} footer b{{font:700 79px "Noto Serif CJK SC",serif;color:#b3261e}} footer b i{{font:400 40px serif}}
footer span{{font-size:25px}} footer p{{border-top:1px solid #d8d3c9;margin-top:24px;padding-top:12px}}
svg{{width:105px;display:block;margin:auto}} small{{font-size:15px;color:#666159}}
img{{width:100vw;height:50vh;object-fit:cover;margin:-46px -60px 30px}}</style>{photo}
<header><strong>{masthead}</strong><span>{time}</span></header><h2>{section}</h2><main><h1>{headline}</h1></main>
<footer><div><b>320<i>个</i></b> <span>{deck}</span><p>{credit}</p></div>
<figure>{qr}<small>{scan}</small></figure></footer>
<script>{{let low=20,high=122,h=document.querySelector("h1"),room=h.parentElement;while(low<high){{
const size=Math.ceil((low+high)/2);h.style.fontSize=size+"px";
if(h.offsetHeight<=room.clientHeight)low=size;else high=size-1}}h.style.fontSize=low+"px"}}</script>"""


def faces(number: int, first: int = 0) -> list[Face]:
    """Each with words and a code of its own, so that nothing is drawn from memory."""
    return [
        replace(ZH, headline=f"{ZH.headline}{place * 37 % 991}人", link=f"{ZH.link}/{place}", label="")
        for place in range(first, first + number)
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


def started() -> float:
    """Milliseconds of processor time of all that this process has started."""
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
    return sum(ticks[one] for one in house - {os.getpid()}) * 1000 / os.sysconf("SC_CLK_TCK")


def timed(draws: Mapping[str, Callable[[Face], bytes]]) -> dict[str, Spent]:
    """In turn by tens, so that a busy machine is busy for all; each begins with two to warm up.

    The first round is not counted: those that have been started are not at rest yet, and take time from the others.
    """
    found = {name: Spent() for name in draws}
    for round_ in range(ROUNDS + 1):
        for name, draw in draws.items():
            spent = found[name] if round_ else Spent()
            fresh = faces(TEN + 2, round_ * 100)
            for face in fresh[:2]:
                draw(face)
            theirs, own = started(), time.process_time()
            for face in fresh[2:]:
                began = time.perf_counter()
                spent.size = len(draw(face))
                spent.wall.append((time.perf_counter() - began) * 1000)
            spent.cpu += (time.process_time() - own) * 1000
            spent.cpu += started() - theirs
    return found


@contextlib.contextmanager
def chromium(size: CardSize, photo: Path | None) -> Iterator[Mapping[str, Callable[[Face], bytes]]]:
    """Screenshots of one page that is kept open, either given new content or sent to a new file for each card.

    New content takes Chromium half the time; services are written in both ways. All of its processes are on the
    one core that this process is on. The page is a file from the start, so that it may show the picture.
    """
    shown = f'<img src="file://{photo}">' if photo else ""
    playwright_ = importlib.import_module("playwright.sync_api")  # late: its memory is not the cards'
    with playwright_.sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": size.width, "height": size.height})
        path = Path(folder, "card.html")
        path.write_text("<!doctype html>", encoding="utf-8")
        page.goto(path.as_uri())

        def written(face: Face) -> str:
            words = {name: html.escape(getattr(face, name)) for name in WORDS}
            return PAGE.format(qr=qr(f"{face.link}?"), photo=shown, **words)

        def opened(face: Face) -> bytes:
            path.write_text(written(face), encoding="utf-8")
            page.goto(path.as_uri())
            return bytes(page.screenshot(type="png"))

        def png(face: Face) -> bytes:
            page.set_content(written(face))
            return bytes(page.screenshot(type="png"))

        def jpeg(face: Face) -> bytes:
            page.set_content(written(face))
            return bytes(page.screenshot(type="jpeg", quality=88))

        yield {"Chromium, new file, PNG": opened, "Chromium, PNG": png, "Chromium, JPEG": jpeg}
        browser.close()


@contextlib.contextmanager
def satori(folder: Path, size: CardSize, photo: Path | None) -> Iterator[Mapping[str, Callable[[Face], bytes]]]:
    """A Node process that is kept running; its headline is of one size, so that it need not look for the best."""
    [serif] = BUNDLES[1].path.glob(BUNDLES[1].pattern)
    shown = f"data:image/jpeg;base64,{base64.b64encode(photo.read_bytes()).decode()}" if photo else ""
    script = Path(__file__).with_name("satori.mjs")
    command = ["node", str(script), str(folder.resolve()), str(serif)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        asked, answered = node.stdin, node.stdout
        assert asked is not None
        assert answered is not None

        def png(face: Face) -> bytes:
            code = base64.b64encode(qr(f"{face.link}?").encode()).decode()
            words = {name: getattr(face, name) for name in WORDS}
            card = {**words, "qr": f"data:image/svg+xml;base64,{code}", "photo": shown, "size": 76}
            asked.write(json.dumps({**card, "width": size.width, "height": size.height}) + "\n")
            asked.flush()
            return bytes(int(answered.readline()))

        yield {"satori, resvg-js, PNG": png}
        asked.close()


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
            with contextlib.ExitStack() as peers:
                theirs = dict(peers.enter_context(chromium(size, picture)))
                for modules in sys.argv[1:2]:
                    theirs |= peers.enter_context(satori(Path(modules), size, picture))
                found = timed({"Crier, JPEG" if picture else "Crier, PNG": draw, **theirs})
            ours = next(iter(found.values()))
            for who, spent in found.items():
                half, most = statistics.median(spent.wall), statistics.quantiles(spent.wall, n=20)[-1]
                ratios = f"{half / statistics.median(ours.wall):.1f}", f"{spent.cpu / ours.cpu:.1f}"
                cpu = f"{spent.cpu / (ROUNDS * TEN):.1f}"
                table.add_row(name, who, f"{half:.1f}", f"{most:.1f}", cpu, f"{spent.size / 1e3:.0f}", *ratios)
        known = statistics.median(cached(Path(folder)))
    out = Console(width=110)
    out.print(table)
    out.print(f"A card that is there: {known:.2f} ms. Memory over {MANY} cards, MB: {grown}")


if __name__ == "__main__":
    main()
