"""What Telegram answers: proofs as receipts, and errors as one of ours.

Sources: the Bot API 10.0 server (its error texts), tdlib, python-telegram-bot 22.8.

    what comes back                                   what it means
    RetryAfter                                        Unavailable, with the platform's own time
    InvalidToken (401, 404)                           Refused, the account: revoked
    Forbidden                                         Refused, the account, gone: kicked, blocked, deactivated
    ChatMigrated                                      nothing is out: sent there, and from then on
    BadRequest "not enough rights", "write_forbidden" Refused, the account, gone
    BadRequest "chat not found"                       Refused, the account, gone
    BadRequest "group send failed", of an album       Uncertain: the server tells no more
    BadRequest "message is not modified"              an edit that has been made already: success
    BadRequest "message to delete not found"          a deletion that has been made already: success
    other BadRequest                                  Refused, this post
    TimedOut / NetworkError by a connect or pool error  Unavailable: nothing was sent
    TimedOut / NetworkError else (5xx, broken answer) Uncertain
"""

from collections.abc import Sequence
from datetime import UTC, timedelta

from telegram import Message
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.wire import WITHOUT_PICTURE
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.delivery import Receipt
from bot.web.outcomes import NEVER_SENT

_ACCOUNT = ("not enough rights", "write_forbidden", "have no rights", "chat not found", "chat_admin_required")
_PICTURE = (
    "photo_invalid",
    "wrong type of the web page",
    "photo_save_file",
    "image_process_failed",
    "too big for a photo",
)
UNCHANGED = ("message is not modified",)
GONE = ("message to delete not found",)
AS_WANTED = ("message to unpin not found", "not_modified", "message is not pinned")


def says(err: TelegramError, words: Sequence[str]) -> bool:
    """Whether it is a refusal with one of these words."""
    return isinstance(err, BadRequest) and any(text in err.message.lower() for text in words)


def about_the_picture(err: TelegramError) -> bool:
    """The picture was refused, so nothing is out."""
    return says(err, _PICTURE)


def error_of(channel: str, err: TelegramError, token: str) -> DeliveryError:
    """One of the three, by the table above; most specific first. The token never stays in the words."""
    why = str(err).replace(token, "***")
    match err:
        case RetryAfter():
            return Unavailable(channel, why, retry_after=_wait(err))
        case ChatMigrated() | InvalidToken() | Forbidden():
            return Refused(channel, why, account=True, gone=isinstance(err, Forbidden))
        case BadRequest() if "group send failed" not in why.lower():
            ours = says(err, _ACCOUNT)
            return Refused(channel, why, account=ours, gone=ours)
        case NetworkError() if isinstance(err.__cause__, NEVER_SENT):
            return Unavailable(channel, f"not sent: {why}")
        case _:
            return Uncertain(channel, why)


def receipt_of(messages: Sequence[Message], sent: str) -> Receipt:
    """The proof; an album has the numbers of all its pictures, the captioned one first."""
    first = messages[0]
    numbers = "+".join(str(one.message_id) for one in messages)
    return Receipt(f"{first.chat_id}/{numbers}", first.date.astimezone(UTC), first.link, sent)


def messages_of(receipt: Receipt) -> tuple[int | None, tuple[int, ...]]:
    """The chat, where the receipt names it, and the numbers of its messages."""
    chat, _, numbers = receipt.platform_id.rpartition("/")
    return int(chat) if chat else None, tuple(int(number) for number in numbers.split("+"))


def went_as_text(receipt: Receipt) -> bool:
    """Whether a post that should have had a picture has none."""
    return receipt.sent.startswith(WITHOUT_PICTURE)


def _wait(err: RetryAfter) -> timedelta:
    # The attribute itself: the property warns of its own future on every read.
    wait = err._retry_after  # noqa: SLF001
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
