"""Words as chat platforms mark them up, drawn as those platforms draw them; all else stays words."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup as Safe
from markupsafe import escape

from bot.model.edition import Markup

_SCHEMES = {"http", "https", "mailto", "tel", "tg"}
_ENTITY = re.compile(r"(https?://[^\s<>]+|(?<![\w#])#\w*[^\W\d_]\w*|(?<!\w)@[A-Za-z]\w{4,})")
_LABELLED = r"\[(?P<label>(?:[^\[\]\\\n]|\\.)+)\]\((?P<address>[^\s()]+)\)"
_BOLD = r"\*\*(?P<bold>[^\n]+?)\*\*"
_FONT = r'<font color="(?P<colour>[a-z]+)">(?P<tinted>[^\n]*?)</font>'
_BACKSLASH = re.compile(r"\\([^\w\s])")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a platform knows within a line, and what takes the meaning of a sign away again."""

    inline: re.Pattern[str]
    plain: Callable[[str], str]


_DIALECTS: Mapping[Markup, Dialect] = {
    Markup.WECOM: Dialect(re.compile(f"{_LABELLED}|{_BOLD}|{_FONT}"), str),
    Markup.DINGTALK: Dialect(re.compile(f"{_LABELLED}|{_BOLD}"), str),
    Markup.FEISHU: Dialect(re.compile(f"{_LABELLED}|{_BOLD}|{_FONT}"), html.unescape),
    Markup.MARKDOWN: Dialect(
        re.compile(rf"{_LABELLED}|\*\*(?P<bold>(?:\\.|[^\n\\])+?)\*\*|(?<![*\\])\*(?P<slanted>(?:\\.|[^\n*\\])+)\*"),
        lambda text: _BACKSLASH.sub(r"\1", text),
    ),
    Markup.MRKDWN: Dialect(
        re.compile(
            r"<(?P<address>[^\s|<>]+)\|(?P<label>[^<>\n]+)>|(?<!\w)\*(?P<bold>[^*\n]+)\*(?!\w)"
            r"|(?<!\w)_(?P<slanted>[^_\n]+)_(?!\w)"
        ),
        html.unescape,
    ),
    Markup.FACETS: Dialect(re.compile(_LABELLED), lambda text: re.sub(r"\\([\[\]\\])", r"\1", text)),
}
_HEADING = re.compile(r"#{1,6} (.+)")


def drawn(text: str, markup: Markup) -> Safe:
    """A post line by line: headings, quotations, and within a line bold, slanted and grey words and links."""
    dialect = _DIALECTS.get(markup)
    if dialect is None:
        return words(text)
    if markup is Markup.DINGTALK:  # there a line ends only before a blank one
        parts = (Safe("").join(_lines(part.split("\n"), dialect, headings=True)) for part in text.split("\n\n"))
        return Safe("").join(Safe("<p>{}</p>").format(part) for part in parts)
    return Safe("").join(_lines(text.split("\n"), dialect, quotes=markup is not Markup.FACETS))


def goes_out(target: str | None) -> bool:
    """Whether a browser may follow this address from the page."""
    try:
        return urlsplit(target or "").scheme in _SCHEMES
    except ValueError:
        return False


def link(target: str) -> Safe:
    """The opening tag of a link, or of none where a browser may not follow it."""
    if not goes_out(target):
        return Safe("<a>")
    return Safe('<a href="{}" rel="noopener noreferrer" target="_blank">').format(target)


def words(text: str) -> Safe:
    """Plain words, with the addresses, hashtags and names that the platform colours by itself."""
    return coloured(_ENTITY, text, lambda found: Safe('<span class="entity">{}</span>').format(found[0]))


def coloured(pattern: re.Pattern[str], text: str, draw: Callable[[re.Match[str]], Safe]) -> Safe:
    """The text escaped, but for what the pattern finds: that is drawn."""
    pieces, place = Safe(""), 0
    for found in pattern.finditer(text):
        pieces += escape(text[place : found.start()]) + draw(found)
        place = found.end()
    return pieces + escape(text[place:])


def _lines(lines: Sequence[str], dialect: Dialect, *, quotes: bool = True, headings: bool = False) -> Iterator[Safe]:
    place = 0
    while place < len(lines):
        end = place
        while quotes and end < len(lines) and lines[end].startswith("> "):
            end += 1
        if end > place:
            quoted = (_inline(line.removeprefix("> "), dialect) for line in lines[place:end])
            yield Safe("<blockquote>{}</blockquote>").format(Safe("\n").join(quoted))
            place = end
            continue
        heading = _HEADING.fullmatch(lines[place]) if headings else None
        yield Safe("<b>{}</b>").format(_inline(heading[1], dialect)) if heading else _inline(lines[place], dialect)
        place += 1
        yield Safe("\n") if place < len(lines) else Safe("")


def _inline(line: str, dialect: Dialect) -> Safe:
    pieces, place = Safe(""), 0
    for found in dialect.inline.finditer(line):
        pieces += words(dialect.plain(line[place : found.start()])) + _token(found, dialect)
        place = found.end()
    return pieces + words(dialect.plain(line[place:]))


def _token(found: re.Match[str], dialect: Dialect) -> Safe:
    told = found.groupdict()
    if told.get("address"):
        target = html.unescape(told["address"]) if dialect.plain is html.unescape else told["address"]
        return link(target) + escape(dialect.plain(told["label"])) + Safe("</a>")
    if told.get("bold"):
        return Safe("<b>{}</b>").format(dialect.plain(told["bold"]))
    if told.get("slanted"):
        return Safe("<i>{}</i>").format(dialect.plain(told["slanted"]))
    return Safe('<span class="faint">{}</span>').format(dialect.plain(told["tinted"]))
