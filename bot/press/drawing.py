"""The designs of cards: files of the house and of the newsroom, and the code that leads to an article."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import segno

from bot.errors import PressError

PHOTO = "photo.jpg"
_HOUSE = "house.typ"
_PACKAGE = re.compile(rb'(?:import|include)\s*"@')
_DARK = re.compile(rb"\x01+")
_MASK = 0
"""A code reads as well under any of its eight masks; to find the handsomest would take four times the time."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A design with the files that it can open, as they are now."""

    name: str
    files: Mapping[str, bytes] = field(repr=False)
    photo: bytes | None = field(default=None, repr=False)
    """What it can open as PHOTO."""

    def with_photo(self, jpeg: bytes) -> "Sheet":
        """With the picture of one card."""
        return replace(self, photo=jpeg)


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


@lru_cache(maxsize=64)
def qr(link: str) -> str:
    """The link as an SVG, dark on nothing."""
    rows = segno.make(link, error="m", micro=False, mask=_MASK).matrix
    lines = (f"M{run.start()} {y}.5h{len(run[0])}" for y, row in enumerate(rows) for run in _DARK.finditer(row))
    path = f'<path stroke="#14171c" d="{"".join(lines)}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows)} {len(rows)}">{path}</svg>'
