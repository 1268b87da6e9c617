"""The verbs that decide: sign a story off, turn it down, send it as breaking news, take an order back."""

from dataclasses import replace

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.deciding import Ordered, Undone, WhyRejected
from bot.desk.standing import last, standing, telling
from bot.desk.subject import Told, reason, whole_story
from bot.desk.verb import Asked, Room, Spec
from bot.model.desk import Dialogue
from bot.model.order import Done, Orders
from bot.model.story import Story

BREAKING = "breaking"


async def approve(room: Room, asked: Asked) -> Answer:
    """/approve NUMBER [note]."""
    named = await whole_story(room, asked, "approve")
    if isinstance(named, Told):
        return named.answer
    story, who, why = named.story, asked.person.name, reason(named.rest)
    done = await room.ledger.orders.approve(story.id, who, why, asked.now)
    if done.missing and done.done:
        wish = f"{who} has approved it: it takes another editor"
        await _wish(room, asked, story, "approve", wish)
    return await ordered(room, story, "approve", done, why)


async def reject(room: Room, asked: Asked) -> Answer:
    """/reject NUMBER reason."""
    named = await whole_story(room, asked, "reject")
    if isinstance(named, Told):
        return named.answer
    story, why = named.story, reason(named.rest)
    if not why:
        await room.ledger.dialogues.open(asked.waits("reject", "reason", str(story.id)))
        return WhyRejected(story.id, story.article.headline)
    done = await room.ledger.orders.reject(story.id, asked.person.name, why, asked.now)
    return await ordered(room, story, "reject", done, why)


async def rejected_because(room: Room, asked: Asked, dialogue: Dialogue) -> Answer:
    """The reason, said after all."""
    return await reject(room, replace(asked, rest=f"{dialogue.data} {asked.rest}"))


async def now(room: Room, asked: Asked) -> Answer:
    """/now NUMBER [reason]."""
    named = await whole_story(room, asked, "now")
    if isinstance(named, Told):
        return named.answer
    story, why = named.story, reason(named.rest)
    done = await room.ordering.now(story.id, asked.person.name, why or BREAKING)
    if done.done and done.missing:
        orders = (await room.ledger.orders.given(story.id)).orders
        verb = "approve" if orders.urgent else "now"
        wish = f"{asked.person.name} wants it out now as breaking news: it takes another editor"
        await _wish(room, asked, story, verb, wish)
    return await ordered(room, story, "now", done, why)


async def undo(room: Room, asked: Asked) -> Answer:
    """/undo [NUMBER [VERB]]: one's own last order, within a minute."""
    named = command.number(asked.rest)
    story, verb = named or (None, "")
    done = await room.ledger.reversals.undo(asked.person.name, asked.now, story=story, verb=verb)
    found = await room.ledger.stories.get(done.story) if done.story else None
    if found is None:
        return Undone(0, "", done.done, done.why_not, ())
    now_stands = await ordered(room, found, "undo", done)
    return Undone(found.id, found.article.headline, done.done, done.why_not, now_stands.standings)


async def ordered(
    room: Room, story: Story, verb: str, done: Done, why: str = "", channels: tuple[str, ...] = ()
) -> Ordered:
    """What became of an order, and how the story stands now. Raises LedgerError."""
    rows = await room.ledger.deliveries.of_story(story.id)
    history = await room.ledger.history.of_story(story.id)
    orders: Orders = (await room.ledger.orders.given(story.id)).orders
    return Ordered(
        verb=verb,
        number=story.id,
        headline=story.article.headline,
        done=done.done,
        standings=tuple(standing(row, history) for row in telling(rows)),
        why_not=done.why_not,
        reason=why,
        missing=done.missing,
        signed=orders.signed,
        urgent=orders.urgent,
        channels=channels,
        at=orders.embargo if verb == "embargo" else orders.scheduled,
        last=None if done.done else last(history),
    )


async def _wish(room: Room, asked: Asked, story: Story, verb: str, wish: str) -> None:
    """Tell the others, with a button."""
    subject = f"story {story.id} {verb} {asked.person.number}"
    await room.ledger.notices.add(subject, f"#{story.id} {story.article.headline}: {wish}", asked.now)


VERBS = (
    Spec("approve", approve),
    Spec("reject", reject, hears=rejected_because),
    Spec("now", now),
    Spec("undo", undo),
)
