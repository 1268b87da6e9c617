"""What the desk answers to a script: one verb carried out as its editors have it, in words and as values."""

import contextlib
from dataclasses import dataclass, replace

from bot.app import SHIPPED, Premises, now
from bot.cli.orders import opened_desk
from bot.desk.answer import Answer, asks
from bot.desk.answers.contributing import Carried, Contact
from bot.desk.answers.looking import NoSuchChannel, NoSuchSpan, NoSuchStory
from bot.desk.answers.people import NobodyOf
from bot.desk.answers.posting import Unclipped
from bot.desk.answers.settling import NoChannel
from bot.desk.answers.talk import NotYours, Usage
from bot.desk.bot import called, writing
from bot.desk.people import People
from bot.desk.registry import VERBS
from bot.desk.replies import Replies
from bot.desk.verb import Asked, Room, Spec
from bot.errors import OrderError
from bot.model.desk import Person, Role
from bot.model.edition import Markup
from bot.rules.counting import visible
from bot.sources.pages import Pages
from bot.web.fetch import Fetcher
from bot.work.clipping import Clipping

NOT_DONE = (Usage, NotYours, NoSuchStory, NoSuchChannel, NoSuchSpan, NoChannel, NobodyOf, Unclipped)
"""Answers that end with exit code 1, as do questions."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it: one answer or several, and the same in words."""

    answers: tuple[Answer, ...]
    text: str
    done: bool


async def said(premises: Premises, verb: str, words: str, who: str) -> Said:
    """Do as the desk does; any other name runs the house. Raises OrderError where it is not theirs, LedgerError."""
    spec = VERBS[verb]
    async with opened_desk(premises) as (ordering, ledger):
        people = People(premises.settings.desk.editors, premises.settings.newsroom.languages[0], ledger)
        known = (one for one in await people.everybody() if one.name == who)
        person = next(known, Person(0, who, Role.ADMIN))
        if not person.may(spec.role):
            raise OrderError(f"{who} is {_a(person.role)} of the desk: `{spec.name}` is for {_a(spec.role)}")
        settings = premises.settings
        room = Room(
            ledger,
            tuple(settings.channels),
            ordering,
            sources=tuple(settings.sources),
            zone=settings.newsroom.tz,
            fixed=people.fixed,
            verbs=VERBS,
        )
        replies = Replies(SHIPPED, premises.own_templates, settings.newsroom.tz)
        async with contextlib.AsyncExitStack() as closing:
            room = await _furnished(premises, room, spec, replies, closing)
            answers = await spec.do(room, Asked(person, words, now()))
        answers = answers if isinstance(answers, tuple) else (answers,)
        language = people.language(person)
        text = "\n\n".join(visible(replies.render(one, language, now()), Markup.HTML) for one in answers)
        asking = bool(words) or spec.hears is not None  # without words, `flood` only shows
        done = not any(_undone(one) or (asks(one) and asking) for one in answers)
        return Said(answers, text, done)


async def _furnished(
    premises: Premises, room: Room, spec: Spec, replies: Replies, closing: contextlib.AsyncExitStack
) -> Room:
    """With what this verb alone needs. Raises SettingsError, Unavailable."""
    settings = premises.settings
    if spec.name == "invite":
        name = await called(settings.desk)
        return replace(room, me=lambda: name)
    if spec.name == "link":
        fetcher = Fetcher(private=settings.house.private_addresses)
        closing.push_async_callback(fetcher.close)
        return replace(room, clipping=Clipping(room.ledger, Pages(fetcher, settings.newsroom.tz), now))
    if spec.name in ("ask", "decline") and settings.desk.token is not None:
        tell = await closing.enter_async_context(writing(settings.desk, replies, room.ledger, now))
        return replace(room, tell=tell)
    return room


def _undone(answer: Answer) -> bool:
    match answer:
        case Carried():
            return not (answer.reached or answer.rejected)
        case Contact():
            return not answer.brought
        case _:
            return isinstance(answer, NOT_DONE) or not getattr(answer, "known", True)


def _a(role: Role) -> str:
    return f"{'an' if role in (Role.ADMIN, Role.EDITOR) else 'a'} {role}"
