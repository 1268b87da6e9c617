"""The reception: a message comes in; who is of the desk is heard and answered, a stranger is turned away."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from telegram import Message, Update, User
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.desk import command
from bot.desk.answer import Answer
from bot.desk.answers.contributing import Passed, Received
from bot.desk.answers.talk import No, Number, Trouble, Welcome
from bot.desk.board import Board
from bot.desk.command import Command
from bot.desk.contributions import Contributions
from bot.desk.hands import Hands
from bot.desk.meanings import by_itself, by_reply
from bot.desk.menus import Menus
from bot.desk.notices import Teller
from bot.desk.people import People, Strangers, client_language
from bot.desk.registry import VERBS, not_understood
from bot.desk.replies import Replies
from bot.desk.speaking import Speaker, quietly
from bot.desk.standing import ROOMS
from bot.desk.verb import Answers, Asked, Room
from bot.errors import DeliveryError, LedgerError
from bot.model.desk import Dialogue, Person, Role
from bot.talk.errands import Errands
from bot.talk.line import Line, Place
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

START = "start"
"""What Telegram's program says when somebody opens the bot, with the word of the link that led there."""
LONGEST_NAME = 60
SOON = 0.8
"""Seconds after which somebody is shown that the answer is under way."""


@dataclass(frozen=True)
class Staff:
    """Who and what the reception works with."""

    room: Room
    people: People
    replies: Replies
    line: Line
    speaker: Speaker
    hands: Hands
    teller: Teller
    board: Board
    menus: Menus
    clock: Clock
    going_on: Callable[[], bool]
    """False when the desk closes."""
    errands: Errands = field(default_factory=Errands)


