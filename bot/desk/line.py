"""The line to the Bot API: its errors made ours, its troubles said once, its messages sent."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from telegram import Bot, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.desk.splitting import split
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.edition import Markup
from bot.rules.counting import visible
from bot.web.outcomes import NEVER_SENT
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)

DESK = "desk"
QUIET = timedelta(minutes=10)
"""Two pollers take turns in failing: their quarrel is over, and may be said again, after this long without it."""
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 30.0
_LONGEST_PATIENCE = 60.0
"""An answer that Telegram wants later than this is dropped: every other command waits behind it."""
_MOST_DOUBTS = 6
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_BAD_MARKUP = "can't parse entities"


class Troubles:
    """Says each trouble of the line once when it begins, and once that it is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: dict[str, datetime] = {}
        self._last_conflict: datetime | None = None
        self._wait = self._conflict_wait = _FIRST_WAIT

    def met(self, err: Exception) -> float:
        """Seconds to wait before the next try."""
        if isinstance(err, RetryAfter):
            return waiting(err).total_seconds()
        if isinstance(err, Conflict):
            return self._conflict()
        if isinstance(err, InvalidToken):
            # Its own words would name the token.
            self._say("token", "Telegram refuses the desk's token: correct desk.token; the desk tries on")
        elif not isinstance(err, TelegramError):
            self._say("stumble", "the desk stumbles and tries on", err)
        else:
            self._say("away", "the Bot API cannot be reached: the desk waits for it, everything else goes on", err)
        wait, self._wait = self._wait, min(self._wait * 2, _LONGEST_WAIT)
        return wait

    def over(self) -> None:
        """The line works."""
        self._wait = _FIRST_WAIT
        if self._since:
            log.info("the desk is back", away=str(self._clock() - min(self._since.values())).partition(".")[0])
            self._since.clear()

    def _conflict(self) -> float:
        now = self._clock()
        if self._last_conflict is None or now - self._last_conflict > QUIET:
            self._conflict_wait = _FIRST_WAIT
            log.error("another program polls with the desk's token: stop one of the two, or give it a bot of its own")
        self._last_conflict = now
        wait, self._conflict_wait = self._conflict_wait, min(self._conflict_wait * 2, _LONGEST_WAIT)
        return wait

    def _say(self, trouble: str, words: str, err: Exception | None = None) -> None:
        if trouble not in self._since:
            self._since[trouble] = self._clock()
            unforeseen = err if err is not None and not isinstance(err, TelegramError) else None
            log.warning(words, error=_short(err) if err else None, exc_info=unforeseen)


class Line:
    """Sends what the desk has to say."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, chat: int, text: str, *, thread: int | None = None, reply_to: int | None = None) -> None:
        """In as many messages as it takes. Raises Refused, Unavailable or Uncertain."""
        for message in split(text):
            await self._send(chat, message, thread, reply_to)

    async def insist(
        self, chat: int, text: str, going_on: Callable[[], bool], *, thread: int | None, reply_to: int | None
    ) -> None:
        """The same, waiting for a line that is away as long as the desk goes on. Raises as `send` does.

        An answer that may have arrived is sent again a few times: twice is a nuisance, not knowing is worse.
        """
        wait, doubts = _FIRST_WAIT, 0
        rest: Sequence[str] = split(text)
        while rest:
            try:
                await self._send(chat, rest[0], thread, reply_to)
                rest = rest[1:]
            except (Unavailable, Uncertain) as err:
                doubts += isinstance(err, Uncertain)
                asked = err.retry_after.total_seconds() if isinstance(err, Unavailable) and err.retry_after else 0.0
                if not going_on() or asked > _LONGEST_PATIENCE or doubts > _MOST_DOUBTS:
                    raise
                await asyncio.sleep(asked or wait)
                wait = min(wait * 2, _LONGEST_WAIT)

    async def _send(self, chat: int, message: str, thread: int | None, reply_to: int | None) -> None:
        try:
            try:
                await self._message(chat, message, thread, reply_to, ParseMode.HTML)
            except BadRequest as err:
                if _BAD_MARKUP not in err.message.lower():
                    raise
                log.error("a reply's markup is refused, its words go without", error=err.message)  # noqa: TRY400 - the message says it all
                await self._message(chat, visible(message, Markup.HTML), thread, reply_to, None)
        except TelegramError as err:
            raise ours(err) from None

    async def _message(
        self, chat: int, text: str, thread: int | None, reply_to: int | None, parse_mode: str | None
    ) -> None:
        await self._bot.send_message(
            chat,
            text,
            parse_mode=parse_mode,
            link_preview_options=_NO_PREVIEW,
            message_thread_id=thread,
            reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
        )


def ours(err: TelegramError) -> DeliveryError:
    """One of the three; most specific first."""
    why = _short(err)
    match err:
        case RetryAfter():
            return Unavailable(DESK, "asked to wait", retry_after=waiting(err))
        case InvalidToken():
            return Unavailable(DESK, "the token is refused")
        case Forbidden() | BadRequest() | ChatMigrated():
            return Refused(DESK, why)
        case _ if isinstance(err.__cause__, NEVER_SENT):
            return Unavailable(DESK, f"not sent: {why}")
        case _:
            return Uncertain(DESK, why)


def _short(err: Exception) -> str:
    return str(err)[:200]  # a proxy's page stands in it whole


def waiting(err: RetryAfter) -> timedelta:
    """What the platform asks for. The attribute itself: the property warns of its own future on every read."""
    wait = err._retry_after  # noqa: SLF001
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
