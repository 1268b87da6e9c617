"""Telegram's own menu of verbs: shown to each person in their chat, in their language, and to nobody else."""

import contextlib

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.desk.people import DEFAULT_LANGUAGE, People
from bot.desk.registry import VERBS
from bot.desk.replies import Replies
from bot.errors import LedgerError
from bot.ledger import Ledger
from bot.model.desk import Person, Role

log = structlog.get_logger(__name__)


class Menus:
    """The ledger remembers who has one: whoever leaves while the desk is away loses theirs when it is back.

    Who has never written to the bot gets theirs when they do.
    """

    def __init__(
        self, bot: Bot, number: int, people: People, replies: Replies, chat: int | None, ledger: Ledger
    ) -> None:
        """`number` is the bot's, `chat` the desk's own, if it has one."""
        self._bot, self._number, self._people, self._replies, self._chat = bot, number, people, replies, chat
        self._ledger = ledger
        self._shown: dict[int, str] | None = None
        """By chat, in which language and for which role; None: not shown by this process yet."""
        self._without: set[int] = set()

    async def show(self) -> None:
        """To everybody, unless it has been done. Raises TelegramError where the line is away, LedgerError."""
        if self._shown is not None:
            return
        for language in self._replies.words:
            code = None if language == DEFAULT_LANGUAGE else language
            try:
                await self._bot.set_my_commands(self._lines(language, None), language_code=code)
            except BadRequest as err:
                log.warning("Telegram refuses the desk's menu", language=language, error=err.message)
        there = await self._ledger.menus.all(self._number)
        for chat, (language, role) in (await self._wanted()).items():
            await self._show(chat, language, role, there)
        self._shown = there
        await self.renew()

    async def renew(self) -> None:
        """Bring every menu in step with who is of the desk, and as what. Raises LedgerError."""
        if self._shown is None:
            return
        wanted = await self._wanted()
        with contextlib.suppress(TelegramError):  # then the next round does it
            for chat in [one for one in self._shown if one not in wanted]:
                await self.gone(chat)
            for chat, (language, role) in wanted.items():
                if chat not in self._without and self._shown.get(chat) != _as(language, role):
                    await self._show(chat, language, role, self._shown)

    async def hears(self, person: Person) -> None:
        """They wrote to the bot: now their chat exists."""
        if self._shown is not None and (person.number in self._without or person.number not in self._shown):
            with contextlib.suppress(TelegramError, LedgerError):  # a menu is no reason to leave a command undone
                await self._show(person.number, self._people.language(person), person.role, self._shown)

    async def gone(self, number: int) -> None:
        """They are of the desk no longer: their menu goes, too. Raises TelegramError, LedgerError."""
        if self._shown is None or number not in self._shown:
            return
        with contextlib.suppress(BadRequest, Forbidden):  # their chat is gone, and the menu with it
            await self._bot.delete_my_commands(BotCommandScopeChat(number))
        self._shown.pop(number)
        await self._ledger.menus.forget(self._number, number)

    async def _wanted(self) -> dict[int, tuple[str, Role]]:
        """By chat, in which language and for which role."""
        mine = {one.number: (self._people.language(one), one.role) for one in await self._people.everybody()}
        return mine if self._chat is None else {**mine, self._chat: (self._people.language(), Role.EDITOR)}

    async def _show(self, chat: int, language: str, role: Role, shown: dict[int, str]) -> None:
        try:
            await self._bot.set_my_commands(self._lines(language, role), scope=BotCommandScopeChat(chat))
        except (BadRequest, Forbidden):
            self._without.add(chat)
            return
        self._without.discard(chat)
        shown[chat] = _as(language, role)
        await self._ledger.menus.keep(self._number, chat, shown[chat])

    def _lines(self, language: str, role: Role | None) -> list[BotCommand]:
        """What that role may do; None: a stranger, who may ask for their number."""
        said = self._replies.words[language].verbs
        mine = [spec for spec in VERBS.values() if spec.menu and role is not None and role.rank >= spec.role.rank]
        return [BotCommand(spec.name, said[spec.name]) for spec in mine or [VERBS["id"]]]


def _as(language: str, role: Role) -> str:
    return f"{language} {role}"
