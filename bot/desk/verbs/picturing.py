"""The verb that chooses the card's picture: one that is sent, one of the article's, or none."""

import asyncio
from dataclasses import replace

from bot.desk.answers.writing import NoPicture, NotWritten, Pictured, WhichPicture
from bot.desk.enclosures import enclosed
from bot.desk.proofs import previewed
from bot.desk.subject import Named, Told, story_in
from bot.desk.verb import Answers, Asked, Room, Spec
from bot.errors import DeliveryError, OrderError, PressError
from bot.model.desk import Dialogue
from bot.model.order import CARD_ONLY
from bot.model.story import Article

_NONE = ("none", "card", "no", "无图", "不要图", "只用卡片")
_THEIRS = ("theirs", "reader", "来稿图", "投稿图")
_OWN = ("own", "article", "原图", "恢复")


async def picture(room: Room, asked: Asked) -> Answers:
    """/picture STORY [1 | 2 | none | own], or with a picture."""
    named = await story_in(room, asked, "picture")
    if isinstance(named, Told):
        return named.answer
    return await _chosen(room, asked, named)


async def heard(room: Room, asked: Asked, dialogue: Dialogue) -> Answers:
    """A picture, or which of the article's."""
    named = await story_in(room, replace(asked, rest=f"{dialogue.data} {asked.rest}"), "picture")
    if isinstance(named, Told):
        return named.answer
    return await _chosen(room, asked, named)


async def _chosen(room: Room, asked: Asked, named: Named) -> Answers:
    story, who, word = named.story, asked.person.name, named.rest.strip().casefold()
    try:
        own = await room.ordering.pictures(story.id)
        if asked.picture is not None:
            data = await brought(room, asked)
            if isinstance(data, NoPicture):
                return await _asks(room, asked, named, data)
            await room.ordering.picture(story.id, data, who)
            chosen = "sent"
        elif word in _THEIRS and (file := enclosed(room, story)) is not None:
            await room.ordering.picture(story.id, await asyncio.to_thread(file.read_bytes), who)
            chosen = "theirs"
        elif word in _NONE:
            await room.ledger.orders.picture(story.id, CARD_ONLY, who, asked.now)
            chosen = "none"
        elif word in _OWN:
            await room.ledger.orders.picture(story.id, None, who, asked.now)
            chosen = "own"
        elif word.isdecimal() and 1 <= int(word) <= len(own):
            await room.ledger.orders.picture(story.id, own[int(word) - 1], who, asked.now)
            chosen = str(int(word))
        else:
            which = WhichPicture(
                story.id,
                story.article.headline,
                _captioned(story.article, own),
                _now(named, own),
                theirs=enclosed(room, story) is not None,
            )
            return await _asks(room, asked, named, which)
    except PressError as err:
        return await _asks(room, asked, named, NoPicture(story.id, err.why))
    except OrderError as err:
        return NotWritten(story.id, story.article.headline, str(err))
    return Pictured(story.id, story.article.headline, chosen), await previewed(room, story, carded=True)


async def brought(room: Room, asked: Asked) -> bytes | NoPicture:
    """The picture that came with the message."""
    if room.fetch is None or asked.picture is None:
        return NoPicture(None, "no picture came")
    try:
        return await room.fetch(asked.picture)
    except DeliveryError as err:
        return NoPicture(None, err.why)


async def _asks(room: Room, asked: Asked, named: Named, question: WhichPicture | NoPicture) -> Answers:
    await room.ledger.dialogues.open(asked.waits("picture", "picture", str(named.story.id)))
    return question


def _captioned(article: Article, urls: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pictures = [one for one in (article.picture, *(block.picture for block in article.blocks)) if one is not None]
    said = {one.url: one.caption or one.alt for one in reversed(pictures)}
    return tuple((url, said.get(url, "")) for url in urls)


def _now(named: Named, own: tuple[str, ...]) -> str:
    chosen = named.story.orders.picture
    if chosen is None:
        return "own"
    return "none" if chosen == CARD_ONLY else str(own.index(chosen) + 1) if chosen in own else "sent"


VERBS = (Spec("picture", picture, hears=heard, slow=True),)
