"""Troubles of the line to the Bot API: each said once when it begins, and once that it is over."""

from datetime import datetime, timedelta

import structlog
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from bot.desk.line import FIRST_WAIT, LONGEST_WAIT, short, waiting
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

QUIET = timedelta(minutes=10)
"""Two pollers take turns in failing: their quarrel is over, and may be said again, after this long without it."""


class Troubles:
    """Says each trouble of the line once when it begins, and once that it is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: dict[str, datetime] = {}
        self._last_conflict: datetime | None = None
        self._wait = self._conflict_wait = FIRST_WAIT

    def met(self, err: Exception) -> float:
        """Seconds to wait before the next try."""
        if isinstance(err, RetryAfter):
            return waiting(err).total_seconds()
        if isinstance(err, Conflict):
            return self._conflict()
        if isinstance(err, InvalidToken):
            # Its own words would name the token.
            self._say("token", "Telegram refuses the desk's token: correct desk.token; the desk tries on")
        elif isinstance(err, BadRequest):
            self._say("refused", "Telegram refuses what the desk asks for; the desk tries on", err)
        elif not isinstance(err, TelegramError):
            self._say("stumble", "the desk stumbles and tries on", err)
        else:
            self._say("away", "the Bot API cannot be reached: the desk waits for it, everything else goes on", err)
        wait, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
        return wait

    def over(self) -> None:
        """The line works."""
        self._wait = FIRST_WAIT
        if self._since:
            log.info("the desk is back", away=str(self._clock() - min(self._since.values())).partition(".")[0])
            self._since.clear()

    def _conflict(self) -> float:
        now = self._clock()
        if self._last_conflict is None or now - self._last_conflict > QUIET:
            self._conflict_wait = FIRST_WAIT
            log.error("another program polls with the desk's token: stop one of the two, or give it a bot of its own")
        self._last_conflict = now
        wait, self._conflict_wait = self._conflict_wait, min(self._conflict_wait * 2, LONGEST_WAIT)
        return wait

    def _say(self, trouble: str, words: str, err: Exception | None = None) -> None:
        if trouble not in self._since:
            self._since[trouble] = self._clock()
            unforeseen = err if err is not None and not isinstance(err, TelegramError) else None
            log.warning(words, error=short(err) if err else None, exc_info=unforeseen)
