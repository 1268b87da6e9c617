"""The article's own pictures, for a platform that takes several: light enough, named by content, beside the cards."""

import asyncio
import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from bot.errors import PressError
from bot.model.channel import Gallery
from bot.model.edition import Card
from bot.model.story import Article, BlockKind, Picture
from bot.press.pictures import Pictures, lighter


async def gallery(article: Article, wanted: Gallery, pictures: Pictures, folder: Path) -> tuple[list[Card], list[str]]:
    """As many as go, in the article's order, and what an editor should know of the others."""
    found: dict[str, Card] = {}
    notes = []
    shown = shown_in(article)
    for number, one in enumerate(shown, start=1):
        if len(found) == wanted.most:
            notes.append(f"{wanted.most} of {len(shown)} pictures: more do not go")
            break
        try:
            path = await pictures.picture(one.url)
            card = await asyncio.to_thread(_kept, path, one, wanted, folder)
        except PressError as err:
            notes.append(f"picture {number} is left out: {err.why}")
        else:
            found.setdefault(card.file, card)
    return list(found.values()), notes


def shown_in(article: Article) -> tuple[Picture, ...]:
    """Every picture once: the lead, then those of the body."""
    lead = [article.picture] if article.picture else []
    body = [block.picture for block in article.blocks if block.kind is BlockKind.PICTURE and block.picture]
    words = {one.url: one for one in reversed([*lead, *body]) if one.alt or one.caption}
    return tuple(words.get(url, Picture(url)) for url in dict.fromkeys(one.url for one in (*lead, *body)))


def _kept(path: Path, one: Picture, wanted: Gallery, folder: Path) -> Card:
    jpeg, width, height = lighter(path.read_bytes(), wanted.most_bytes)
    name = f"{hashlib.sha256(jpeg).hexdigest()[:32]}.jpg"
    target = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    if target.is_file():
        os.utime(target)  # an old file that is needed anew is not let go
    else:
        with NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            part.write(jpeg)
        os.chmod(part.name, 0o644)  # noqa: PTH101 - a temporary file is private, what is published is not
        os.replace(part.name, target)  # noqa: PTH105 - the name is a str here
    return Card(name, "image/jpeg", width, height, len(jpeg), (one.alt or one.caption)[: wanted.alt], one.url)
