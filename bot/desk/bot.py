"""The desk bot: listens to its editors on Telegram, turns a stranger away, and lets no command get lost.

A command is confirmed to Telegram only after it has been carried out and answered: what a crash interrupts is
delivered, and carried out, once more, and every verb bears that.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from bot.desk.answer import Answer
from bot.desk.board import Board
from bot.desk.contributions import Contributions
from bot.desk.hands import Hands
from bot.desk.menus import Menus
from bot.desk.notices import Teller
from bot.desk.people import People
from bot.desk.presses import Presses
from bot.desk.progress import Progressing
from bot.desk.reception import Reception, Staff
from bot.desk.registry import VERBS
from bot.desk.replies import Replies
from bot.desk.speaking import Speaker
from bot.desk.verb import Chart, Room
from bot.errors import SettingsError, Unavailable
from bot.ledger import Ledger
from bot.ledger.subscribers import Subscribers
from bot.settings import Desk, Newsroom
from bot.talk.application import Bots, application, number_of
from bot.talk.buttons import LIFE, Seal
from bot.talk.incoming import Brought, Came, Incoming, Letters, Polled, Webhook
from bot.talk.line import Line, Place, ours, short
from bot.talk.listening import Listening
from bot.talk.troubles import Troubles
from bot.work.broadcasting import Broadcasting
from bot.work.clipping import Clipping
from bot.work.ordering import Ordering
from bot.work.outlet import Clock

POLL = timedelta(seconds=25)
"""How long Telegram keeps a question open while nobody writes."""


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
        ordering: Ordering,
        poll: timedelta = POLL,
        contributions: Contributions | None = None,
        able: tuple[str, ...] = (),
        sources: tuple[str, ...] = (),
        cards: Path | None = None,
        wake: Callable[[str], None] = lambda _: None,
        clipping: Clipping | None = None,
        webhook: Webhook | None = None,
        broadcasting: Broadcasting | None = None,
        subscribers: Subscribers | None = None,
        chart: Chart | None = None,
    ) -> None:
        """Raises SettingsError where there is no token. Without a webhook the desk asks for its updates."""
        self._clock, self._ledger = clock, ledger
        self._application, token = _application(desk)
        self._bot = self._application.bot
        troubles = Troubles(clock)
        people = People(desk.editors, newsroom.languages[0], ledger)
        replies, line, seal = Replies(shipped, own, newsroom.tz), Line(self._bot), Seal(token)
        speaker = Speaker(line, replies, seal, ledger, clock)
        number = number_of(token)
        self._menus = Menus(self._bot, number, people, replies, desk.chat, ledger)
        self._teller = Teller(ledger, speaker, desk.quiet, newsroom.tz)
        room = Room(
            ledger, channels, ordering, able, sources, newsroom.tz, cards, people.fixed,
            me=lambda: self._bot.username, wake=wake, fetch=line.fetch, clipping=clipping, verbs=VERBS,
            broadcasting=broadcasting, subscribers=subscribers, chart=chart,
            languages=tuple(replies.words),
            tell=lambda chat, answer, language: speaker.say(Place(chat), answer, language),
        )  # fmt: skip
        place = Place(desk.chat, desk.topic) if desk.chat is not None else None
        self._board = Board(room, people, speaker, clock, place, self._teller.deaf)
        self._progress = Progressing(room, people, speaker)
        hands = Hands(room, number)
        staff = Staff(
            room, people, replies, line, speaker, hands, self._teller, self._board, self._menus, clock,
            going_on=lambda: not self._ear.closing,
        )  # fmt: skip
        self._errands = staff.errands
        reception, presses = Reception(staff, contributions), Presses(staff, seal)
        self._application.add_handler(MessageHandler(filters.UpdateType.MESSAGE, reception.heard))
        self._application.add_handler(CallbackQueryHandler(presses.pressed))
        self._application.add_error_handler(reception.broke)
        letters = Letters(self._bot, ledger, clock)
        incoming: Incoming = (
            Brought(self._bot, letters, webhook, clock) if webhook else Polled(self._bot, letters, poll)
        )
        self._ear = Listening("desk", self._application, incoming, troubles, self._menus.show, self._carry_out)

    async def start(self) -> None:
        """Begin to listen; the Bot API may be away."""
        await self._ear.start()

    async def stop(self) -> None:
        """Let the command under way end, confirm it, and let go of the connections."""
        await self._ear.stop(lambda: self._errands.end(1.0))

    @property
    def under_way(self) -> bool:
        """Whether a command still waits for a page, a picture or a card."""
        return self._errands.under_way

    async def run_notices(self) -> None:
        """Show which stories wait, and tell what is open to who has not been told. Raises LedgerError."""
        if self._ear.there:
            await self._board.run(self._clock())
            await self._teller.tell(self._board, self._clock())
            await self._progress.run(self._clock())
            await self._menus.renew()

    async def tidy(self) -> None:
        """Forget updates, questions and buttons that are too old to come again. Raises LedgerError."""
        await self._ledger.updates.forget(self._clock())
        await self._ledger.dialogues.forget(self._clock())
        await self._ledger.desk_messages.clear(self._clock() - LIFE)

    async def _carry_out(self, came: Came) -> None:
        await self._application.process_update(came.update)


async def called(desk: Desk) -> str:
    """The bot's own name, which its invitations need. Raises SettingsError, Unavailable."""
    application, _ = _application(desk)
    try:
        async with application.bot as bot:
            name: str = bot.username
            return name
    except TelegramError as err:
        raise Unavailable("desk", short(err)) from err


@contextlib.asynccontextmanager
async def writing(
    desk: Desk, replies: Replies, ledger: Ledger, clock: Clock
) -> AsyncIterator[Callable[[int, Answer, str], Awaitable[object]]]:
    """Write to people's own chats without listening to anybody, as `Room.tell` does. Raises SettingsError."""
    application, token = _application(desk)
    speaker = Speaker(Line(application.bot), replies, Seal(token), ledger, clock)

    async def tell(chat: int, answer: Answer, language: str) -> object:
        try:
            await application.bot.initialize()
        except TelegramError as err:
            raise ours(err) from err
        return await speaker.say(Place(chat), answer, language)

    try:
        yield tell
    finally:
        await application.bot.shutdown()


def _application(desk: Desk) -> tuple[Bots, str]:
    if desk.token is None:
        raise SettingsError("desk.token", None, "name the desk bot's token, as env:NAME or file:PATH")
    try:
        token = desk.token.reveal()
    except SettingsError as err:
        raise SettingsError("desk.token", err.path, err.remedy) from err
    return application(token, desk.api), token
