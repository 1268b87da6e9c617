"""The picture behind the words: cropped around its subject, darkened until the words can be read."""

import io
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

_SMALL = 64
_UPPER = 0.38
"""Where heads are: what is above the middle weighs more when a tall picture is cropped."""


@dataclass(frozen=True, slots=True)
class View:
    """The part of a picture that is shown, as shares of its width and height from the upper left corner."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0


def view(path: Path, width: float, height: float) -> View:
    """The part with most in it, of this shape."""
    return _view(*_glance(path, path.stat().st_mtime_ns), width / height)


@lru_cache(maxsize=32)
def _glance(path: Path, changed: int) -> tuple[Image.Image, tuple[int, int]]:  # noqa: ARG001 - part of the key
    """A small decoding, kept because a story has cards of several sizes, and the size of the whole."""
    with Image.open(path) as opened:
        full = opened.size
        opened.draft("RGB", (_SMALL, _SMALL))
        return opened.resize((_SMALL, _SMALL), Image.Resampling.BOX, reducing_gap=2.0).convert("RGB"), full


def cropped(path: Path, width: int, height: int) -> Image.Image:
    """That part alone, at exactly this size in pixels."""
    with Image.open(path) as opened:
        opened.draft("RGB", (width, height))
        picture = opened.convert("RGB")
    seen = _view(picture, picture.size, width / height)
    left, top = round(seen.left * picture.width), round(seen.top * picture.height)
    box = (left, top, left + round(seen.width * picture.width), top + round(seen.height * picture.height))
    return picture.resize((width, height), Image.Resampling.BILINEAR, box=box)


def darkened(picture: Image.Image, stops: tuple[tuple[float, float], ...]) -> Image.Image:
    """Light left at each height, from top 0.0 to bottom 1.0: ((0.0, 0.4), (0.3, 0.9), (0.6, 0.4))."""
    column = Image.new("L", (1, picture.height))
    column.putdata([round(255 * _between(stops, y / max(1, picture.height - 1))) for y in range(picture.height)])
    return ImageChops.multiply(picture, Image.merge("RGB", [column.resize(picture.size)] * 3))


def jpeg(picture: Image.Image, quality: int = 90) -> bytes:
    """As bytes, without metadata."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _view(picture: Image.Image, full: tuple[int, int], shape: float) -> View:
    """Where edges and strong colours are, softly drawn to the middle and upwards."""
    width, height = min(1.0, shape * full[1] / full[0]), min(1.0, full[0] / shape / full[1])
    small = picture.resize((_SMALL, _SMALL), Image.Resampling.BOX, reducing_gap=2.0)
    edges = small.convert("L").filter(ImageFilter.FIND_EDGES).crop((1, 1, _SMALL - 1, _SMALL - 1)).resize(small.size)
    busy = ImageChops.add(edges, small.convert("HSV").getchannel("S"), scale=3)
    across = list(busy.resize((_SMALL, 1), Image.Resampling.BOX).tobytes())
    down = list(busy.resize((1, _SMALL), Image.Resampling.BOX).tobytes())
    return View(_best(across, width, 0.5), _best(down, height, _UPPER), width, height)


def _best(profile: list[int], share: float, middle: float) -> float:
    """Where the view starts: what is busy counts most in the view's own middle, so that a subject is not cut."""
    span = max(1, round(len(profile) * share))
    calm = min(profile)
    busy = [value - calm for value in profile]
    most = max(sum(busy), 1)
    weights = [1 - ((2 * place - span + 1) / span) ** 2 for place in range(span)]
    places = range(len(profile) - span + 1)

    def worth(start: int) -> float:
        seen = sum(value * weight for value, weight in zip(busy[start : start + span], weights, strict=True)) / most
        return seen - 0.15 * abs(start / max(1, len(places) - 1) - middle)

    return (1.0 - share) * max(places, key=worth) / max(1, len(places) - 1)


def _between(stops: tuple[tuple[float, float], ...], place: float) -> float:
    for (low, first), (high, second) in pairwise(stops):
        if place <= high:
            return first + (second - first) * max(0.0, place - low) / (high - low)
    return stops[-1][1]
