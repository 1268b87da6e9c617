"""What `preview` prints for people: the channels side by side, or what other templates would change."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.cli.previewing import Comparison, Preview
from bot.model.edition import Words

_NARROWEST = 56
"""Columns of the terminal that a channel needs."""
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def previews(out: Console, shown: Sequence[Preview]) -> None:
    """Each story's channels beside one another, as many as the terminal has room for."""
    beside = max(1, out.width // _NARROWEST)
    for headline, found in groupby(shown, lambda one: one.headline):
        out.rule(Text(headline, style="bold"), align="left")
        ones = list(found)
        for start in range(0, len(ones), beside):
            row = ones[start : start + beside]
            table = Table.grid(expand=True, padding=(0, 1, 0, 0))
            for _ in row:
                table.add_column(ratio=1, overflow="fold")
            table.add_row(*map(_panel, row))
            out.print(table)


def comparisons(out: Console, compared: Sequence[Comparison]) -> None:
    """What changes, line by line, and how much does not."""
    for one in compared:
        if not one.problem and not one.difference:
            continue
        size = f"{_size(one.count)} → {_size(one.then)}"
        out.print(Text(f"#{one.story} {one.headline} · {one.channel} · {size}", style="bold"), soft_wrap=True)
        if one.problem:
            out.print(f"[bold red]✗[/] {escape(one.problem)}", soft_wrap=True)
        for line in one.difference[2:]:
            out.print(Text(line, style=_STYLES.get(line[:1], "")), soft_wrap=True)
        out.print()
    failed = sum(bool(one.problem) for one in compared)
    changed = sum(bool(one.difference) for one in compared)
    out.print(f"{len(compared)} editions: {changed} change, {failed} fail, {len(compared) - changed - failed} stay")


def _size(count: int | None) -> str:
    return "none" if count is None else str(count)


def _panel(one: Preview) -> Panel:
    title = escape(one.channel)
    if one.problem:
        return Panel(Text(one.problem, style="red"), title=title, title_align="left", border_style="red")
    if one.edition is None:
        return Panel(f"[dim]not here: {escape(one.why)}[/]", title=title, title_align="left")
    edition = one.edition
    limit = f" of {edition.limit}" if edition.limit else ""
    words = " · a model's words" if edition.words is Words.MODEL else ""
    foot = [Text(f"{edition.count}{limit} {edition.unit} · {one.why}{words}", style="dim")]
    foot += [Text(note, style="dim") for note in edition.notes]
    if one.card:
        foot.append(Text(f"card: {one.card}", style="dim"))
    posts = [part for text in (edition.text, *edition.more) for part in (Text(text, overflow="fold"), Text(""))]
    return Panel(Group(*posts, *foot), title=title, title_align="left")
