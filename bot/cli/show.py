"""What the commands print for people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.cli.reading import Dossier
from bot.model.channel import Finding
from bot.model.delivery import Delivery, State
from bot.model.ledger import Fate, Withdrawn
from bot.model.token import Connected
from bot.rules.difference import Mark, Piece
from bot.work.pickup import Tally

_HINT = 40
COLOURS = {
    State.PLANNED: "cyan",
    State.HELD: "yellow",
    State.SENDING: "blue",
    State.SENT: "green",
    State.UNCERTAIN: "magenta",
    State.FAILED: "red",
    State.CANCELLED: "bright_black",
}


def findings(out: Console, found: Sequence[Finding]) -> None:
    """One line a finding."""
    for finding in found:
        mark = "[green]✓[/]" if finding.ok else "[bold red]✗[/]"
        out.print(f"{mark} {escape(finding.subject)}: {escape(finding.detail)}", soft_wrap=True)


def connected(out: Console, accounts: Sequence[Connected], zone: ZoneInfo) -> None:
    """Whose tokens are kept, until when, and when each was got or renewed."""
    if not accounts:
        out.print("No account is connected.")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("kind", "account", "until", "refreshed", "tokens"):
        table.add_column(title)
    for one in accounts:
        kind, _, name = one.account.partition(":")
        until, refreshed = (
            f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "no end" for at in (one.until, one.refreshed_at)
        )
        table.add_row(kind, Text(name), until, refreshed, str(one.version))
    out.print(table)


def queue(out: Console, rows: Sequence[Delivery], zone: ZoneInfo) -> None:
    """What goes out next."""
    if not rows:
        out.print("Nothing waits to go out.")
        return
    table = Table(box=None, pad_edge=False)
    for title in ("due", "story", "headline", "channel", "act", "state"):
        table.add_column(title)
    for row in rows:
        table.add_row(
            _time(row.due_at, zone),
            f"#{row.story}",
            Text(row.edition.headline),
            row.channel,
            row.act,
            _state(row),
        )
    out.print(table)


def story(out: Console, told: Dossier, zone: ZoneInfo) -> None:
    """A story, its deliveries, and why."""
    article, byline = told.story.article, told.story.article.byline
    parts = {
        "section": article.section,
        "published": _time(byline.published, zone) if byline.published else None,
        "credit": byline.credit,
        "editor": byline.editor,
        "author": byline.author,
        "link": article.link,
        "tags": ", ".join(article.tags),
        "headings": " · ".join(article.headings),
        "related": " · ".join(related.headline for related in article.related),
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in parts.items():
        if value:
            table.add_row(Text(name, style="dim"), Text(value))
    title = f"#{told.story.id} {escape(article.headline)} [dim](revision {told.story.revision})[/]"
    out.print(Panel(table, title=title, title_align="left"))
    for row in told.deliveries:
        out.print(Text.assemble(f"{row.channel} {row.act} r{row.revision}  ", _state(row), f"  {_where(row)}"))
        for attempt in told.attempts.get(row.id, ()):
            ended = attempt.outcome or "under way"
            out.print(f"  {attempt.number}. {_time(attempt.started_at, zone)} {ended} {escape(attempt.detail)}")
    for revision, found in told.revised.items():
        out.print(f"[bold]Revision {revision} changed[/]")
        for change in found.changes:
            out.print(Text.assemble(f"  {change.part}: ", *map(_piece, change.pieces)), soft_wrap=True)
    out.print("[bold]Why[/]")
    for decision in told.history:
        where = f" {decision.channel}" if decision.channel else ""
        out.print(
            f"  {_time(decision.at, zone)} {decision.who}: {decision.verb}{where}, {escape(decision.why)}",
            soft_wrap=True,
        )


def withdrawn(out: Console, told: Sequence[Withdrawn]) -> None:
    """What a withdrawal does on each channel."""
    words = {
        Fate.CANCELLED: "[green]not out yet: cancelled[/]",
        Fate.DELETING: "[cyan]deletion planned[/]",
        Fate.STAYS: "[bold red]stays out[/]: this platform takes nothing back; do it by hand",
    }
    for one in told:
        out.print(f"{one.channel}: {words[one.fate]} {escape(one.permalink or '')}", soft_wrap=True)
    if not told:
        out.print("Nothing of it was planned or is out; nothing will be.")


def tallies(out: Console, looked: Mapping[str, Tally]) -> None:
    """What each source brought."""
    for name, tally in looked.items():
        out.print(f"{name}: {tally.new} new, {tally.revised} revised, {tally.known} known")
        for problem in tally.problems:
            out.print(f"  [red]✗[/] {escape(problem)}", soft_wrap=True)


def _piece(piece: Piece) -> Text:
    """What stayed is only hinted at."""
    if piece.mark is Mark.KEPT:
        words = piece.text if len(piece.text) <= _HINT else f"{piece.text[: _HINT // 2]} … {piece.text[-_HINT // 2 :]}"
        return Text(words, style="dim")
    return Text(piece.text, style="strike red" if piece.mark is Mark.REMOVED else "bold green")


def _state(row: Delivery) -> Text:
    return Text(row.state + (f" ({row.reason})" if row.reason else ""), style=COLOURS[row.state])


def _where(row: Delivery) -> str:
    return (row.receipt.permalink or row.receipt.platform_id) if row.receipt else ""


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%m-%d %H:%M:%S")
