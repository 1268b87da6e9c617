"""The verbs that only look: what goes out next, and how one story stands."""

import unicodedata
from collections.abc import Sequence

from bot.desk import carrying, command, dossier
from bot.desk.answer import Answer
from bot.desk.answers.looking import (
    Choice,
    Choices,
    Coming,
    Declined,
    NoSuchSpan,
    NoSuchStory,
    NothingFound,
    Queue,
    Shown,
    Waiting,
)
from bot.desk.answers.talk import Usage
from bot.desk.standing import telling
from bot.desk.verb import Asked, Room, Spec
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Delivery, State
from bot.model.desk import Role
from bot.model.story import Story
from bot.rules.identity import canonical
from bot.rules.moments import moment

PAGE = 8
MOST = 20
"""Entries of what goes out next."""
FURTHEST = 500
"""Deliveries that the queue looks ahead, and stories and deliveries that a search looks back."""


async def queue(room: Room, asked: Asked) -> Answer:
    """/queue [page]: soonest first, what is held last."""
    rows = await room.ledger.deliveries.queue(FURTHEST)
    entries = _together(rows)
    pages = max(1, -(-len(entries) // PAGE))
    wanted = command.number(asked.rest)
    page = min(max(wanted[0] if wanted else 1, 1), pages)
    shown = entries[(page - 1) * PAGE : page * PAGE]
    movable, carried = asked.person.may(Role.EDITOR), await carrying.under_way(room, PAGE) if page == 1 else ()
    return Queue(shown, page, pages, len(entries), len(rows) == FURTHEST, movable, carried)


async def coming(room: Room, asked: Asked) -> Answer:
    """/next [60m | 2 hours | 18:30]: what goes out by then if nobody does anything."""
    words = asked.rest.strip() or "60m"
    read = moment(f"in {words}", asked.now, room.zone) or moment(words, asked.now, room.zone)
    if read is None or read.at <= asked.now:
        return NoSuchSpan(words)
    rows = await room.ledger.deliveries.queue(FURTHEST)
    entries = _together([row for row in rows if row.state is not State.HELD and row.due_at <= read.at])
    return Coming(entries[:MOST], read.at, max(0, len(entries) - MOST))


def _together(rows: Sequence[Delivery]) -> tuple[Waiting, ...]:
    """One entry for the deliveries of a story that wait alike, in the order of the first of them."""
    alike: dict[tuple[int, Act, State, object, str], list[Delivery]] = {}
    for row in rows:
        due = None if row.state is State.HELD else row.due_at
        alike.setdefault((row.story, row.act, row.state, due, row.reason), []).append(row)
    return tuple(
        Waiting(
            first.story,
            first.edition.headline,
            tuple(row.channel for row in group),
            first.act,
            first.state,
            first.due_at,
            first.reason,
        )
        for group in alike.values()
        for first in group[:1]
    )


async def story(room: Room, asked: Asked) -> Answer:
    """/story NUMBER [parts | revisions | deliveries [page]] | words | link."""
    words = asked.rest
    if not words and asked.replied is not None and asked.replied.story is not None:
        words = str(asked.replied.story)
    if not words:
        return Usage("story", "")
    if (view := dossier.view(words)) is not None:
        number, what, page = view
        looked_at = await room.ledger.stories.get(number)
        return await dossier.shown(room, looked_at, what, page) if looked_at else NoSuchStory(str(number))
    if words.strip("#＃ ").isdecimal():
        named = command.number(words)
        found = await room.ledger.stories.get(named[0]) if named else None
        return await show(room, found) if found else NoSuchStory(words.strip("#＃ "))
    link = "://" in words
    matches = await (_by_link(room, words) if link else _by_words(room, words))
    if len(matches) == 1:
        return await show(room, matches[0])
    if not matches:
        return NothingFound(words, link)
    choices = tuple(Choice(one.id, one.article.headline, one.first_seen) for one in matches[:PAGE])
    return Choices(words, choices, len(matches) - len(choices))


async def show(room: Room, found: Story) -> Shown:
    """A story with all that an editor asks of it."""
    rows = await room.ledger.deliveries.of_story(found.id)
    history = await room.ledger.history.of_story(found.id)
    article, byline = found.article, found.article.byline
    return Shown(
        number=found.id,
        revision=found.revision,
        headline=article.headline,
        section=article.section,
        credit=byline.credit,
        editor=byline.editor,
        author=byline.author,
        published=byline.published,
        first_seen=found.first_seen,
        revised_at=found.revised_at,
        link=article.link,
        standings=tuple(dossier.timed(row, history, found) for row in telling(rows)),
        declined=_declined(found, rows, history),
        carried=await carrying.of_story(room, found.id),
    )


def _declined(found: Story, rows: Sequence[Delivery], history: Sequence[Decision]) -> tuple[Declined, ...]:
    going = {row.channel for row in rows}
    no = {
        decision.channel: decision.why
        for decision in history
        if decision.verb is Verb.NOT_ROUTED and decision.revision == found.revision
    }
    return tuple(Declined(channel, why) for channel, why in no.items() if channel and channel not in going)


async def _by_link(room: Room, link: str) -> tuple[Story, ...]:
    """The article's own address, or that of a post of it."""
    try:
        known = await room.ledger.stories.keyed(f"link:{canonical(link)}")
    except ValueError:  # no address after all, such as http://[
        return ()
    if known is None:
        sent = await room.ledger.deliveries.recent(FURTHEST)
        known = next((row.story for row in sent if row.receipt and row.receipt.permalink == link), None)
    found = await room.ledger.stories.get(known) if known is not None else None
    return (found,) if found else ()


async def _by_words(room: Room, words: str) -> tuple[Story, ...]:
    wanted = _plain(words).split()
    stories = await room.ledger.stories.recent(FURTHEST)
    return tuple(one for one in stories if all(word in _plain(one.article.headline) for word in wanted))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


VERBS = (
    Spec("queue", queue, Role.READER, looks=True),
    Spec("next", coming, Role.READER, looks=True),
    Spec("story", story, Role.READER, looks=True),
)
