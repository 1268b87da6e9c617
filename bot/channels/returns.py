"""Returned mail: what another server's report says of a mail of ours, and which mail it was.

Sources: RFC 3464 and 6522 (delivery status), RFC 3463 (enhanced codes), RFC 5965 (complaints). What is no report by
these is left unread, for a person: of free words nothing is guessed.

    action, status                          what it means
    failed 5.1.*, 5.2.1                     hard: no such reader, or no longer
    failed, any other                       soft: a full mailbox, a rule, a fault of theirs
    delayed, delivered, relayed, expanded   nothing: it was read, and that is all
    Feedback-Type abuse, fraud, other       a complaint
"""

import email
import hashlib
import re
from collections.abc import Iterator, Sequence
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32

from bot.model.returned import Report, Return, Returned

_NOT_A_COMPLAINT = frozenset({"not-spam", "auth-failure", "virus", "opt-out"})
HARD = re.compile(r"5\.(1\.\d{1,3}|2\.1)\b")
_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}")
_TAG = re.compile(r"\+([A-Za-z0-9-]{1,64})@")
_UNSEEN = re.compile("[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_DELIVERED_TO = ("Delivered-To", "X-Original-To", "To")


def report(place: str, raw: bytes, readers: Sequence[str], domain: str) -> Report | None:
    """What a mail tells of these readers' mail, whose Message-ID ends in our domain; None where it is no report."""
    mail = email.message_from_bytes(raw, policy=compat32)
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    parts = [part for part in mail.get_payload() if isinstance(part, Message)]
    told: list[Returned] = []
    for part in parts:
        match part.get_content_type():
            case "message/delivery-status" | "message/global-delivery-status":
                told += _status(part, readers)
            case "message/feedback-report":
                told += _complaint(part, readers)
            case _:
                continue
        mark = _said(mail, "Message-ID") or hashlib.sha256(raw).hexdigest()
        return Report(place, mark, tuple(dict.fromkeys(_keys(mail, parts, domain))), tuple(told))
    return None


def _status(part: Message, readers: Sequence[str]) -> Iterator[Returned]:
    """One block a recipient; the first is about the whole message."""
    payload = part.get_payload()
    for block in payload if isinstance(payload, list) else ():
        if not isinstance(block, Message) or _said(block, "Action").lower() != "failed":
            continue
        why = _said(block, "Diagnostic-Code").partition(";")[2].strip() or _said(block, "Status")
        named = [_address(_said(block, name)) for name in ("Original-Recipient", "Final-Recipient")]
        code = _said(block, "Status")
        if code.endswith(".0.0") and (found := _CODE.search(why)):
            code = found[1]
        kind = Return.HARD if HARD.match(code) else Return.SOFT
        if address := _ours(named, readers):
            yield Returned(address, kind, why[:300])
        elif not readers:  # a subscriber's: the key tells whose
            yield Returned("", kind, _ADDRESS.sub("***", why)[:300])
        elif len(readers) == 1:  # whoever it was forwarded to: our own reader may well have got it
            yield Returned(readers[0], Return.SOFT, f"{named[-1]}: {why}"[:300])


def _complaint(part: Message, readers: Sequence[str]) -> Iterator[Returned]:
    payload = part.get_payload()
    for block in payload[:1] if isinstance(payload, list) else ():
        if not isinstance(block, Message):
            continue
        kind = _said(block, "Feedback-Type").lower()
        if not kind or kind in _NOT_A_COMPLAINT:
            continue
        named = [_address(_clean(str(one))) for one in block.get_all("Original-Rcpt-To", [])]
        whose = _ours(named, readers) or (readers[0] if len(readers) == 1 else "")
        yield Returned(
            whose, Return.COMPLAINT, f"{kind}, by {_said(block, 'User-Agent') or 'an unnamed program'}"[:300]
        )


def _keys(mail: Message, parts: Sequence[Message], domain: str) -> Iterator[str]:
    """The tag of the address that it came back to; the Message-ID of the mail that is enclosed; the one it answers."""
    for name in _DELIVERED_TO:
        for value in mail.get_all(name, []):
            yield from _TAG.findall(str(value))
    ours = re.compile(rf"<([A-Za-z0-9-]{{1,64}})@{re.escape(domain)}>", re.IGNORECASE)
    for part in parts:
        if (enclosed := _enclosed(part)) is not None:
            yield from ours.findall(_said(enclosed, "Message-ID"))
    for name in ("In-Reply-To", "References"):
        yield from ours.findall(_said(mail, name))


def _enclosed(part: Message) -> Message | None:
    """Our own mail, whole or its headers."""
    payload = part.get_payload()
    match part.get_content_type():
        case "message/rfc822" | "message/global" if isinstance(payload, list) and isinstance(payload[0], Message):
            return payload[0]
        case "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers":
            words = part.get_payload(decode=True)
            return HeaderParser().parsestr(words.decode("utf-8", "replace")) if isinstance(words, bytes) else None
        case _:
            return None


def _ours(named: Sequence[str], readers: Sequence[str]) -> str:
    known = {one.casefold(): one for one in readers}
    return next((known[one.casefold()] for one in named if one.casefold() in known), "")


def _address(field: str) -> str:
    found = _ADDRESS.search(field.rpartition(";")[2])
    return found[0] if found else ""


def _said(part: Message, name: str) -> str:
    return _clean(str(part.get(name, "")))


def _clean(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text).split())
