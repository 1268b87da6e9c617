"""Colours of a card: what stands on a ground can be read, whatever colour a newsroom has chosen."""

import colorsys
from collections.abc import Iterable
from dataclasses import dataclass

READABLE = 4.5
"""The contrast that people with weaker eyes need for text, as WCAG 2 counts it."""
_STEP = 0.02

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb: ground, words, quiet words, hair lines, the accent and what is legible on it."""

    paper: str
    ink: str
    quiet: str
    rule: str
    accent: str
    on_accent: str


def palette(accent: str, tone: str) -> Palette:
    """The colours for a tone: light, dark, or accent, where the colour itself is the ground.

    The newsroom's or the section's accent is made legible on the ground.
    """
    if tone == "accent":
        paper = readable(accent, "#ffffff")
        return Palette(paper, "#ffffff", readable("#f3e4e1", paper), _mixed(paper, "#ffffff", 0.4), "#ffffff", paper)
    if tone == "dark":
        paper, ink, quiet, rule = "#14171c", "#f5f2ec", "#a9adb5", "#3a3f48"
    else:
        paper, ink, quiet, rule = "#fbfaf7", "#16140f", "#666159", "#d8d3c9"
    shown = readable(accent, paper)
    white, black = "#ffffff", "#14171c"
    on_accent = white if contrast(white, shown) >= contrast(black, shown) else black
    return Palette(paper, ink, quiet, rule, shown, on_accent)


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lights = sorted((_light(_rgb(one)), _light(_rgb(other))))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def readable(colour: str, ground: str, least: float = READABLE) -> str:
    """The colour itself, or darker or lighter in the same hue, just so far that it can be read on the ground."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _rgb(colour)))
    step = -_STEP if _light(_rgb(ground)) > 0.18 else _STEP
    end, shown = float(step > 0), colour
    while contrast(shown, ground) < least and lightness != end:
        lightness = min(1.0, max(0.0, lightness + step))
        shown = _hex(part * 255 for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    return shown


def _mixed(one: str, other: str, share: float) -> str:
    return _hex(a + (b - a) * share for a, b in zip(_rgb(one), _rgb(other), strict=True))


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _light(rgb: Rgb) -> float:
    red, green, blue = (part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
