"""A readers' bot: listens to everybody, with the token of its carrier, and loses nobody's word over a restart."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
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
from bot.talk.troubles import Troubles
from bot.work.offers import Offers

log = structlog.get_logger(__name__)

POLL = timedelta(seconds=25)
GRACE = 3.0
"""Seconds that a word under way gets when the daemon stops."""
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
        self._there = self._stopping = False
        self._application = application(token, api)
        self._bot = self._application.bot
        self._troubles = Troubles(clock, f"readers' bot {carrier}", f"channels.{carrier}.token")
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
        self._incoming = Polled(self._bot, letters, poll, KINDS)
        self._busy = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"ReadersBot({self._carrier!r})"

    @property
    def under_way(self) -> bool:
        """Whether an answer still waits for Telegram."""
        return self._speaker.late

    async def start(self) -> None:
        """Begin to listen; the Bot API may be away."""
        self._listening = asyncio.create_task(self._listen(), name=f"readers {self._carrier}")

    async def stop(self) -> None:
        """Let the word under way end, confirm it, and let go of the connections."""
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
        await self._speaker.end()
        if self._there:
            await self._incoming.end()
        await self._application.shutdown()
        await self._bot.shutdown()

    async def _listen(self) -> None:
        while True:
            try:
                if not self._there:
                    await self._arrive()
                    self._there = True
                came = await self._incoming.next()
                self._troubles.over()
                await self._carry_out(came)
            except Exception as err:  # noqa: BLE001 - whatever it is is said in the log, and the bot never falls silent
                self._there = False
                await asyncio.sleep(self._troubles.met(err))

    async def _carry_out(self, came: Sequence[Came]) -> None:
        """Each once: what a crash interrupted is carried out again, and everything bears that."""
        for one in came:
            async with self._busy:
                number = one.update.update_id
                if await self._ledger.updates.begin(self._number, number, self._clock()) is not Seen.DONE:
                    await self._application.process_update(one.update)
                    await self._ledger.updates.done(self._number, number)
                await self._incoming.done(one)

    async def _changed(self, update: Update, _: Any) -> None:
        changed = update.my_chat_member
        if isinstance(changed, ChatMemberUpdated):
            await self._groups.changed(changed, self._language)

    async def _arrive(self) -> None:
        """Say hello, tell Telegram which way updates come, and show the menus."""
        await self._application.initialize()
        self._reception.me = self._bot.username
        await self._incoming.begin()
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
