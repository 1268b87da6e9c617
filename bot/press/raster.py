"""From a document of one page to pixels, by PDFium, and from pixels to a PNG or a JPEG."""

import io
import re
import struct
import zlib
from threading import Lock

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

try:
    from isal.isal_zlib import compress
except ModuleNotFoundError:  # it is not built for every machine; the same picture, in eight times the time
    from zlib import compress

_ONE_AT_A_TIME = Lock()
"""PDFium may be used by one thread at a time."""
_PROFILE = re.compile(rb"\[/ICCBased (\d+) 0 R\]")
_PLAIN = {b"3": b"/DeviceRGB", b"1": b"/DeviceGray"}
_DEEP, _TRUECOLOUR = 8, 2
_LEVEL = 2


class Raster:
    """A drawn page: one point of the document is one pixel."""

    def __init__(self, document: bytes) -> None:
        """Raises ValueError where the document has not exactly one page."""
        with _ONE_AT_A_TIME:
            opened = pypdfium2.PdfDocument(_without_profiles(document))
            try:
                if len(opened) != 1:
                    raise ValueError(f"{len(opened)} pages")
                self._bitmap = opened[0].render(scale=1, rev_byteorder=True)
            finally:
                opened.close()

    def png(self) -> bytes:
        """Without loss. Cards are mostly paper: filters of the lines would cost ten times the time and save nothing."""
        drawn = self._bitmap
        pixels, breadth = memoryview(drawn.buffer).cast("B"), drawn.width * 3
        starts = range(0, drawn.stride * drawn.height, drawn.stride)
        lines = b"\0".join((b"", *(pixels[start : start + breadth] for start in starts)))
        head = struct.pack(">IIBBBBB", drawn.width, drawn.height, _DEEP, _TRUECOLOUR, 0, 0, 0)
        chunks = ((b"IHDR", head), (b"IDAT", compress(lines, _LEVEL)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)

    def jpeg(self, quality: int) -> bytes:
        """Smaller where there is a photograph."""
        out = io.BytesIO()
        picture: Image.Image = self._bitmap.to_pil()
        picture.save(out, "JPEG", quality=quality)
        return out.getvalue()


def _without_profiles(document: bytes) -> bytes:
    """Typst says of each colour that it is sRGB; to hear it takes PDFium longer than to draw a third of the card."""

    def plain(found: re.Match[bytes]) -> bytes:
        parts = re.search(rb"\n%s 0 obj\n<<[^>]*?/N (\d)" % found[1], document)
        name = _PLAIN.get(parts[1], b"") if parts else b""
        return name.ljust(len(found[0])) if name else found[0]  # of the same length: a document counts its bytes

    return _PROFILE.sub(plain, document)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
