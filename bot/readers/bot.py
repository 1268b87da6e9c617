"""A readers' bot: listens to everybody, with the token of its carrier, and loses nobody's word over a restart."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllPrivateChats,
    ChatMemberUpdated,
    Update,
)
from telegram.error import BadRequest, TelegramError
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from bot.errors import Unavailable
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.model.desk import Seen
from bot.readers.counter import Counter
from bot.readers.groups import Groups
from bot.readers.presses import Presses
from bot.readers.reception import House, Reception
from bot.readers.replies import Replies
from bot.readers.speaking import Speaker
from bot.settings import Newsroom
from bot.settings import Subscribers as Section
from bot.talk.application import application, number_of
from bot.talk.buttons import Seal
from bot.talk.incoming import Came, Letters, Polled
from bot.talk.line import short
from bot.talk.listening import Listening
from bot.talk.troubles import Troubles
from bot.work.offers import Offers

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=25)
KINDS = ("message", "channel_post", "callback_query", "my_chat_member")
_IN_GROUPS = ("settings", "topics", "when", "pause", "resume", "stop", "why", "help")
_DEFAULT = "en"


class ReadersBot:
    """One carrier's bot."""

    def __init__(
        self,
        carrier: str,
        token: str,
        api: str,
        section: Section,
        newsroom: Newsroom,
        ledger: Ledger,
        subscribers: Subscribers,
        clock: Callable[[], datetime],
        shipped: Path,
        own: Path | None,
        *,
        poll: timedelta = POLL,
    ) -> None:
        """Raises SettingsError for a file of words that cannot be read."""
        self._carrier, self._ledger, self._clock, self._number = carrier, ledger, clock, number_of(token)
        self._application = application(token, api)
        self._bot = self._application.bot
        troubles = Troubles(clock, f"readers' bot {carrier}", f"channels.{carrier}.token")
        self._replies, seal = Replies(shipped, own), Seal(f"readers\0{token}")
        self._speaker = Speaker(self._bot, self._replies, seal, clock)
        offers = Offers(ledger, section.topics, clock)
        counter = Counter(carrier, self._number, ledger, subscribers, section, newsroom, offers, clock)
        self._groups = Groups(self._bot, counter, self._speaker, clock)
        self._language = newsroom.languages[0] if newsroom.languages[0] in self._replies.words else _DEFAULT
        house = House(counter, self._groups, self._speaker, self._replies, self._language)
        self._reception, presses = Reception(house), Presses(house, seal)
        heard = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST
        self._application.add_handler(MessageHandler(heard, self._reception.heard))
        self._application.add_handler(CallbackQueryHandler(presses.pressed))
        self._application.add_handler(ChatMemberHandler(self._changed, ChatMemberHandler.MY_CHAT_MEMBER))
        self._application.add_error_handler(self._reception.broke)
        letters = Letters(self._bot, ledger, clock, f"readers:{carrier}")
        incoming = Polled(self._bot, letters, poll, KINDS)
        self._ear = Listening(
            f"readers {carrier}", self._application, incoming, troubles, self._arrive, self._carry_out
        )

    def __repr__(self) -> str:
        return f"ReadersBot({self._carrier!r})"

    @property
    def under_way(self) -> bool:
        """Whether an answer still waits for Telegram."""
        return self._speaker.late

    async def start(self) -> None:
        """Begin to listen; the Bot API may be away."""
        await self._ear.start()

    async def stop(self) -> None:
        """Let the word under way end, confirm it, and let go of the connections."""
        await self._ear.stop(self._speaker.end)

    async def _carry_out(self, came: Came) -> None:
        """Once: what a crash interrupted is carried out again, and everything bears that."""
        number = came.update.update_id
        if await self._ledger.updates.begin(self._number, number, self._clock()) is not Seen.DONE:
            await self._application.process_update(came.update)
            await self._ledger.updates.done(self._number, number)

    async def _changed(self, update: Update, _: Any) -> None:
        changed = update.my_chat_member
        if isinstance(changed, ChatMemberUpdated):
            await self._groups.changed(changed, self._language)

    async def _arrive(self) -> None:
        """Know our own name, and show the menus."""
        self._reception.me = self._bot.username
        for language, words in self._replies.words.items():
            code = None if language == _DEFAULT else language
            lines = [BotCommand(verb, said) for verb, said in words.verbs.items()]
            few = [line for line in lines if line.command in _IN_GROUPS]
            try:
                await self._bot.set_my_commands(lines, BotCommandScopeAllPrivateChats(), code)
                await self._bot.set_my_commands(few, BotCommandScopeAllChatAdministrators(), code)
            except BadRequest as err:
                log.warning("Telegram refuses the menu of a readers' bot", language=language, error=err.message)


async def called(token: str, api: str) -> str:
    """The bot's own name, which its links need. Raises Unavailable."""
    try:
        async with application(token, api).bot as bot:
            name: str = bot.username
            return name
    except TelegramError as err:
        raise Unavailable("readers", short(err)) from err
