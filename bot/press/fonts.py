"""The cards' fonts: found in the packages that bring them, checked for weights and for missing glyphs."""

import shutil
import sys
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from fontTools.ttLib import TTFont, TTLibError

from bot.errors import PressError

FAMILY = "Noto Sans SC"
_REGULAR, _BOLD = 400, 800
_DROPPED = frozenset("\u200b\u2060\ufeff\ufe0e\ufe0f\xad")
_JOINERS = frozenset("\u200c\u200d")
_GETA = "〓"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A package that brings fonts: the folder of one of them, and the families that the designs name."""

    package: str
    folder: str
    families: tuple[str, ...]
    pattern: str = "*.[to]tf"

    @property
    def path(self) -> Path:
        """Where its files lie; the package's own code is never run. Raises PressError where it is not installed."""
        found = find_spec(self.package)
        if found is None or not found.submodule_search_locations:
            raise PressError(_missing(self.package))
        return Path(found.submodule_search_locations[0]) / self.folder

    @property
    def files(self) -> list[Path]:
        return sorted(self.path.glob(self.pattern))


# In the order in which a character is looked for; the designs' stacks in house.typ keep the same order.
BUNDLES = (
    Bundle("justmytype_intl_cjk", "fonts/ofl/notosanssc", ("Noto Sans SC",)),
    Bundle("pylopdf_fonts_zh_cn", "", ("Noto Serif SC",), "NotoSerifSC-Regular.otf"),
    Bundle("fontpkg_source_serif_4", "files", ("Source Serif 4",)),
    Bundle("manimgx_fonts", "", ("Noto Sans", "Noto Sans Arabic", "Noto Emoji")),
    Bundle("justmytype_intl_cjk", "fonts/ofl/notosanstc", ("Noto Sans TC",)),
    Bundle("justmytype_intl_cjk", "fonts/ofl/notosansjp", ("Noto Sans JP",)),
    Bundle("justmytype_intl_cjk", "fonts/ofl/notosanskr", ("Noto Sans KR",)),
)
SCRIPTS = (Bundle("dynamic_font", "assets/fonts/fallback", ("Noto Sans Tibetan",), "NotoSansTibetan-Regular.ttf"),)
"""Scripts that are drawn where their package is installed, and left out elsewhere."""


class Fonts:
    """All fonts of the cards: the shipped ones, and those in the newsroom's own folder before them."""

    def __init__(
        self, own: Path | None = None, bundles: Sequence[Bundle] = BUNDLES, scripts: Sequence[Bundle] = SCRIPTS
    ) -> None:
        """Raises PressError where a family or a weight is missing: at start-up, not on the picture."""
        self._own = own if own and own.is_dir() else None
        self._bundles = tuple(bundles)
        self._scripts = tuple(bundle for bundle in scripts if find_spec(bundle.package) is not None and bundle.files)
        for bundle in self._bundles:
            known = {_family(path) for path in bundle.files}
            for family in bundle.families:
                if family not in known:
                    raise PressError(f"the font {family} is missing: {_missing(bundle.package)}")
        own_files = sorted(self._own.iterdir()) if self._own else []
        shipped = [path for bundle in (*self._bundles, *self._scripts) for path in bundle.files]
        self._files = [path for path in [*own_files, *shipped] if path.suffix.lower() in (".ttf", ".otf")]
        lightest, boldest = weights()
        if lightest > _REGULAR or boldest < _BOLD:
            raise PressError(
                f"{FAMILY} has the weights {lightest} to {boldest} only: {_missing('justmytype_intl_cjk')}"
            )

    @cached_property
    def list(self) -> Any:
        """All of them, as Typst takes them: scanning the folders for each card would double its time."""
        folders = [*([self._own] if self._own else []), *(bundle.path for bundle in self._bundles)]
        typst = import_module("typst")  # 9 MB that a daemon without news need not have
        folders += [self._apart()] if self._scripts else []
        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(one) for one in folders]
        )

    def _apart(self) -> Path:
        """A folder of the scripts' files alone: beside them lie families that we have already, in other versions."""
        folder = Path(mkdtemp(prefix="crier-fonts-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        for path in (path for bundle in self._scripts for path in bundle.files):
            (folder / path.name).symlink_to(path)
        return folder

    @property
    def script_families(self) -> tuple[str, ...]:
        """Families of scripts that need not be installed: they come last on every card."""
        return tuple(family for bundle in self._scripts for family in bundle.families)

    @property
    def own_families(self) -> tuple[str, ...]:
        """Families of the newsroom's own folder, which come first on every card."""
        if self._own is None:
            return ()
        found = (font.family for font in self.list.fonts() if Path(font.path or "").is_relative_to(self._own))
        return tuple(dict.fromkeys(found))

    def drawable(self, text: str) -> tuple[str, str]:
        """The text as the fonts can draw it, and the characters that none of them has.

        Typst would draw an empty box and say nothing. A rare Chinese character becomes 〓, the printers' sign for a
        missing type; anything else (a private sign, a script we have no font for) is left out.
        """
        kept: list[str] = []
        missing: list[str] = []
        for character in " ".join(text.split()):
            if character in _DROPPED:
                continue
            if character in _JOINERS or character == " " or self._has(character):
                kept.append(character)
            else:
                missing.append(character)
                kept.append(_GETA if _is_han(character) else "")
        return " ".join("".join(kept).split()), "".join(dict.fromkeys(missing))

    def _has(self, character: str) -> bool:
        """Opened one after the other: most texts need only the first."""
        byte, bit = divmod(ord(character), 8)
        return any(_characters(path)[byte] >> bit & 1 for path in self._files)


def weights() -> tuple[int, int]:
    """The lightest and the boldest weight of the family that most words are set in."""
    [path] = BUNDLES[0].path.glob("*.ttf")
    with TTFont(path, lazy=True) as font:
        [axis] = [axis for axis in font["fvar"].axes if axis.axisTag == "wght"]
        return int(axis.minValue), int(axis.maxValue)


def _family(path: Path) -> str:
    try:
        with TTFont(path, lazy=True) as font:
            return str(font["name"].getBestFamilyName())
    except (TTLibError, OSError) as err:
        raise PressError(f"the font {path.name} cannot be read: {err}") from err


@cache
def _characters(path: Path) -> bytes:
    """One bit a character: a set of thirty thousand numbers would take a hundred times the memory."""
    bits = bytearray(sys.maxunicode // 8 + 1)
    try:
        with TTFont(path, lazy=True) as font:
            for character in font.getBestCmap():
                bits[character // 8] |= 1 << character % 8
    except (TTLibError, OSError) as err:
        raise PressError(f"the font {path.name} cannot be read: {err}") from err
    return bytes(bits)


def _missing(package: str) -> str:
    return f"{package.replace('_', '-')} is not installed as it should be; install requirements/start.txt again"


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U000323af"
