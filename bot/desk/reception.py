"""The reception: a message comes in; an editor's command is carried out and answered, a stranger is turned away."""

import contextlib
from collections.abc import Callable
from typing import Any

import structlog
from telegram import Message, Update, User
from telegram.constants import ChatType

from bot.desk import command
from bot.desk.answers import Answer, No, Number, Received, Trouble
from bot.desk.contributions import Contributions
from bot.desk.line import Line
from bot.desk.menus import Menus
from bot.desk.notices import Teller
from bot.desk.people import People, Strangers, client_language
from bot.desk.replies import Replies
from bot.desk.verb import Asked, Room
from bot.desk.verbs import VERBS, not_understood
from bot.errors import DeliveryError, LedgerError
from bot.settings import Editor
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)


class Reception:
    """Between a message and its answer; `me` is the bot's own name, `going_on` is false when the desk closes."""

    def __init__(
        self,
        room: Room,
        people: People,
        replies: Replies,
        line: Line,
        teller: Teller,
        menus: Menus,
        clock: Clock,
        *,
        me: Callable[[], str],
        going_on: Callable[[], bool],
        contributions: Contributions | None = None,
    ) -> None:
        self._room, self._people, self._replies, self._line = room, people, replies, line
        self._teller, self._menus, self._clock, self._me, self._going_on = teller, menus, clock, me, going_on
        self._strangers, self._contributions = Strangers(), contributions

    async def heard(self, update: Update, _: Any) -> None:
        """A message came."""
        message = update.message
        if message is None or message.from_user is None or message.from_user.is_bot or message.sender_chat is not None:
            return  # a channel, an anonymous administrator, another bot: nobody whom the settings could name
        private = message.chat.type == ChatType.PRIVATE
        editor = self._people.editor(message.from_user.id)
        # What somebody else wrote is no order of who forwards it.
        asked = command.read(message.text or "", self._me()) if message.forward_origin is None else None
        if editor is None:
            if private:
                await self._turn_away(message, message.from_user, asked)
            return
        if private:
            self._teller.hears(editor)
            await self._menus.hears(editor)
        if asked is None or asked.verb not in VERBS:
            if private or (asked is not None and asked.addressed):
                answer = not_understood(message.text or "", asked)
                await self._answer(message, answer, self._people.language(editor))
            return
        await self._answer(message, await self._do(editor, asked), self._people.language(editor))

    async def _do(self, editor: Editor, asked: command.Command) -> Answer:
        try:
            return await VERBS[asked.verb](self._room, Asked(editor, asked.rest, self._clock()))
        except LedgerError:
            log.exception("a command failed", editor=editor.name, verb=asked.verb)
            return Trouble()

    async def _turn_away(self, message: Message, person: User, asked: command.Command | None) -> None:
        if self._strangers.new(person.id):
            log.warning("somebody who is no editor wrote to the desk", person=person.id)
        answer = await self._contribution(message, person, asked)
        if answer is None:
            answer = Number(person.id) if asked is not None and asked.verb == "id" else No()
        # Whoever sent something in hears that it came: of these there are few a day.
        if isinstance(answer, Received) or self._strangers.may_answer(person.id, answer.template, self._clock()):
            text = self._replies.render(answer, client_language(person.language_code), self._clock())
            with contextlib.suppress(DeliveryError):  # editors do not wait for what a stranger is told
                await self._line.send(message.chat.id, text)

    async def _contribution(self, message: Message, person: User, asked: command.Command | None) -> Answer | None:
        if self._contributions is None:
            return None
        try:
            return await self._contributions.heard(message, person, asked, self._clock())
        except LedgerError:
            log.exception("a reader's contribution was not kept", person=person.id)
            return Trouble()

    async def _answer(self, message: Message, answer: Answer, language: str) -> None:
        text = self._replies.render(answer, language, self._clock())
        private = message.chat.type == ChatType.PRIVATE
        try:
            await self._line.insist(
                message.chat.id,
                text,
                self._going_on,
                thread=message.message_thread_id if message.is_topic_message else None,
                reply_to=None if private else message.message_id,
            )
        except DeliveryError as err:
            log.warning("an answer was not delivered", answer=answer.template, why=err.why)

    async def broke(self, update: object, context: Any) -> None:
        """A mistake of ours: say so instead of nothing."""
        log.error("a command broke", exc_info=context.error)
        message = update.message if isinstance(update, Update) else None
        editor = self._people.editor(message.from_user.id) if message and message.from_user else None
        if message is not None and editor is not None:
            await self._answer(message, Trouble(), self._people.language(editor))
