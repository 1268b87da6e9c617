"""One log, structured, with every secret blotted out before a line is written."""

import logging
import re
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TextIO

import structlog

# A bot token wherever it appears, also one that is not ours: "/bot123:AA…/sendMessage" or bare.
_TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,}")
_CHATTY = (
    "aiosqlite", "alembic", "apscheduler", "asyncio", "httpcore", "httpx", "readability", "telegram", "trafilatura",
    "uvicorn", "watchfiles",
)  # fmt: skip
_SHORTEST = 6  # A shorter secret would blot out ordinary words.
_REMEMBERED = 500
_learnt: dict[str, None] = {}


def learn(*secrets: str) -> None:
    """Keep these out of the log from now on, too: tokens that were got while the process runs, the latest of them."""
    for secret in secrets:
        if len(secret) >= _SHORTEST and secret not in _learnt:
            _learnt[secret] = None
    for old in list(_learnt)[:-_REMEMBERED]:
        del _learnt[old]


class Redactor:
    """Replaces secrets in text by ***."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        longest_first = sorted({s for s in secrets if len(s) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub("***", text)
        for secret in tuple(_learnt):
            text = text.replace(secret, "***")
        return _TOKEN.sub("***", text)


class _Blotting(structlog.stdlib.ProcessorFormatter):
    """The last step of every line, tracebacks and other libraries' lines included."""

    redact: Redactor = Redactor()

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(super().format(record))


def _times_as_words(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A time in a line is read by people: no repr of it."""
    for name, value in event.items():
        if isinstance(value, datetime):
            event[name] = value.isoformat(timespec="milliseconds")
    return event


def configure(level: str, redact: Redactor, *, json: bool = False, stream: TextIO = sys.stderr) -> None:
    """Send the whole process's log, ours and the libraries', through one formatter to `stream`."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _times_as_words,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    finish: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json:
        finish.append(structlog.processors.format_exc_info)
    formatter = _Blotting(foreign_pre_chain=shared, processors=[*finish, last])
    formatter.redact = redact
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    quiet = logging.WARNING if level != "debug" else logging.DEBUG
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(quiet)
    # It would write down every value that goes to the ledger: a contributor's address among them.
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
    # It writes a traceback for every answer that is no JSON: an hour of a proxy's error page is one trouble, not 120.
    logging.getLogger("telegram.request").setLevel(logging.CRITICAL if level != "debug" else logging.DEBUG)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
