"""The drawing table: a design and its data through Typst, the one door to it, to a document and to pixels."""

import json
import shutil
import weakref
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import TYPE_CHECKING

from bot.errors import PressError
from bot.press.drawing import PHOTO, Sheet
from bot.press.fonts import Fonts
from bot.press.heap import kept_small

if TYPE_CHECKING:
    from bot.press.raster import Raster

_CARD = "card.json"
_READY = 8
"""As many as there are shipped designs, and one."""


class Table:
    """Easels that stand ready, so that a design is read once and a card costs its own words alone."""

    def __init__(self, fonts: Fonts) -> None:
        kept_small()
        self._fonts = fonts
        self._ready: list[_Easel] = []
        self._one_at_a_time = Lock()

    def drawn(self, sheet: Sheet, data: Mapping[str, object], *, lossless: bool = True) -> "Raster":
        """The card as pixels: by way of a PDF, because PDFium draws letters twice as fast as Typst.

        `lossless` says that a PNG is asked for first. Raises PressError.
        """
        document = self.pdf(sheet, data)
        room = import_module("bot.press.raster")  # 6 MB, as Typst's 9, wait for the first card
        try:
            raster: Raster = room.Raster(document, lossless=lossless)
        except ValueError as err:
            raise PressError(f"the card does not fit on one page: {err}", template=sheet.name) from err
        return raster

    def pdf(self, sheet: Sheet, data: Mapping[str, object]) -> bytes:
        """The card as a document, where every word is still a word. Raises PressError."""
        easel = self._taken(sheet) or _Easel(sheet, self._fonts)
        document = easel.pdf(data, sheet.photo)
        with self._one_at_a_time:
            self._ready = [*self._ready, easel][-_READY:]
        return document

    def _taken(self, sheet: Sheet) -> "_Easel | None":
        """One with this very design, which nobody else draws on meanwhile."""
        with self._one_at_a_time:
            for easel in reversed(self._ready):
                if easel.holds(sheet):
                    self._ready.remove(easel)
                    return easel
        return None


class _Easel:
    """A design in a folder of its own: it can open what is meant for it and nothing else on this machine."""

    def __init__(self, sheet: Sheet, fonts: Fonts) -> None:
        self._typst = import_module("typst")
        self._name, self._files = sheet.name, sheet.files
        folder = mkdtemp(prefix="crier-card-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._folder = Path(folder)
        for file, content in sheet.files.items():
            (self._folder / file).write_bytes(content)
        self._compiler = self._typst.Compiler(str(self._folder / sheet.name), root=folder, font_paths=fonts.list)

    def holds(self, sheet: Sheet) -> bool:
        return (self._name, self._files) == (sheet.name, sheet.files)

    def pdf(self, data: Mapping[str, object], photo: bytes | None) -> bytes:
        """Any warning of Typst's is an error: it means a missing font or a broken design. Raises PressError.

        The words come as a file: given as an input they would make Typst set up its whole library for each card.
        """
        self._put(_CARD, json.dumps(data, ensure_ascii=False).encode())
        self._put(PHOTO, photo)
        try:
            document, warnings = self._compiler.compile_with_warnings(format="pdf", pdf_tags=False)
        except (self._typst.TypstError, RuntimeError) as err:
            raise PressError(str(err).splitlines()[0], template=self._name) from err
        if warnings:
            raise PressError(str(warnings[0]), template=self._name)
        return bytes(document)

    def _put(self, name: str, content: bytes | None) -> None:
        path = self._folder / name
        path.unlink(missing_ok=True)  # to write over a file is slow: some file systems save it at once
        if content is not None:
            path.write_bytes(content)
