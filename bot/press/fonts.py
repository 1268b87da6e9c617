"""The card's fonts: found in the package that brings them, checked for weights and for missing glyphs."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from bot.errors import PressError

FAMILY = "Noto Sans SC"
_FILE = "NotoSansSC[wght].ttf"
_INVISIBLE = frozenset("\n\u200b\u200c\u200d\ufeff\ufe0e\ufe0f")
_GETA = "〓"


@cache
def fonts() -> typst.Fonts:
    """One list for all cards: scanning the folder again would double the time of a card. Raises PressError."""
    folder = Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl" / "notosanssc"
    if not (folder / _FILE).is_file():
        raise PressError(f"the font {_FILE} is missing: install the packages of requirements/start.txt again")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


@cache
def _drawable() -> frozenset[int]:
    folder = Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl" / "notosanssc"
    with TTFont(folder / _FILE, lazy=True) as font:
        return frozenset(font.getBestCmap())


def weights() -> tuple[int, int]:
    """The lightest and the boldest weight that the font can draw."""
    folder = Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl" / "notosanssc"
    with TTFont(folder / _FILE, lazy=True) as font:
        [axis] = [axis for axis in font["fvar"].axes if axis.axisTag == "wght"]
        return int(axis.minValue), int(axis.maxValue)


def drawable(text: str) -> tuple[str, str]:
    """The text as the font can draw it, and the characters it cannot.

    Typst would draw an empty box and say nothing. A rare Chinese character becomes 〓, the printers' sign for a missing
    type; anything else (an emoji, a private sign) is left out.
    """
    kept, missing = [], []
    for character in text:
        if ord(character) in _drawable() and character not in _INVISIBLE:
            kept.append(character)
        elif character not in _INVISIBLE:
            missing.append(character)
            kept.append(_GETA if _is_han(character) else "")
    return " ".join("".join(kept).split()), "".join(missing)


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U000323af"
