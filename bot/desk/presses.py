"""Presses: a button's order is checked against its seal, its message and who pressed it, and carried out once."""

import asyncio
import contextlib
from collections.abc import Awaitable
from typing import Any

import structlog
from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType

from bot.desk.answer import Answer, asks
from bot.desk.answers.talk import NotAllowed, NotHere, NotYours, Stale, StillOpen, Trouble, Twice
from bot.desk.reception import SOON, Staff
from bot.desk.registry import VERBS
from bot.desk.standing import decided
from bot.desk.verb import Answers, Asked
from bot.errors import DeliveryError, LedgerError
from bot.model.desk import DeskMessage, Person, Shows
from bot.talk.buttons import LIFE, Pressed, Seal, lengthened
from bot.talk.line import Place

log = structlog.get_logger(__name__)

_LOUD = (NotAllowed, NotHere, NotYours, Stale, Trouble, Twice)
"""Answers that stay until somebody has read them."""


class Presses:
    """Between a button and what comes of it."""

    def __init__(self, staff: Staff, seal: Seal) -> None:
        self._staff, self._seal = staff, seal

    async def pressed(self, update: Update, _: Any) -> None:
        """Somebody pressed a button."""
        query = update.callback_query
        if query is None:
            return
        message = query.message
        try:
            person = await self._staff.people.who(query.from_user.id)
            if person is None:
                await self._toast(query)  # Telegram stops waiting; a stranger learns nothing
                return
            if not isinstance(message, Message):  # so old that Telegram no longer says what it was
                await self._toast(query, Stale(), self._staff.people.language(person))
                return
            await self._press(query, message, person, update.update_id)
        except LedgerError:
            log.exception("a button was not carried out")
            if person := self._staff.people.known(query.from_user.id):
                await self._toast(query, Trouble(), self._staff.people.language(person))

    async def _press(self, query: CallbackQuery, message: Message, person: Person, update: int) -> None:
        staff, now, language = self._staff, self._staff.clock(), self._staff.people.language(person)
        opened = self._seal.open(query.data or "", message.chat.id)
        kept = await staff.room.ledger.desk_messages.get(message.chat.id, message.message_id)
        if opened is None or kept is None or kept.word != opened.word or now - opened.made_at > LIFE:
            await self._toast(query, await self._stale(kept), language)
            await staff.board.follow(now, all_of=kept.story if kept else None)
            return
        verb, _, rest = lengthened(opened.order, (*staff.room.channels, *staff.room.sources)).partition(" ")
        spec = VERBS.get(verb)
        if spec is None:
            await self._toast(query, Stale(), language)
            return
        private = message.chat.type == ChatType.PRIVATE
        asked = Asked(person, rest, now, message.chat.id, private, pressed=True, replied=kept)
        task = asyncio.ensure_future(staff.hands.do(spec, asked, update))
        done, _waiting = await asyncio.wait([task], timeout=SOON)
        if not done:
            await self._toast(query)  # Telegram's own waiting ends; the answer comes as a message
        if spec.slow and not done:
            staff.errands.send(self._tell(query, message, kept, opened, person, task, soon=False))
        else:
            await self._tell(query, message, kept, opened, person, task, soon=bool(done))

    async def _tell(
        self, query: CallbackQuery, message: Message, kept: DeskMessage, opened: Pressed, person: Person,
        doing: Awaitable[Answers], *, soon: bool,
    ) -> None:  # fmt: skip
        """What came of it; `soon`: Telegram's program still waits for the press to be answered."""
        staff, language = self._staff, self._staff.people.language(person)
        looks = VERBS[opened.order.partition(" ")[0]].looks
        answers = await doing
        first, *more = answers if isinstance(answers, tuple) else (answers,)
        if isinstance(first, _LOUD) and soon:
            await self._toast(query, first, language)
            return
        alone = all(isinstance(one, StillOpen) for one in more)
        shown = alone and await self._shown(message, kept, opened, first, language, looks=looks)
        if soon:
            await self._toast(query, None if looks or asks(first) else first, language)
        for answer in more if shown else (first, *more):
            await self._say(message, answer, language)
        await staff.board.follow(staff.clock())

    async def _shown(
        self, message: Message, kept: DeskMessage, opened: Pressed, answer: Answer, language: str, *, looks: bool
    ) -> bool:
        """Whether the message that was pressed tells what came of it; if not, a new one does."""
        if kept.shows is Shows.STORY:
            return not looks and not asks(answer)  # the board edits it as the story goes on
        if kept.shows is Shows.PREVIEW and asks(answer):
            return False  # it is answered with the preview in view
        try:
            if kept.shows is Shows.ALARM:
                await self._used(message, opened)
                return False
            return await self._staff.speaker.change(kept, answer, language, whole=True)
        except DeliveryError as err:
            log.warning("a message was not edited", answer=answer.template, why=err.why)
            return False

    async def _used(self, message: Message, opened: Pressed) -> None:
        """An alarm's row of buttons goes once one of them was pressed; the others keep their seals."""
        mine = self._seal.data(opened.word, message.chat.id, opened.order)
        rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
        left = [row for row in rows if all(button.callback_data != mine for button in row)]
        await self._staff.line.rekey(message.chat.id, message.message_id, InlineKeyboardMarkup(left) if left else None)

    async def _stale(self, kept: DeskMessage | None) -> Stale:
        if kept is None or kept.story is None:
            return Stale()
        last = decided(await self._staff.room.ledger.history.of_story(kept.story))
        return Stale(last.who, last.verb.value, last.at) if last else Stale()

    async def _say(self, message: Message, answer: Answer, language: str) -> None:
        private = message.chat.type == ChatType.PRIVATE
        thread = message.message_thread_id if message.is_topic_message else None
        place = Place(message.chat.id, thread, None if private else message.message_id)
        try:
            await self._staff.speaker.say(place, answer, language, going_on=self._staff.going_on)
        except DeliveryError as err:
            log.warning("an answer was not delivered", answer=answer.template, why=err.why)

    async def _toast(self, query: CallbackQuery, answer: Answer | None = None, language: str = "") -> None:
        text = self._staff.speaker.said(answer, language) if answer else ""
        with contextlib.suppress(DeliveryError):
            await self._staff.line.toast(query.id, text, alert=isinstance(answer, _LOUD))
