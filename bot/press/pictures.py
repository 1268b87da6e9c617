"""The article's picture: fetched safely, decoded within limits, stripped of what it tells about its place."""

import asyncio
import hashlib
import io
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from PIL import Image, ImageOps

from bot.errors import PressError
from bot.web.fetch import Fetcher, Unreachable

MOST_BYTES = 12_000_000
MOST_PIXELS = 40_000_000
_SIDE = 1440
_LIGHTER = (80, 65, 50)
_LEAST = (480, 240)
_SCANS = 60
"""A progressive JPEG has about ten scans; one with thousands is a trap that decodes for minutes."""
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
_WITHIN = 15.0
_SENT = "sent:"
"""How the address of a picture begins that an editor sent."""

# Our own limit is asked before anything is decoded; Pillow's would be a warning first.
Image.MAX_IMAGE_PIXELS = None


class Pictures:
    """Fetches pictures into a folder; each is fetched and decoded once."""

    def __init__(self, fetcher: Fetcher, folder: Path) -> None:
        self._fetcher, self._folder = fetcher, folder

    async def picture(self, url: str) -> Path:
        """The picture as a JPEG without metadata, upright, at most 1440 pixels a side. Raises PressError."""
        path = _place(self._folder, url)
        if path.is_file():
            return path
        if url.startswith(_SENT):
            raise PressError("the picture that an editor sent is no longer on this machine")
        try:
            answer = await self._fetcher.get(url, max_bytes=MOST_BYTES)
            if answer.status != 200:
                raise PressError(f"the picture was answered with {answer.status}")
            async with asyncio.timeout(_WITHIN):
                jpeg = await asyncio.to_thread(decoded, answer.body)
        except Unreachable as err:
            raise PressError(f"the picture could not be fetched: {err.why}") from err
        except TimeoutError as err:
            raise PressError(f"the picture took longer than {_WITHIN:g} s to decode") from err
        _write(path, jpeg)
        return path


def kept(folder: Path, data: bytes) -> str:
    """Keep a picture that somebody sent; the address by which it is drawn like a fetched one. Raises PressError."""
    jpeg = decoded(data)
    url = f"{_SENT}{hashlib.sha256(jpeg).hexdigest()}"
    _write(_place(folder, url), jpeg)
    return url


def redrawn(picture: Path, jpeg: Path) -> None:
    """A picture that a reader sent, drawn anew without anything else in its file. Raises PressError, OSError."""
    _write(jpeg, decoded(picture.read_bytes()))


def _place(folder: Path, url: str) -> Path:
    return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.jpg"


def _write(path: Path, jpeg: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        part.write(jpeg)
    os.replace(part.name, path)  # noqa: PTH105 - the name is a str here


def decoded(data: bytes) -> bytes:
    """A picture of any format that newsrooms use, as an upright sRGB JPEG without metadata. Raises PressError."""
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > _SCANS:
        raise PressError("the picture has too many scans to be honest")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise PressError(f"the picture has {width} × {height} pixels: too many")
            if max(width, height) < _LEAST[0] or min(width, height) < _LEAST[1]:
                raise PressError(f"the picture has {width} × {height} pixels: too few for a card")
            opened.draft("RGB", (_SIDE, _SIDE))
            upright = ImageOps.exif_transpose(opened)
            flat = _on_white(upright)
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, Image.DecompressionBombError) as err:
        # Pillow raises SyntaxError for a PNG that is none, and ValueError for a broken chunk.
        raise PressError("the picture is of no kind that can be drawn, or broken") from err
    flat.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=90)
    return out.getvalue()


def lighter(jpeg: bytes, most_bytes: int) -> tuple[bytes, int, int]:
    """One of our own pictures within so many bytes, with width and height. Raises PressError where it cannot be."""
    with Image.open(io.BytesIO(jpeg)) as opened:
        width, height = opened.size
        for quality in _LIGHTER:
            if len(jpeg) <= most_bytes:
                break
            out = io.BytesIO()
            opened.save(out, "JPEG", quality=quality)
            jpeg = out.getvalue()
    if len(jpeg) > most_bytes:
        raise PressError(f"even as a poor JPEG it has {len(jpeg):,} bytes")
    return jpeg, width, height


def _on_white(picture: Image.Image) -> Image.Image:
    """RGB; what is transparent shows white, of an animation the first frame, of 16 bits the upper eight."""
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I")
    if picture.mode == "I":
        picture = picture.point(lambda value: value / 257).convert("L")
    if picture.has_transparency_data:
        with_alpha = picture.convert("RGBA")
        ground = Image.new("RGBA", with_alpha.size, "white")
        return Image.alpha_composite(ground, with_alpha).convert("RGB")
    return picture.convert("RGB")
