"""Troubles of the line to the Bot API: each said once when it begins, and once that it is over."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from bot.talk.line import FIRST_WAIT, LONGEST_WAIT, short, waiting

log = structlog.get_logger(__name__)

QUIET = timedelta(minutes=10)
"""Two pollers take turns in failing: their quarrel is over, and may be said again, after this long without it."""


class Troubles:
    """Says each trouble of the line once when it begins, and once that it is over."""

    def __init__(self, clock: Callable[[], datetime], who: str = "desk", setting: str = "desk.token") -> None:
        """`who` listens, with the token of that `setting`."""
        self._clock, self._who, self._setting = clock, who, setting
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
            self._say(
                "token", f"Telegram refuses the {self._who}'s token: correct {self._setting}; the {self._who} tries on"
            )
        elif isinstance(err, BadRequest):
            self._say("refused", f"Telegram refuses what the {self._who} asks for; the {self._who} tries on", err)
        elif not isinstance(err, TelegramError):
            self._say("stumble", f"the {self._who} stumbles and tries on", err)
        else:
            words = f"the Bot API cannot be reached: the {self._who} waits for it, everything else goes on"
            self._say("away", words, err)
        wait, self._wait = self._wait, min(self._wait * 2, LONGEST_WAIT)
        return wait

    def over(self) -> None:
        """The line works."""
        self._wait = FIRST_WAIT
        if self._since:
            away = str(self._clock() - min(self._since.values())).partition(".")[0]
            words = f"the {self._who} is back"
            log.info(words, away=away)
            self._since.clear()

    def _conflict(self) -> float:
        now = self._clock()
        if self._last_conflict is None or now - self._last_conflict > QUIET:
            self._conflict_wait = FIRST_WAIT
            remedy = "stop one of the two, or give it a bot of its own"
            words = f"another program polls with the {self._who}'s token: {remedy}"
            log.error(words)
        self._last_conflict = now
        wait, self._conflict_wait = self._conflict_wait, min(self._conflict_wait * 2, LONGEST_WAIT)
        return wait

    def _say(self, trouble: str, words: str, err: Exception | None = None) -> None:
        if trouble not in self._since:
            self._since[trouble] = self._clock()
            unforeseen = err if err is not None and not isinstance(err, TelegramError) else None
            log.warning(words, error=short(err) if err else None, exc_info=unforeseen)
