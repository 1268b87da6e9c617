"""The drawing table: a design and its data through Typst, the one door to it, as PNG or JPEG."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Literal

import pypdfium2  # type: ignore[import-untyped]
import segno
import typst

from bot.errors import PressError
from bot.press.fonts import Fonts

_HOUSE = "house.typ"
_PACKAGE = re.compile(rb'(?:import|include)\s*"@')
_PDFIUM = Lock()
"""PDFium may be used by one thread at a time."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A design with the files that it can open, as they are now."""

    name: str
    files: Mapping[str, bytes] = field(repr=False)

    def with_file(self, name: str, content: bytes) -> "Sheet":
        """With one more file that the design can open by this name."""
        return replace(self, files={**self.files, name: content})


class Designs:
    """The shipped designs, and the newsroom's own before them."""

    def __init__(self, shipped: Path, own: Path | None) -> None:
        self._shipped, self._own = shipped / "cards", own / "cards" if own else None

    @property
    def own(self) -> tuple[str, ...]:
        """The designs in the newsroom's folder."""
        found = self._own.glob("*.typ") if self._own else ()
        return tuple(sorted(path.stem for path in found if path.name != _HOUSE))

    def sheet(self, design: str, logo: str = "") -> Sheet:
        """Read anew each time, so that a designer sees a change at once. Raises PressError."""
        name = f"{design}.typ"
        wanted = {path.name: path for path in (self._shipped / name, self._shipped / _HOUSE) if path.is_file()}
        if self._own is not None and self._own.is_dir():
            wanted |= {path.name: path for path in sorted(self._own.iterdir()) if path.is_file()}
        for file in (name, logo or _HOUSE):
            if file not in wanted:
                raise PressError("there is no such file among the card designs", template=file)
        files = {file: path.read_bytes() for file, path in wanted.items()}
        for file, content in files.items():
            if file.endswith(".typ") and _PACKAGE.search(content):
                raise PressError("a package would come from the network: copy what you need", template=file)
        return Sheet(name, files)


def png(sheet: Sheet, data: Mapping[str, object], fonts: Fonts) -> bytes:
    """Draw; the fastest for a card without a picture. Raises PressError."""
    return _compiled(sheet, data, fonts, "png")


def pdf(sheet: Sheet, data: Mapping[str, object], fonts: Fonts) -> bytes:
    """The same as a document, where every word is still a word. Raises PressError."""
    return _compiled(sheet, data, fonts, "pdf")


def jpeg(sheet: Sheet, data: Mapping[str, object], fonts: Fonts, quality: int = 88) -> bytes:
    """Draw by way of a PDF: three times as fast as a PNG where there is a picture. Raises PressError."""
    drawn = pdf(sheet, data, fonts)
    with _PDFIUM:
        document = pypdfium2.PdfDocument(drawn)
        try:
            if len(document) != 1:
                raise PressError("the card does not fit on one page", template=sheet.name)
            picture = document[0].render(scale=1, rev_byteorder=True).to_pil()
        finally:
            document.close()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _compiled(sheet: Sheet, data: Mapping[str, object], fonts: Fonts, form: Literal["png", "pdf"]) -> bytes:
    """Any warning of Typst's is an error: it means a missing font or a broken design.

    A folder of its own for each card: a design can open what is meant for it and nothing else on this machine.
    """
    with TemporaryDirectory(prefix="crier-card-") as folder:
        for file, content in sheet.files.items():
            Path(folder, file).write_bytes(content)
        try:
            drawn, warnings = typst.compile_with_warnings(
                str(Path(folder, sheet.name)),
                root=folder,
                font_paths=fonts.list,
                format=form,
                ppi=72,
                pdf_tags=False,
                sys_inputs={"card": json.dumps(data, ensure_ascii=False)},
            )
        except (typst.TypstError, RuntimeError) as err:
            raise PressError(str(err).splitlines()[0], template=sheet.name) from err
    if warnings:
        raise PressError(str(warnings[0]), template=sheet.name)
    if not isinstance(drawn, bytes):
        raise PressError("the card does not fit on one page", template=sheet.name)
    return drawn


@lru_cache(maxsize=64)
def qr(link: str) -> str:
    """The link as an SVG, dark on nothing."""
    code = segno.make(link, error="m", micro=False).svg_inline(border=0, dark="#14171c", omitsize=True)
    return code.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
