"""Colours of a card: what stands on a ground can be read, whatever colour a newsroom has chosen."""

from dataclasses import dataclass

READABLE = 4.5
"""The contrast that people with weaker eyes need for text, as WCAG 2 counts it."""
_STEP = 0.06

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
    """The colours for a tone, light or dark, with the newsroom's or the section's accent made legible on it."""
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
    """The colour itself, or moved towards black or white just as far as it can be read on the ground."""
    target = (0, 0, 0) if _light(_rgb(ground)) > 0.18 else (255, 255, 255)
    share, shown = 0.0, colour
    while contrast(shown, ground) < least and share < 1:
        share = min(1.0, share + _STEP)
        mixed = (round(a + (b - a) * share) for a, b in zip(_rgb(colour), target, strict=True))
        shown = "#{:02x}{:02x}{:02x}".format(*mixed)
    return shown


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _light(rgb: Rgb) -> float:
    red, green, blue = (part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
