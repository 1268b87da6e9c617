"""The picture behind the words: cropped around its subject, darkened until the words can be read."""

import io
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

DARKEST = 0.40
"""Words in near white keep a contrast of 4.5 on a picture that was white: 0.4 of full light is 0.13 of luminance."""
_SMALL = 64
_UPPER = 0.38
"""Where heads are: what is above the middle weighs more when a tall picture is cropped."""


def cropped(path: Path, width: int, height: int) -> Image.Image:
    """The part of the picture with most in it, at exactly this size in pixels."""
    with Image.open(path) as opened:
        opened.draft("RGB", (width, height))
        picture = opened.convert("RGB")
    scale = max(width / picture.width, height / picture.height)
    view = (min(picture.width, round(width / scale)), min(picture.height, round(height / scale)))
    left, top = _subject(picture, view)
    box = (left, top, left + view[0], top + view[1])
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


def _subject(picture: Image.Image, view: tuple[int, int]) -> tuple[int, int]:
    """Upper left corner of the view: where edges and strong colours are, softly drawn to the middle and upwards."""
    small = picture.resize((_SMALL, _SMALL), Image.Resampling.BOX, reducing_gap=2.0)
    edges = small.convert("L").filter(ImageFilter.FIND_EDGES).crop((1, 1, _SMALL - 1, _SMALL - 1)).resize(small.size)
    busy = ImageChops.add(edges, small.convert("HSV").getchannel("S"), scale=3)
    across = list(busy.resize((_SMALL, 1), Image.Resampling.BOX).tobytes())
    down = list(busy.resize((1, _SMALL), Image.Resampling.BOX).tobytes())
    return (
        _best(across, view[0] / picture.width, 0.5, picture.width - view[0]),
        _best(down, view[1] / picture.height, _UPPER, picture.height - view[1]),
    )


def _best(profile: list[int], share: float, middle: float, slack: int) -> int:
    """Where the view starts: what is busy counts most in the view's own middle, so that a subject is not cut."""
    if slack <= 0:
        return 0
    span = max(1, round(len(profile) * share))
    calm = min(profile)
    busy = [value - calm for value in profile]
    most = max(sum(busy), 1)
    weights = [1 - ((2 * place - span + 1) / span) ** 2 for place in range(span)]
    places = range(len(profile) - span + 1)

    def worth(start: int) -> float:
        seen = sum(value * weight for value, weight in zip(busy[start : start + span], weights, strict=True)) / most
        return seen - 0.15 * abs(start / max(1, len(places) - 1) - middle)

    return round(slack * max(places, key=worth) / max(1, len(places) - 1))


def _between(stops: tuple[tuple[float, float], ...], place: float) -> float:
    for (low, first), (high, second) in pairwise(stops):
        if place <= high:
            return first + (second - first) * max(0.0, place - low) / (high - low)
    return stops[-1][1]