class Reception:
    """Between a message and its answer."""

    def __init__(self, staff: Staff, contributions: Contributions | None = None) -> None:
        self._staff, self._strangers, self._contributions = staff, Strangers(), contributions
        words = staff.replies.words.values()
        self._aliases = {alias: verb for one in words for alias, verb in one.aliases.items()}
        self._never_mind = {said.casefold() for one in words for said in one.never_mind}

    async def heard(self, update: Update, _: Any) -> None:
        """A message came."""
        message = update.message
        if message is None or message.from_user is None or message.from_user.is_bot or message.sender_chat is not None:
            return  # a channel, an anonymous administrator, another bot: nobody whom the settings could name
        private = message.chat.type == ChatType.PRIVATE
        try:
            person = await self._staff.people.who(message.from_user.id)
        except LedgerError:
            log.exception("nobody knows who wrote", person=message.from_user.id)
            return  # whoever stands in the settings is known without the ledger
        # What somebody else wrote is no order of who forwards it.
        asked = self._read(message, private) if message.forward_origin is None else None
        if asked is not None and private and asked.verb == START and asked.rest:
            person = await self._let_in(message, message.from_user, person, asked)
        elif person is None and private:
            await self._turn_away(message, message.from_user, asked)
        elif person is not None:
            await self._serve(message, person, asked, update.update_id)

    def _read(self, message: Message, private: bool) -> Command | None:
        """In one's own chat a verb's Chinese name needs no slash."""
        text = message.text or message.caption or ""
        asked = command.read(text, self._staff.room.me())
        if asked is None and private:
            first, _, rest = text.strip().partition(" ")
            asked = Command(first, rest.strip()) if first in self._aliases else None
        if asked is None or (asked.verb == START and asked.rest):
            return asked
        return Command(self._aliases.get(asked.verb, asked.verb), asked.rest, asked.addressed)

    async def _serve(self, message: Message, person: Person, asked: Command | None, update: int) -> None:
        staff, private = self._staff, message.chat.type == ChatType.PRIVATE
        if private:
            staff.teller.hears(person)
            await staff.menus.hears(person)
        text = message.text or message.caption or ""
        spec = VERBS.get(asked.verb) if asked is not None else None
        try:
            dialogue = await staff.room.ledger.dialogues.get(message.chat.id, person.number, staff.clock())
            replied = await self._replied(message)
        except LedgerError:
            log.exception("the desk does not know what was being talked about")
            dialogue, replied = None, None
        order = Asked(
            person,
            asked.rest if asked is not None else text,
            staff.clock(),
            message.chat.id,
            private,
            replied=replied,
            quoted=_quoted(message),
            picture=_picture(message),
        )
        own = asked is None and message.forward_origin is None
        if spec is not None:
            await self._answer(message, person, staff.hands.do(spec, order, update), slow=spec.slow)
        elif (brought := await self._brought(message, person, asked, private=private)) is not None:
            await self._answer(message, person, _ready(brought))
        elif own and (meant := by_reply(order)) is not None:
            await self._means(message, order, meant, update)
        elif own and dialogue is not None and dialogue.verb in VERBS:
            doing = self._go_on(order, dialogue, update)
            await self._answer(message, person, doing, slow=VERBS[dialogue.verb].slow)
        elif own and person.may(Role.EDITOR) and (meant := by_itself(order)) is not None:
            await self._means(message, order, meant, update)
        elif private or (asked is not None and asked.addressed):
            await self._answer(message, person, _ready(not_understood(text, asked)))

    async def _brought(
        self, message: Message, person: Person, asked: Command | None, *, private: bool
    ) -> Answer | None:
        """What somebody of the desk sends in as a reader would; None where it is no contribution."""
        user = message.from_user
        if not private or user is None or person.role is not Role.CONTRIBUTOR:
            return None
        return await self._contribution(message, user, asked)

    async def _means(self, message: Message, order: Asked, meant: tuple[str, str], update: int) -> None:
        """Carry out what words without a command say."""
        spec, rest = VERBS[meant[0]], meant[1]
        doing = self._staff.hands.do(spec, replace(order, rest=rest), update)
        await self._answer(message, order.person, doing, slow=spec.slow)

    async def _go_on(self, order: Asked, dialogue: Dialogue, update: int) -> Answers:
        if order.rest.strip().rstrip(".!。！").casefold() in self._never_mind:
            return await self._staff.hands.do(VERBS["nevermind"], replace(order, rest=dialogue.verb), update)
        return await self._staff.hands.hear(VERBS[dialogue.verb], order, dialogue, update)

    async def _replied(self, message: Message) -> Any:
        answered = message.reply_to_message
        if answered is None:
            return None
        return await self._staff.room.ledger.desk_messages.get(message.chat.id, answered.message_id)

    async def _let_in(self, message: Message, user: User, person: Person | None, asked: Command) -> Person | None:
        """/start WORD: by an invitation, once. Whoever has none learns nothing."""
        staff = self._staff
        language = client_language(user.language_code)
        try:
            if person is None or not person.fixed:
                admitted = await staff.room.ledger.people.accept(
                    asked.rest, user.id, _name(user), staff.clock(), language=language
                )
                if admitted is not None:
                    person = admitted
                    welcome = Welcome(admitted.name, admitted.role.value)
                    await self._say(message, welcome, staff.people.language(admitted))
                    await staff.menus.hears(admitted)
                    return person
        except LedgerError:
            log.exception("an invitation was not taken", person=user.id)
        if person is None:
            await self._turn_away(message, user, asked)
        else:
            await self._answer(message, person, staff.hands.do(VERBS["help"], Asked(person, "", staff.clock()), 0))
        return person

    async def _turn_away(self, message: Message, person: User, asked: Command | None) -> None:
        with contextlib.suppress(TelegramError, LedgerError):  # it is tried again by and by
            await self._staff.menus.gone(person.id)
        if self._strangers.new(person.id):
            log.warning("somebody who is no editor wrote to the desk", person=person.id)
        answer = await self._contribution(message, person, asked)
        if answer is None:
            answer = Number(person.id) if asked is not None and asked.verb == "id" else No()
        # Whoever sent something in hears that it came: of these there are few a day.
        carried = isinstance(answer, Received | Passed)
        if carried or self._strangers.may_answer(person.id, answer.template, self._staff.clock()):
            with contextlib.suppress(DeliveryError):  # editors do not wait for what a stranger is told
                await self._staff.speaker.say(Place(message.chat.id), answer, client_language(person.language_code))

    async def _contribution(self, message: Message, person: User, asked: Command | None) -> Answer | None:
        if self._contributions is None:
            return None
        try:
            return await self._contributions.heard(message, person, asked, self._staff.clock(), self._staff.room.fetch)
        except LedgerError:
            log.exception("a reader's contribution was not kept", person=person.id)
            return Trouble()

    async def _answer(self, message: Message, person: Person, doing: Awaitable[Answers], *, slow: bool = False) -> None:
        """Say what comes of it, and that it is under way where that takes a moment; `slow`: nobody waits behind it."""
        task = asyncio.ensure_future(doing)
        done, _ = await asyncio.wait([task], timeout=SOON)
        if not done:
            with contextlib.suppress(DeliveryError):
                await self._staff.line.busy(_place(message))
        if slow and not done:
            self._staff.errands.send(self._told(message, person, task))
        else:
            await self._told(message, person, task)

    async def _told(self, message: Message, person: Person, doing: Awaitable[Answers]) -> None:
        answers = await doing
        for answer in answers if isinstance(answers, tuple) else (answers,):
            await self._say(message, answer, self._staff.people.language(person))
        await self._staff.board.follow(self._staff.clock())

    async def _say(self, message: Message, answer: Answer, language: str) -> None:
        try:
            await self._staff.speaker.say(_place(message), answer, language, going_on=self._staff.going_on)
        except DeliveryError as err:
            log.warning("an answer was not delivered", answer=answer.template, why=err.why)

    async def broke(self, update: object, context: Any) -> None:
        """A mistake of ours: say so instead of nothing."""
        log.error("a command broke", exc_info=context.error)
        message = update.message if isinstance(update, Update) else None
        with contextlib.suppress(LedgerError):  # then nobody knows who wrote
            person = await self._staff.people.who(message.from_user.id) if message and message.from_user else None
            if message is not None and person is not None:
                await quietly(self._staff.speaker, _place(message), Trouble(), self._staff.people.language(person))


def _name(user: User) -> str:
    """In one line, and never that of a room of the house: the log tells them apart by it."""
    name = " ".join(user.full_name.split())[:LONGEST_NAME] or str(user.id)
    return f"{name} ({user.id})" if name.casefold() in ROOMS else name


def _picture(message: Message) -> str | None:
    """Telegram's name of a picture, sent as a photo or as a file."""
    if message.photo:
        return message.photo[-1].file_id
    file = message.document
    return file.file_id if file is not None and (file.mime_type or "").startswith("image/") else None


def _quoted(message: Message) -> str:
    """What the message says that this one replies to."""
    answered = message.reply_to_message
    return (answered.text or answered.caption or "") if answered is not None else ""


def _place(message: Message) -> Place:
    private = message.chat.type == ChatType.PRIVATE
    thread = message.message_thread_id if message.is_topic_message else None
    return Place(message.chat.id, thread, None if private else message.message_id)


async def _ready(answer: Answer) -> Answers:
    return answer
