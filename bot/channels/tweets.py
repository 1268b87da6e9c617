"""What X takes and gives: words as they may be sent, posts as they come back, how long it wants to be left alone."""

import html
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

# X turns a post with two of them away; a share's name without its sign says the same, and is never longer.
_CASHTAG = re.compile(r"(?<!\S)[$＄](?=[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?![A-Za-z0-9_]))")
_WIDE_MENTION = re.compile(r"＠(?=[A-Za-z0-9_])")  # X takes the full-width sign for @, too
_WINDOWS = ("x-app-limit-24hour", "x-user-limit-24hour", "x-rate-limit")
_LONGEST_WAIT = timedelta(days=1)


def plain(text: str) -> str:
    """The words without what X would read into them: a second share's sign, a name called by a full-width @."""
    text = _WIDE_MENTION.sub("", text)
    signs = list(_CASHTAG.finditer(text))
    for sign in reversed(signs[1:]):
        text = text[: sign.start()] + text[sign.end() :]
    return text


def bare(post: Mapping[str, Any]) -> str:
    """A post's letters and digits, with its addresses as they were written, not as X shortens them."""
    text = str(post.get("text", ""))
    for one in (post.get("entities") or {}).get("urls", ()):
        # A picture's own address stands at the end of the words.
        text = text.replace(one["url"], "" if one.get("media_key") else one.get("expanded_url", ""))
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", html.unescape(text)))


def wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Until the window opens that is used up: of several the last one; None where none is named. A day at most."""
    named = [name for name in _WINDOWS if headers.get(f"{name}-reset", "").isdecimal()]
    used_up = [name for name in named if headers.get(f"{name}-remaining") == "0"]
    resets = [int(headers[f"{name}-reset"]) for name in used_up or named]
    if not resets:
        return None
    try:
        reset = datetime.fromtimestamp(max(resets), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return min(max(reset - now, timedelta(0)), _LONGEST_WAIT)
