"""Audiences: subscribers read from files, our own and those that Mailchimp and Ghost write.

Of each line only what is needed is read: no names, no places, no network addresses. Sources: exports as they are seen
in public; Mailchimp writes one file for each of subscribed, unsubscribed and cleaned ones, Ghost one for all.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import TypeVar

from bot.errors import OrderError
from bot.model.audience import Bad, Entry, Line, Unwanted
from bot.model.subscriber import Choices, Consent, Form, Reading, Rhythm, Size, Subscriber, Timing

Row = Mapping[str, str]
T = TypeVar("T", bound=StrEnum)


class Format(StrEnum):
    """Who wrote the file."""

    CSV = "csv"  # this house
    MAILCHIMP = "mailchimp"
    GHOST = "ghost"
    OPML = "opml"


COLUMNS = (
    "address", "carrier", "state", "topics", "words", "muted", "sources", "languages", "breaking_only", "rhythm", "at",
    "weekday", "zone", "quiet", "most", "language", "form", "size", "consent_how", "consent_at",
)  # fmt: skip
"""Of our own files; lists are written as JSON, since a topic may hold any sign. Only `address` is needed."""
_TIME = "write it such as 2026-11-24T08:00:00Z"


def form_of(text: str) -> Format:
    """What a file's first line says that it is. Raises OrderError where it says nothing."""
    begin = text.lstrip("\ufeff \r\n\t")
    if begin.startswith("<"):
        return Format.OPML
    first = next(csv.reader(io.StringIO(begin)), [])
    if "Email Address" in first and {"MEMBER_RATING", "OPTIN_TIME", "LEID", "EUID"} & {*first}:
        return Format.MAILCHIMP
    if {"email", "subscribed_to_emails"} <= {*first}:
        return Format.GHOST
    if "address" in first:
        return Format.CSV
    raise OrderError(f"the first line is {','.join(first)!r}: there must be a column address; or name the --format")


def lines(text: str, form: Format) -> Iterator[Line]:
    """Every line but the first. Raises OrderError where a column is missing without which none can be read."""
    needed, read = _FORMS[form]
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        if needed not in (reader.fieldnames or ()):
            remedy = f"there must be a column {needed}; the first line names {', '.join(reader.fieldnames or ())}"
            raise OrderError(f"the file is no {form} file: {remedy}")
        for raw in reader:
            row = {name: (value or "").strip() for name, value in raw.items() if isinstance(name, str)}
            if not any(row.values()):
                continue
            try:
                yield read(reader.line_num, row)
            except _Unread as err:
                yield Bad(reader.line_num, *err.args)
    except csv.Error as err:
        said = f"quotes must be closed, and nothing stand behind them ({err}); later lines were not read"
        yield Bad(reader.line_num, "line", "", said)


def written(found: Iterator[tuple[Subscriber, str]]) -> Iterator[list[str]]:
    """The lines of our own file, the first one with its columns."""
    yield list(COLUMNS)
    for one, to in found:
        choices, timing, reading, consent = one.choices, one.timing, one.reading, one.consent
        quiet = "-".join(f"{at:%H:%M}" for at in timing.quiet) if timing.quiet else ""
        yield [
            to, one.carrier, one.state,
            *(_listed(names) for names in (
                choices.topics, choices.words, choices.muted, choices.sources, choices.languages,
            )),
            "yes" if choices.breaking_only else "", timing.rhythm, f"{timing.at:%H:%M}", str(timing.weekday),
            timing.zone, quiet, "" if timing.most is None else str(timing.most), reading.language, reading.form,
            reading.size, consent.how if consent else "", consent.at.isoformat() if consent else "",
        ]  # fmt: skip


class _Unread(Exception):
    """Field, value, remedy."""


