"""The drawing table: a design and its data through Typst, the one door to it, to a document and to pixels."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import segno

from bot.errors import PressError
from bot.press.fonts import Fonts

if TYPE_CHECKING:
    from bot.press.raster import Raster

_HOUSE = "house.typ"
_PACKAGE = re.compile(rb'(?:import|include)\s*"@')
_MASK = 0
"""A code reads as well under any of its eight masks; to find the handsomest would take four times the time."""


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


def drawn(sheet: Sheet, data: Mapping[str, object], fonts: Fonts) -> "Raster":
    """The card as pixels: by way of a PDF, because PDFium draws letters twice as fast as Typst. Raises PressError."""
    document = pdf(sheet, data, fonts)
    room = import_module("bot.press.raster")  # 6 MB, as Typst's 9, wait for the first card
    try:
        raster: Raster = room.Raster(document)
    except ValueError as err:
        raise PressError(f"the card does not fit on one page: {err}", template=sheet.name) from err
    return raster


def pdf(sheet: Sheet, data: Mapping[str, object], fonts: Fonts) -> bytes:
    """The card as a document, where every word is still a word. Raises PressError.

    Any warning of Typst's is an error: it means a missing font or a broken design.
    A folder of its own for each card: a design can open what is meant for it and nothing else on this machine.
    """
    typst = import_module("typst")
    with TemporaryDirectory(prefix="crier-card-") as folder:
        for file, content in sheet.files.items():
            Path(folder, file).write_bytes(content)
        try:
            document, warnings = typst.compile_with_warnings(
                str(Path(folder, sheet.name)),
                root=folder,
                font_paths=fonts.list,
                format="pdf",
                pdf_tags=False,
                sys_inputs={"card": json.dumps(data, ensure_ascii=False)},
            )
        except (typst.TypstError, RuntimeError) as err:
            raise PressError(str(err).splitlines()[0], template=sheet.name) from err
    if warnings:
        raise PressError(str(warnings[0]), template=sheet.name)
    return bytes(document)


@lru_cache(maxsize=64)
def qr(link: str) -> str:
    """The link as an SVG, dark on nothing."""
    code = segno.make(link, error="m", micro=False, mask=_MASK).svg_inline(border=0, dark="#14171c", omitsize=True)
    return code.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
