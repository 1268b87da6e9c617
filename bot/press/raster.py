"""From a document of one page to pixels, by PDFium, and from pixels to a PNG or a JPEG."""

import ctypes
import io
import math
import re
import struct
import zlib
from threading import Lock

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
from PIL import Image

try:
    from isal.isal_zlib import compress
except ModuleNotFoundError:  # it is not built for every machine; the same picture, in eight times the time
    from zlib import compress

_ONE_AT_A_TIME = Lock()
"""PDFium may be used by one thread at a time."""
_PROFILE = re.compile(rb"\[/ICCBased (\d+) 0 R\]")
_PLAIN = {b"3": b"/DeviceRGB", b"1": b"/DeviceGray"}
_DEEP, _TRUECOLOUR, _SAMPLES = 8, 2, 3
_LEVEL = 2


class Raster:
    """A drawn page: one point of the document is one pixel.

    For a PNG its lines lie in memory as a PNG has them, three bytes a pixel after a zero that says that nothing was
    filtered: cards are mostly paper, and filters would cost ten times the time and save nothing. Else it is four
    bytes a pixel, which PDFium fills faster and a JPEG takes as they are.
    """

    def __init__(self, document: bytes, *, lossless: bool = True) -> None:
        """Raises ValueError where the document has not exactly one page."""
        self._first, self._depth = (1, 3) if lossless else (0, 4)
        with _ONE_AT_A_TIME:
            opened = pypdfium2.PdfDocument(_without_profiles(document))
            try:
                if len(opened) != 1:
                    raise ValueError(f"{len(opened)} pages")
                self._draw(opened[0])
            finally:
                opened.close()

    def _draw(self, page: pypdfium2.PdfPage) -> None:
        self.width, self.height = (math.ceil(side) for side in page.get_size())
        self._stride = self._first + self._depth * self.width
        self._lines = bytearray(bytes(self._first) + b"\xff" * (self._depth * self.width)) * self.height
        memory = ctypes.addressof(ctypes.c_ubyte.from_buffer(self._lines)) + self._first
        shape = pdfium.FPDFBitmap_BGR if self._depth == _SAMPLES else pdfium.FPDFBitmap_BGRx
        bitmap = pdfium.FPDFBitmap_CreateEx(self.width, self.height, shape, memory, self._stride)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, self.width, self.height, 0, pdfium.FPDF_REVERSE_BYTE_ORDER)
        pdfium.FPDFBitmap_Destroy(bitmap)

    def png(self) -> bytes:
        """Without loss, of a page that was drawn for it."""
        head = struct.pack(">IIBBBBB", self.width, self.height, _DEEP, _TRUECOLOUR, 0, 0, 0)
        chunks = ((b"IHDR", head), (b"IDAT", compress(self._lines, _LEVEL)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)

    def jpeg(self, quality: int) -> bytes:
        """Smaller where there is a photograph."""
        out = io.BytesIO()
        self._picture().save(out, "JPEG", quality=quality)
        return out.getvalue()

    def _picture(self) -> Image.Image:
        mode = "RGB" if self._depth == _SAMPLES else "RGBX"
        pixels = self._lines[self._first :] if self._first else self._lines
        return Image.frombuffer(mode, (self.width, self.height), pixels, "raw", mode, self._stride, 1)


def _without_profiles(document: bytes) -> bytes:
    """Typst says of each colour that it is sRGB; to hear it takes PDFium longer than to draw a third of the card."""

    def plain(found: re.Match[bytes]) -> bytes:
        parts = re.search(rb"\n%s 0 obj\n<<[^>]*?/N (\d)" % found[1], document)
        name = _PLAIN.get(parts[1], b"") if parts else b""
        return name.ljust(len(found[0])) if name else found[0]  # of the same length: a document counts its bytes

    return _PROFILE.sub(plain, document)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
