"""Telegram's own menu of verbs: shown to each person in their chat, in their language, and to nobody else."""

import contextlib

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.desk.people import DEFAULT_LANGUAGE, People
from bot.desk.registry import VERBS
from bot.desk.replies import Replies
from bot.model.desk import Person, Role

log = structlog.get_logger(__name__)


class Menus:
    """Set once a process; who has never written to the bot gets theirs when they do."""

    def __init__(self, bot: Bot, people: People, replies: Replies, chat: int | None) -> None:
        """`chat` is the desk's own, if it has one."""
        self._bot, self._people, self._replies, self._chat = bot, people, replies, chat
        self._shown = False
        self._without: set[int] = set()
        self._with: set[int] = set()

    async def show(self) -> None:
        """To everybody, unless it has been done. Raises TelegramError where the line is away, LedgerError."""
        if self._shown:
            return
        for language in self._replies.words:
            code = None if language == DEFAULT_LANGUAGE else language
            try:
                await self._bot.set_my_commands(self._lines(language, None), language_code=code)
            except BadRequest as err:
                log.warning("Telegram refuses the desk's menu", language=language, error=err.message)
        for person in await self._people.everybody():
            await self._show(person.number, self._people.language(person), person.role)
        if self._chat is not None:
            await self._show(self._chat, self._people.language(), Role.EDITOR)
        self._shown = True

    def new(self, person: Person) -> None:
        """Somebody has just been let in: their menu is still to come."""
        self._without.add(person.number)

    async def hears(self, person: Person) -> None:
        """They wrote to the bot: now their chat exists."""
        if person.number in self._without:
            with contextlib.suppress(TelegramError):  # a menu is no reason to leave a command undone
                await self._show(person.number, self._people.language(person), person.role)

    async def gone(self, number: int) -> None:
        """They are of the desk no longer: their menu goes, too."""
        if number in self._with:
            self._with.discard(number)
            with contextlib.suppress(TelegramError):
                await self._bot.delete_my_commands(BotCommandScopeChat(number))

    async def _show(self, chat: int, language: str, role: Role) -> None:
        try:
            await self._bot.set_my_commands(self._lines(language, role), scope=BotCommandScopeChat(chat))
            self._without.discard(chat)
            self._with.add(chat)
        except (BadRequest, Forbidden):
            self._without.add(chat)

    def _lines(self, language: str, role: Role | None) -> list[BotCommand]:
        """What that role may do; None: a stranger, who may ask for their number."""
        said = self._replies.words[language].verbs
        mine = [spec for spec in VERBS.values() if spec.menu and role is not None and role.rank >= spec.role.rank]
        return [BotCommand(spec.name, said[spec.name]) for spec in mine or [VERBS["id"]]]