def _own(line: int, row: Row) -> Line:
    state = row.get("state", "")
    if state in ("left", "banned", "lost"):
        return Unwanted(line, state)
    if state not in ("", "active", "paused", "asked"):
        raise _Unread("state", state, "write active, or leave it out")
    at, how = row.get("consent_at", ""), row.get("consent_how", "")
    proof = Consent(how, _moment("consent_at", at)) if how and at and state != "asked" else None
    choices = Choices(
        languages=_names(row, "languages"),
        topics=_names(row, "topics"),
        words=_names(row, "words"),
        muted=_names(row, "muted"),
        sources=_names(row, "sources"),
        breaking_only=row.get("breaking_only", "").casefold() in ("yes", "true", "1"),
    )
    timing = Timing() if row.get("rhythm") or row.get("zone") else None
    if timing is not None:
        quiet = row.get("quiet", "")
        timing = Timing(
            zone=row.get("zone") or "UTC",
            rhythm=_one_of("rhythm", row.get("rhythm") or Rhythm.AT_ONCE, Rhythm),
            at=_clock("at", row.get("at") or "08:00"),
            weekday=_number("weekday", row.get("weekday") or "0"),
            quiet=_span(quiet) if quiet else None,
            most=_number("most", row["most"]) if row.get("most") else None,
        )
    reading = None
    if row.get("language"):
        form, size = row.get("form") or Form.CARD, row.get("size") or Size.NORMAL
        reading = Reading(row["language"], _one_of("form", form, Form), _one_of("size", size, Size))
    return Entry(line, row["address"], proof, (), row.get("carrier", ""), state == "paused", choices, timing, reading)


def _mailchimp(line: int, row: Row) -> Line:
    """OPTIN_TIME has who signed up, CONFIRM_TIME who followed the link; whom the owner brought in has no OPTIN_TIME."""
    if row.get("UNSUB_TIME"):
        return Unwanted(line, "unsubscribed")
    if row.get("CLEAN_TIME"):
        return Unwanted(line, "cleaned")
    if (status := row.get("Status", "subscribed").casefold()) != "subscribed":
        return Unwanted(line, status)
    signed, confirmed = row.get("OPTIN_TIME", ""), row.get("CONFIRM_TIME", "")
    proof = None
    if signed and confirmed:
        how = f"signed up at Mailchimp at {_moment('OPTIN_TIME', signed):%Y-%m-%d %H:%M} UTC, confirmed"
        proof = Consent(how, _moment("CONFIRM_TIME", confirmed))
    return Entry(line, row["Email Address"], proof, _quoted(row.get("TAGS", "")))


def _ghost(line: int, row: Row) -> Line:
    """When a member was made says not who made them: the file proves no consent."""
    if row.get("deleted_at"):
        return Unwanted(line, "deleted")
    wants = row.get("subscribed_to_emails", "").casefold()
    if wants == "false":
        return Unwanted(line, "unsubscribed")
    if wants != "true":
        raise _Unread("subscribed_to_emails", wants, "write true or false")
    return Entry(line, row["email"], None, _quoted(row.get("labels", "")))


_FORMS: Mapping[Format, tuple[str, Callable[[int, Row], Line]]] = {
    Format.CSV: ("address", _own),
    Format.MAILCHIMP: ("Email Address", _mailchimp),
    Format.GHOST: ("email", _ghost),
}


def _listed(names: tuple[str, ...]) -> str:
    return json.dumps(names, ensure_ascii=False) if names else ""


def _names(row: Row, name: str) -> tuple[str, ...]:
    """JSON as we write it, or names with semicolons between as people do."""
    text = row.get(name, "")
    if not text.startswith("["):
        return tuple(one.strip() for one in text.replace("；", ";").split(";") if one.strip())
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    if not isinstance(read, list) or not all(isinstance(one, str) for one in read):
        raise _Unread(name, text, "write names with semicolons between, such as 时政; 体育")
    return tuple(read)


def _quoted(text: str) -> tuple[str, ...]:
    """Names with commas between, in quotes or without."""
    found = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(one.strip() for one in found if one.strip())


def _moment(name: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _Unread(name, text, _TIME) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _clock(name: str, text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise _Unread(name, text, "write it such as 08:00") from None


def _span(text: str) -> tuple[time, time]:
    begin, _, end = text.partition("-")
    return _clock("quiet", begin.strip()), _clock("quiet", end.strip())


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise _Unread(name, text, "write a number")
    return int(text)


def _one_of(name: str, text: str, words: type[T]) -> T:
    try:
        return words(text)
    except ValueError:
        raise _Unread(name, text, f"write {', '.join(words)}") from None
