"""A piece of HTML that is all article, such as a feed's entry: its blocks in reading order."""

from bot.model.story import Block
from bot.sources.reading.blocks import blocks
from bot.sources.reading.tree import parse, pieces, undress


def blocks_of(name: str, markup: str, base: str | None) -> tuple[Block, ...]:
    """Nothing of it is left out but what nobody sees; addresses are resolved against `base`.

    Raises SourceUnreadable where it is no markup at all.
    """
    if not markup.strip():
        return ()
    root = parse(name, f"<div>{markup}</div>")
    undress(root)
    page = pieces(root)
    return blocks(page, range(len(page.pieces)), base)
