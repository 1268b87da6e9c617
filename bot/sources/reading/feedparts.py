"""An entry of a feed: its parts as they were written, whatever the form of the feed, and the article they make."""

import hashlib
import html
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from bot.model.story import Article, Block, Byline, Picture
from bot.sources.reading import moments
from bot.sources.reading.cleaning import line, title
from bot.sources.reading.fragment import blocks_of
from bot.sources.reading.language import language
from bot.sources.reading.links import web_address

_TAG = re.compile(r"<[!/?a-zA-Z][^>]*>")
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_MARKUP = re.compile(r"&lt;/?(?:p|br|div|a|img|b|i|strong|em|span|ul|li|h\d|table|figure)\b", re.IGNORECASE)
_BREAKS_OFF = re.compile(
    r"(?:\[?(?:…|\.{3})\]?|(?:read|continue) (?:more|on|reading)|full story|(?:阅读|查看)(?:全文|更多|原文))"
    r"\W*$",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[<(]?\s*(?:mailto:)?[^\s@<>()]+@[^\s@<>()]+\s*[>)]?")
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_SENTENCE = re.compile(r".*?(?:[。！？!?]|\.(?=\s|$)|$)")
_ENOUGH = 2_000
_LONG = 1_000
_LONGER_THAN_ITS_TEASER = 500
_LONGEST_HEADLINE = 120
_LONGEST_MARK = 300
_ADDRESS = re.compile(r"https?://[A-Za-z0-9][\w.-]*(?::\d+)?(?:[/?#][!-%'-~]*(?:&(?!amp;)[!-%'-~]*)*)?", re.ASCII)
_ZERO = datetime(1970, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """What an entry says, part by part; teaser and content are HTML, times are as written."""

    title: str = ""
    link: str = ""
    guid: str = ""
    published: str = ""
    updated: str = ""
    author: str = ""
    credit: str = ""
    tags: tuple[str, ...] = ()
    teaser: str = ""
    content: str = ""
    pictures: tuple[Picture, ...] = ()
    """Best first; their words may hold markup."""
    base: str | None = None
    """What relative addresses are relative to."""
    language: str = ""
    section: str = ""
    complete: bool = False
    """The content is surely the article: the site's own system says so."""

    @property
    def text(self) -> str:
        """The longer of content and teaser."""
        return self.content if self.complete or len(self.content) >= len(self.teaser) else self.teaser

    @property
    def whole(self) -> bool:
        """Whether this is surely the article itself, and no teaser of it."""
        if self.complete:
            return True
        said = _plain(self.text)
        if _BREAKS_OFF.search(said[-60:]):
            return False
        weight = len(said.encode())  # a Han character weighs three letters, which is what it says
        other = self.teaser if self.text is self.content else self.content
        beside = len(_plain(other).encode())
        return weight >= (_LONGER_THAN_ITS_TEASER if beside and weight >= 2 * beside else _LONG)

    def mark(self, *, shared_guid: bool) -> str:
        """A name for the entry within its feed; a guid that several entries share names none."""
        name = (line(self.guid) if not shared_guid else "") or line(self.link)
        return name if name and len(name) <= _LONGEST_MARK else "#" + _hash(name, self.title, self.published, self.text)

    def fingerprint(self, *, timed: bool) -> str:
        """Changes with the words, and with the times where these say something (`timed`)."""
        when = (self.published, self.updated) if timed else ()
        words = (self.title, _TAG.sub("", self.teaser), _TAG.sub("", self.content), self.author, self.credit, self.link)
        return _hash(*words, *when, *self.tags, *filter(None, (self.section,)))


def article_of(parts: Parts, zone: tzinfo, now: datetime) -> Article:
    """Clean every part. The headline of an entry without a title is its first sentence, "" where it has none."""
    blocks = blocks_of("feed", parts.text, parts.base)
    said = " ".join(block.text or " ".join(block.items) for block in blocks)
    headline = title(parts.title) or _first_sentence(said)
    teaser = line(html.unescape(_plain(parts.teaser))) if parts.content and parts.text is parts.content else ""
    credit = title(parts.credit) or None
    return Article(
        headline=headline,
        blocks=blocks,
        language=_language(f"{headline} {said[:_ENOUGH]}", parts.language),
        section=title(parts.section) or None,
        lead=teaser if teaser and not _opens(said, teaser) else None,
        byline=Byline(
            published=moment(parts.published, zone, now),
            updated=moment(parts.updated, zone, now),
            credit=credit,
            author=_person(parts.author),
        ),
        tags=tuple(dict.fromkeys(tag for tag in map(title, parts.tags) if tag)),
        link=address(parts.link, parts.base),
        guid=line(parts.guid) or None,
        picture=_picture(parts, blocks),
    )


def moment(written: str, zone: tzinfo, now: datetime) -> datetime | None:
    """A feed's time, aware and UTC; None where it is none, or the zero of a computer's clock."""
    if not written.strip():
        return None
    at = moments.read(written, zone, now) or _old_mail_date(written, zone)
    return at if at is not None and at >= _ZERO else None


def address(written: str, base: str | None) -> str | None:
    """A whole http(s) address, or None; ampersands may have been escaped once too often."""
    if not written or _ADDRESS.fullmatch(written):  # most are, and all the rest takes time
        return written or None
    found = web_address(written.replace("&amp;", "&"), base)
    return found if found and found.startswith(("http://", "https://")) else None


def markup(text: str) -> str:
    """HTML from what a feed calls a description: HTML, HTML escaped twice, or lines of text."""
    if "<" not in text and "&lt;" in text and _ESCAPED_MARKUP.search(text):
        text = html.unescape(text)
    return text if "<" in text and _MARKUP.search(text) else paragraphs(text)


def paragraphs(text: str) -> str:
    """HTML from lines; what is escaped stays so."""
    return "".join(f"<p>{row}</p>" for row in text.splitlines() if row.strip())


def has_markup(text: str) -> bool:
    """Whether there is a tag in it."""
    return _MARKUP.search(text) is not None


def _plain(markup: str) -> str:
    return " ".join(_TAG.sub(" ", markup).split())


def _hash(*words: str) -> str:
    return hashlib.blake2b("\0".join(words).encode("utf-8", "replace"), digest_size=10).hexdigest()


def _first_sentence(said: str) -> str:
    match = _SENTENCE.match(said)
    sentence = match[0].strip() if match else ""
    return sentence if len(sentence) <= _LONGEST_HEADLINE else sentence[: _LONGEST_HEADLINE - 1].rstrip() + "…"


def _opens(said: str, teaser: str) -> bool:
    """A teaser cut from the text's own beginning is no lead."""
    start = "".join(_BREAKS_OFF.sub("", teaser).split())
    return "".join(said[: 2 * len(teaser) + 200].split()).startswith(start[:200])


def _language(said: str, declared: str) -> str:
    """Han letters prove Chinese, Latin ones only that it is not; a feed's declaration may be its software's default."""
    found, told = language(said), re.split(r"[-_]", declared.strip().lower())[0][:3]
    if found == "und" or (found == "en" and told != "zh"):
        return told or found
    return found


def _person(written: str) -> str | None:
    """A name without the address that mail programs put beside it."""
    name = title(_MAIL.sub(" ", written)) if "@" in written else title(written)
    return _BY.sub("", name.strip(" ()<>,")) or None


def _picture(parts: Parts, blocks: tuple[Block, ...]) -> Picture | None:
    for picture in parts.pictures:
        if url := address(picture.url, parts.base):
            return replace(picture, url=url, alt=title(picture.alt), caption=title(picture.caption))
    return next((block.picture for block in blocks if block.picture), None)


def _old_mail_date(written: str, zone: tzinfo) -> datetime | None:
    """Mail dates as of RFC 822, with two digits for the year and zones such as UT."""
    try:
        at = parsedate_to_datetime(written.strip()[:100])
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def shared(times: list[str]) -> bool:
    """Times that most entries share were stamped when the feed was made: they say nothing of the entries."""
    return len(times) > 2 and Counter(times).most_common(1)[0][1] * 2 > len(times)


def minutes(written: str, times: float = 1) -> timedelta | None:
    """A positive number of minutes."""
    try:
        count = float(written) * times
        return timedelta(minutes=count) if 0 < count < 60 * 24 * 31 else None
    except (ValueError, OverflowError):
        return None
