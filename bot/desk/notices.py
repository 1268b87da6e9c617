"""Notices: what the house wants its editors to know, told to each of them once."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from bot.desk.answers import News, Notices
from bot.desk.line import Line
from bot.desk.people import People
from bot.desk.replies import Replies
from bot.errors import Refused, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.ledger import Notice
from bot.settings import Editor

log = structlog.get_logger(__name__)

DEAF = timedelta(minutes=10)
"""Who has never written to the bot, or has blocked it, cannot be written to: tried again after this."""
_HELD = re.compile(r"story (\d+) held")


class Teller:
    """Tells all open notices in one message an editor; one that nobody has got yet stays open in the ledger."""

    def __init__(self, ledger: Ledger, line: Line, people: People, replies: Replies) -> None:
        self._ledger, self._line, self._people, self._replies = ledger, line, people, replies
        self._owed: dict[int, tuple[Notice, set[int]]] = {}
        self._told: set[int] = set()
        self._deaf: dict[int, datetime] = {}

    def hears(self, editor: Editor) -> None:
        """They wrote to the bot: it may write to them."""
        self._deaf.pop(editor.id, None)

    async def tell(self, now: datetime) -> None:
        """Whoever cannot be reached now is owed it. Raises LedgerError."""
        everybody = {editor.id for editor in self._people.editors}
        for notice in await self._ledger.notices.untold():
            if notice.id not in self._told:
                self._owed.setdefault(notice.id, (notice, set(everybody)))
            elif notice.id not in self._owed:  # all have it, but the ledger could not write that down
                await self._ledger.notices.told(notice.id, now)
        for editor in self._people.editors:
            mine = [notice for notice, owed in self._owed.values() if editor.id in owed]
            if mine and self._deaf.get(editor.id, now) <= now and not await self._tell(editor, mine, now):
                break
        self._forget()

    async def _tell(self, editor: Editor, notices: Sequence[Notice], now: datetime) -> bool:
        """Whether the line is there."""
        text = self._replies.render(Notices(tuple(map(_news, notices))), self._people.language(editor), now)
        try:
            await self._line.send(editor.id, text)
        except Unavailable:
            return False
        except Uncertain as err:
            # A second time is a nuisance, a lost alarm is worse.
            log.warning("a notice may not have arrived: it is told again", editor=editor.name, why=err.why)
            return True
        except Refused as err:
            if editor.id not in self._deaf:
                log.warning("an editor cannot be written to: let them write /start", editor=editor.name, why=err.why)
            self._deaf[editor.id] = now + DEAF
            return True
        self._deaf.pop(editor.id, None)
        for notice in notices:
            self._owed[notice.id][1].discard(editor.id)
            if notice.id not in self._told:
                self._told.add(notice.id)
                await self._ledger.notices.told(notice.id, now)
        return True

    def _forget(self) -> None:
        """What was told to somebody is owed only to those who can hear."""
        done = [number for number, (_, owed) in self._owed.items() if number in self._told and owed <= set(self._deaf)]
        for number in done:
            del self._owed[number]


def _news(notice: Notice) -> News:
    held = _HELD.fullmatch(notice.subject)
    return News(notice.text, int(held[1]) if held else None)
