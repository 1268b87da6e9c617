"""What the commands about sources print for people."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.cli.entry import entry_text
from bot.model.story import Article, BlockKind
from bot.sources.offers import Offer

_SHOWN = 3


def offers(out: Console, found: Sequence[Offer], chosen: Offer | None, name: str | None, zone: ZoneInfo) -> None:
    """Everything that was found, then the headlines of the best, then the entry to be written."""
    for offer in found:
        mark = "[green]✓[/]" if offer.articles else "[red]✗[/]"
        hub = f"; a hub announces its changes: {offer.hub}" if offer.hub else ""
        said = f"{offer.kind} {offer.values['url']}: {offer.problem or offer.why}{hub}"
        out.print(f"{mark} {escape(said)}", soft_wrap=True)
    if chosen is None or name is None:
        out.print("Nothing was found here that could be picked up.")
        return
    out.print(f"\n[bold]{chosen.kind}[/] would pick up, newest first:")
    table = Table(box=None, pad_edge=False)
    for title in ("published", "headline", "paragraphs"):
        table.add_column(title)
    for article in chosen.articles:
        count = len(article.paragraphs)
        table.add_row(_time(article.byline.published, zone), Text(article.headline), str(count))
    out.print(table)
    out.print("\nThe entry for the settings:")
    entry = textwrap.indent(entry_text(name, {"kind": chosen.kind, **chosen.values}), "  ")
    out.print(escape(entry), soft_wrap=True)


def articles(out: Console, read: Sequence[Article], zone: ZoneInfo) -> None:
    """Each story, part by part."""
    if not read:
        out.print("It lists nothing now.")
    for article in read:
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, value in _parts(article, zone):
            table.add_row(Text(name, style="dim"), Text(value))
        out.print(Panel(Group(table), title=escape(article.headline), title_align="left"))


def _parts(article: Article, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    byline, picture = article.byline, article.picture
    body = [block.text or " / ".join(block.items) for block in article.blocks if block.kind is not BlockKind.PICTURE]
    kinds = [block.kind.value for block in article.blocks]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    parts = {
        "subtitle": article.subtitle,
        "lead": article.lead,
        "section": article.section,
        "published": _time(byline.published, zone) if byline.published else None,
        "updated": _time(byline.updated, zone) if byline.updated else None,
        "credit": byline.credit,
        "editor": byline.editor,
        "author": byline.author,
        "tags": ", ".join(article.tags),
        "language": article.language,
        "link": article.link,
        "picture": " · ".join(filter(None, (picture.url, picture.alt, picture.caption))) if picture else None,
        "body": counts,
    }
    yield from ((name, value) for name, value in parts.items() if value)
    yield from (("", text) for text in body[:_SHOWN] if text)
    if len(body) > _SHOWN:
        yield "", "…"


def _time(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else "no time"
