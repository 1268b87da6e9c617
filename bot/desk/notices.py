"""Notices: what the house wants its editors to know, told once in each place, with a button that helps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.desk.answers.alarms import News, Notices
from bot.desk.board import Board
from bot.desk.remedies import held_story, remedies, urgent, wisher
from bot.desk.speaking import Speaker
from bot.errors import Refused, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.desk import Person
from bot.model.ledger import Notice
from bot.rules.quiet import is_quiet
from bot.talk.line import Place

log = structlog.get_logger(__name__)

DEAF = timedelta(minutes=10)
"""Who has never written to the bot, or has blocked it, cannot be written to: tried again after this."""


AT_ONCE = 20
"""Notices in one message: Telegram takes a hundred buttons at most, and nobody reads more."""


class Teller:
    """Tells all open notices in one message a place; one that nobody has got yet stays open in the ledger."""

    def __init__(self, ledger: Ledger, speaker: Speaker, quiet: str | None, zone: ZoneInfo) -> None:
        self._ledger, self._speaker, self._quiet, self._zone = ledger, speaker, quiet, zone
        self._owed: dict[int, tuple[Notice, set[int]]] = {}
        self._told: set[int] = set()
        self._deaf: dict[int, datetime] = {}

    def hears(self, person: Person) -> None:
        """They wrote to the bot: it may write to them."""
        self._deaf.pop(person.number, None)

    def deaf(self) -> frozenset[int]:
        """Chats that cannot be written to for now."""
        return frozenset(self._deaf)

    async def tell(self, board: Board, now: datetime) -> None:
        """Whoever cannot be reached now is owed it. Raises LedgerError."""
        places = await board.places()
        night = is_quiet(self._quiet, now, self._zone)
        untold = await self._ledger.notices.untold()
        there = {notice.id for notice in untold} | self._told
        self._owed = {number: owed for number, owed in self._owed.items() if number in there}
        for notice in untold:
            if night and not urgent(notice.subject):
                continue  # it stays open until the morning
            if notice.id not in self._told:
                self._owed.setdefault(notice.id, (notice, set(places) - {wisher(notice.subject)}))
            elif notice.id not in self._owed:  # all have it, but the ledger could not write that down
                await self._ledger.notices.told(notice.id, now)
        for chat, (place, language) in places.items():
            mine = [notice for notice, owed in self._owed.values() if chat in owed][:AT_ONCE]
            if mine and self._deaf.get(chat, now) <= now and not await self._tell(board, place, language, mine, now):
                break
        self._forget()

    async def _tell(self, board: Board, place: Place, language: str, notices: Sequence[Notice], now: datetime) -> bool:
        """Whether the line is there."""
        shown = {notice.id: await self._on_board(board, notice, place.chat) for notice in notices}
        notices = [notice for notice in notices if shown[notice.id] is not None]
        news = [
            News(notice.text, await remedies(self._ledger, notice.subject))
            for notice in notices
            if not shown[notice.id]
        ]
        try:
            if news:
                await self._speaker.say(place, Notices(tuple(news)), language)
        except Unavailable:
            return False
        except Uncertain as err:
            # A second time is a nuisance, a lost alarm is worse.
            log.warning("a notice may not have arrived: it is told again", chat=place.chat, why=err.why)
            return True
        except Refused as err:
            if place.chat not in self._deaf:
                log.warning("an editor cannot be written to: let them write /start", chat=place.chat, why=err.why)
            self._deaf[place.chat] = now + DEAF
            return True
        self._deaf.pop(place.chat, None)
        for notice in notices:
            self._owed[notice.id][1].discard(place.chat)
            if notice.id not in self._told:
                self._told.add(notice.id)
                await self._ledger.notices.told(notice.id, now)
        return True

    async def _on_board(self, board: Board, notice: Notice, chat: int) -> bool | None:
        """A story that waits has a message of its own with the same buttons, or will have it (None)."""
        story = held_story(notice.subject)
        return False if story is None else await board.has(story, chat)

    def _forget(self) -> None:
        """What was told to somebody is owed only to those who can hear."""
        done = [number for number, (_, owed) in self._owed.items() if number in self._told and owed <= set(self._deaf)]
        for number in done:
            del self._owed[number]
