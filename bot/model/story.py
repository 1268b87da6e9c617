"""A story: an article as its newsroom published it, part by part, with a revision."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model.order import Orders


class BlockKind(StrEnum):
    """What a piece of the body is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"
    LIST = "list"
    TABLE = "table"
    PICTURE = "picture"
    MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its address, with the words that belong to it."""

    url: str
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the body, in reading order.

    `text` is plain text without markup. A list has `items`, a table `rows`; a picture has `picture`;
    media (video, audio) has `link`; a heading has `level` 2 to 6.
    """

    kind: BlockKind
    text: str = ""
    level: int = 0
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picture: Picture | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Byline:
    """Who answers for the article, and when it appeared; times are aware, UTC.

    `credit` is the source credit (来源), `editor` the responsible editor (责任编辑). A part that the page
    does not show is None: nothing here is ever guessed.
    """

    published: datetime | None = None
    updated: datetime | None = None
    credit: str | None = None
    editor: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another story that the page points to, with the teaser it gives."""

    headline: str
    teaser: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What a source read: every part named, nothing of the site's furniture."""

    headline: str
    blocks: tuple[Block, ...]
    language: str
    """ISO 639-1, such as "zh" or "en"; "und" where the text gives no way to tell."""
    subtitle: str | None = None
    section: str | None = None
    lead: str | None = None
    byline: Byline = field(default_factory=Byline)
    tags: tuple[str, ...] = ()
    link: str | None = None
    """The canonical address, if it has one: a file dropped into the inbox may have none."""
    guid: str | None = None
    picture: Picture | None = None
    related: tuple[Related, ...] = ()

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The running text: paragraphs, quotations and list entries, in order."""
        return tuple(self._running_text())

    def _running_text(self) -> Iterator[str]:
        for block in self.blocks:
            if block.kind in (BlockKind.PARAGRAPH, BlockKind.QUOTE):
                yield block.text
            elif block.kind is BlockKind.LIST:
                yield from block.items

    @property
    def headings(self) -> tuple[str, ...]:
        """The section headings of a long piece."""
        return tuple(block.text for block in self.blocks if block.kind is BlockKind.HEADING)


@dataclass(frozen=True, slots=True)
class Story:
    """An article the ledger knows, at one revision."""

    id: int
    source: str
    revision: int
    article: Article
    first_seen: datetime
    revised_at: datetime
    cluster: int = 0
    """The first story of its cluster: its own number where it is no reprint."""
    held: str | None = None
    """Why it waits for an editor, whatever the routes say."""
    released: bool = False
    """An editor let the whole story go, however old it is."""
    orders: Orders = field(default_factory=Orders)
    """What editors ordered of it."""
