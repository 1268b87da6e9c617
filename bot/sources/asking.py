"""Ask a site for a document as a polite reader does: with what is known already, and in the site's own time."""

from collections.abc import Mapping
from datetime import datetime

from bot.errors import SourceUnreachable
from bot.web.fetch import MAX_BYTES, Answer, Fetcher, Unreachable
from bot.web.outcomes import retry_after

GONE = frozenset({404, 410})
_FORBIDDEN = frozenset({401, 403})
_LATER = frozenset({429, 503})
_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


async def ask(
    name: str,
    fetcher: Fetcher,
    url: str,
    now: datetime,
    *,
    accept: str,
    known: Mapping[str, str] | None = None,
    also: Mapping[str, str] | None = None,
    what: str = "feed",
    remedy: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Answer:
    """Status 200, or 304 where `known` (see `validators`) still holds; `also` are more headers.

    Raises SourceUnreachable, with the waiting time that the site named.
    """
    try:
        answer = await fetcher.get(
            url, {"Accept": accept, **conditions(url, known or {}), **(also or {})}, max_bytes=max_bytes
        )
    except Unreachable as err:
        raise SourceUnreachable(name, err.why) from err
    if answer.status in (200, 304):
        return answer
    raise refusal(name, answer, now, what, remedy or f"correct sources.{name}.url")


def refusal(name: str, answer: Answer, now: datetime, what: str, remedy: str) -> SourceUnreachable:
    """What an answer other than success means, in words."""
    status = answer.status
    if status in _LATER:
        wait = retry_after(answer.headers.get("retry-after"), now)
        return SourceUnreachable(name, f"HTTP {status}: it asks us to come back later", retry_after=wait)
    if status in GONE:
        return SourceUnreachable(name, f"HTTP {status}: there is no {what} at this address; {remedy}")
    if status in _FORBIDDEN:
        return SourceUnreachable(name, f"HTTP {status}: it does not let us in")
    return SourceUnreachable(name, f"HTTP {status}")


def conditions(url: str, known: Mapping[str, str]) -> dict[str, str]:
    """Headers that let the site answer 304; another address's validators would hide this one."""
    if known.get("url") != url:
        return {}
    return {header: known[name] for name, header in _CONDITIONS.items() if name in known}


def validators(url: str, answer: Answer) -> dict[str, str]:
    """What to remember for the next time; `url` as it was asked for."""
    found = {name: answer.headers[name] for name in _CONDITIONS if answer.headers.get(name)}
    return {"url": url, **found} if found else {}
