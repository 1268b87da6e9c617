"""Long replies in messages that Telegram takes: cut at line ends, never inside markup."""

import html
import re

from bot.model.edition import Markup, Unit
from bot.rules.counting import clusters, count, visible

LIMIT = 4096
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)[^<>]*>", re.IGNORECASE)


def split(text: str, limit: int = LIMIT) -> tuple[str, ...]:
    """Messages of at most `limit` UTF-16 units each, with markup that opens and closes within."""
    messages: list[str] = []
    held = ""
    for piece in _pieces(text, limit):
        longer = f"{held}\n{piece}" if held else piece
        if _size(longer) <= limit:
            held = longer
            continue
        messages.append(held)
        held = piece
    return tuple(shown for message in [*messages, held] if (shown := message.strip("\n")))


def _pieces(text: str, limit: int) -> list[str]:
    """Lines, or as many of them as one mark-up spans; what is too long even so loses its markup and is cut."""
    pieces: list[str] = []
    open_lines: list[str] = []
    for line in text.split("\n"):
        open_lines.append(line)
        piece = "\n".join(open_lines)
        if _balanced(piece):
            pieces += [piece] if _size(piece) <= limit else _cut(piece, limit)
            open_lines = []
    return pieces + (_cut("\n".join(open_lines), limit) if open_lines else [])


def _balanced(piece: str) -> bool:
    depth = sum(-1 if closing else 1 for closing, _ in _TAG.findall(piece))
    return depth == 0


def _cut(piece: str, limit: int) -> list[str]:
    cuts: list[str] = []
    held: list[str] = []
    size = 0
    for cluster in clusters(visible(piece, Markup.HTML)):
        units = count(cluster, Unit.UTF16)
        if size + units > limit:
            cuts.append("".join(held))
            held, size = [], 0
        held.append(cluster)
        size += units
    return [html.escape(part, quote=False) for part in [*cuts, "".join(held)]]


def _size(text: str) -> int:
    return count(visible(text, Markup.HTML), Unit.UTF16)
