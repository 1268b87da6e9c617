"""Telegram's own menu of verbs: shown to each editor in their chat, in their language, and to nobody else."""

import contextlib

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.desk.people import DEFAULT_LANGUAGE, People
from bot.desk.replies import LANGUAGES, Replies
from bot.settings import Editor
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)


class Menus:
    """Set once a process; an editor who has never written to the bot gets theirs when they do."""

    def __init__(self, bot: Bot, people: People, replies: Replies, clock: Clock) -> None:
        self._bot, self._people, self._replies, self._clock = bot, people, replies, clock
        self._shown = False
        self._without: set[int] = set()

    async def show(self) -> None:
        """To everybody, unless it has been done. Raises TelegramError where the line is away."""
        if self._shown:
            return
        for language in LANGUAGES:
            code = None if language == DEFAULT_LANGUAGE else language
            try:
                await self._bot.set_my_commands(self._lines(language, editor=False), language_code=code)
            except BadRequest as err:
                log.warning("Telegram refuses the desk's menu", language=language, error=err.message)
        for editor in self._people.editors:
            await self._show(editor)
        self._shown = True

    async def hears(self, editor: Editor) -> None:
        """They wrote to the bot: now their chat exists."""
        if editor.id in self._without:
            with contextlib.suppress(TelegramError):  # a menu is no reason to leave a command undone
                await self._show(editor)

    async def _show(self, editor: Editor) -> None:
        menu = self._lines(self._people.language(editor), editor=True)
        try:
            await self._bot.set_my_commands(menu, scope=BotCommandScopeChat(editor.id))
            self._without.discard(editor.id)
        except (BadRequest, Forbidden):
            self._without.add(editor.id)

    def _lines(self, language: str, *, editor: bool) -> list[BotCommand]:
        return [BotCommand(*line) for line in self._replies.menu(language, self._clock(), editor=editor)]
