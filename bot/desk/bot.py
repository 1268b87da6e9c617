"""The desk bot: listens to its editors on Telegram, turns a stranger away, and lets no command get lost.

A command is confirmed to Telegram only after it has been carried out and answered: what a crash interrupts is
delivered, and carried out, once more, and every verb bears that.
"""

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from telegram import BotCommand, BotCommandScopeChat, Message, Update, User
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import Application, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot.desk import command
from bot.desk.answers import Answer, No, Number, Trouble
from bot.desk.line import Line, Troubles
from bot.desk.notices import Teller
from bot.desk.people import DEFAULT_LANGUAGE, People, Strangers, client_language
from bot.desk.replies import LANGUAGES, Replies
from bot.desk.verb import Asked, Room
from bot.desk.verbs import VERBS, not_understood
from bot.errors import DeliveryError, LedgerError, SettingsError
from bot.ledger import Ledger
from bot.settings import Desk, Editor, Newsroom
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=25)
"""How long Telegram keeps a question open while nobody writes."""
GRACE = 3.0
"""Seconds that a command under way gets when the daemon stops."""
_KINDS = ["message"]


class DeskBot:
    """One bot, its editors, and what they may do."""

    def __init__(
        self,
        desk: Desk,
        newsroom: Newsroom,
        channels: tuple[str, ...],
        ledger: Ledger,
        clock: Clock,
        shipped: Path,
        own: Path | None,
        *,
        poll: timedelta = POLL,
    ) -> None:
        """Raises SettingsError where there is no token."""
        self._room, self._clock, self._poll = Room(ledger, channels), clock, poll
        self._people, self._strangers = People(desk.editors, newsroom.languages[0]), Strangers()
        self._replies = Replies(shipped, own, newsroom.tz)
        self._application = _application(desk)
        self._application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, self._heard))
        self._application.add_error_handler(self._broke)
        self._bot = self._application.bot
        self._line, self._troubles = Line(self._bot), Troubles(clock)
        self._teller = Teller(ledger, self._line, self._people, self._replies)
        self._without_menu: set[int] = set()
        self._offset: int | None = None
        self._busy = asyncio.Lock()
        self._there = self._menus_shown = self._stopping = False
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; the Bot API may be away."""
        self._listening = asyncio.create_task(self._listen(), name="desk")

    async def stop(self) -> None:
        """Let the command under way end, confirm it, and let go of the connections."""
        if self._listening is None:
            return
        self._stopping = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await self._busy.acquire()
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening
        self._listening = None
        if self._there and self._offset is not None:
            with contextlib.suppress(TelegramError):  # unconfirmed, a command is only carried out once more
                await self._bot.get_updates(self._offset, timeout=0, read_timeout=1, connect_timeout=1)
        await self._application.shutdown()
        await self._bot.shutdown()

    async def run_notices(self) -> None:
        """Tell what is open to who has not been told. Raises LedgerError."""
        if self._there:
            await self._teller.tell(self._clock())

    async def _listen(self) -> None:
        while True:
            try:
                if not self._there:
                    await self._arrive()
                    self._there = True
                updates = await self._bot.get_updates(self._offset, timeout=self._poll, allowed_updates=_KINDS)
            except TelegramError as err:
                self._there = False
                await asyncio.sleep(self._troubles.met(err))
                continue
            self._troubles.over()
            for update in updates:
                async with self._busy:
                    await self._application.process_update(update)
                    self._offset = update.update_id + 1

    async def _arrive(self) -> None:
        """Say hello, take a forgotten webhook away (it would keep every message from us), and show the menus."""
        await self._application.initialize()
        await self._bot.delete_webhook(drop_pending_updates=False)
        if self._menus_shown:
            return
        for language in LANGUAGES:
            code = None if language == DEFAULT_LANGUAGE else language
            try:
                await self._bot.set_my_commands(self._menu(language, editor=False), language_code=code)
            except BadRequest as err:
                log.warning("Telegram refuses the desk's menu", language=language, error=err.message)
        for editor in self._people.editors:
            await self._show_menu(editor)
        self._menus_shown = True

    async def _show_menu(self, editor: Editor) -> None:
        """In the editor's own chat only: nobody else learns the verbs."""
        menu = self._menu(self._people.language(editor), editor=True)
        try:
            await self._bot.set_my_commands(menu, scope=BotCommandScopeChat(editor.id))
            self._without_menu.discard(editor.id)
        except (BadRequest, Forbidden):
            self._without_menu.add(editor.id)  # they have never written to the bot: when they do

    def _menu(self, language: str, *, editor: bool) -> list[BotCommand]:
        return [BotCommand(*line) for line in self._replies.menu(language, self._clock(), editor=editor)]

    async def _heard(self, update: Update, _: Any) -> None:
        message = update.message
        if message is None or message.from_user is None or message.from_user.is_bot or message.sender_chat is not None:
            return  # a channel, an anonymous administrator, another bot: nobody whom the settings could name
        private = message.chat.type == ChatType.PRIVATE
        editor = self._people.editor(message.from_user.id)
        # What somebody else wrote is no order of who forwards it.
        asked = command.read(message.text or "", self._bot.username) if message.forward_origin is None else None
        if editor is None:
            if private:
                await self._turn_away(message, message.from_user, asked)
            return
        if private:
            await self._welcome(editor)
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

    async def _welcome(self, editor: Editor) -> None:
        self._teller.hears(editor)
        if editor.id in self._without_menu:
            with contextlib.suppress(TelegramError):  # a menu is no reason to leave a command undone
                await self._show_menu(editor)

    async def _turn_away(self, message: Message, person: User, asked: command.Command | None) -> None:
        if self._strangers.new(person.id):
            log.warning("somebody who is no editor wrote to the desk", person=person.id)
        answer = Number(person.id) if asked is not None and asked.verb == "id" else No()
        if self._strangers.may_answer(person.id, answer.template, self._clock()):
            text = self._replies.render(answer, client_language(person.language_code), self._clock())
            with contextlib.suppress(DeliveryError):  # editors do not wait for what a stranger is told
                await self._line.send(message.chat.id, text)

    async def _answer(self, message: Message, answer: Answer, language: str) -> None:
        text = self._replies.render(answer, language, self._clock())
        private = message.chat.type == ChatType.PRIVATE
        try:
            await self._line.insist(
                message.chat.id,
                text,
                lambda: not self._stopping,
                thread=message.message_thread_id if message.is_topic_message else None,
                reply_to=None if private else message.message_id,
            )
        except DeliveryError as err:
            log.warning("an answer was not delivered", answer=answer.template, why=err.why)

    async def _broke(self, update: object, context: Any) -> None:
        log.error("a command broke", exc_info=context.error)
        message = update.message if isinstance(update, Update) else None
        editor = self._people.editor(message.from_user.id) if message and message.from_user else None
        if message is not None and editor is not None:
            await self._answer(message, Trouble(), self._people.language(editor))


def _application(desk: Desk) -> Application[Any, Any, Any, Any, Any, Any]:
    if desk.token is None:
        raise SettingsError("desk.token", None, "name the desk bot's token, as env:NAME or file:PATH")
    try:
        token = desk.token.reveal()
    except SettingsError as err:
        raise SettingsError("desk.token", err.path, err.remedy) from err
    direct = {"trust_env": False}
    return (
        Application.builder()
        .token(token)
        .base_url(f"{desk.api}/bot")
        .request(HTTPXRequest(connection_pool_size=4, read_timeout=15, httpx_kwargs=direct))
        .get_updates_request(HTTPXRequest(connection_pool_size=1, httpx_kwargs=direct))
        .updater(None)
        .job_queue(None)
        .build()
    )
