"""Addresses of articles: how they differ from those of sections, and which belong to one site."""

import re
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

_NUMBER = re.compile(r"\d{3,}")
_DATE = re.compile(r"(?:19|20)\d\d[-/_]?(?:0[1-9]|1[0-2])(?:[-/_]?[0-3]\d)?")
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+){2,}", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|apk|exe|dmg|jpe?g|png|gif|webp|svg|mp[34]|m4[av]|webm|css|js|xml|json|txt)$",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"/(?:tags?|categor(?:y|ies)|topics?|authors?|users?|search|login|about|contact|page|list|index|archives?)(?:[/_.-]|$)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:^|&)(?!(?:cat|type|class|column|channel|node|menu|page)\w*=)(?:\w{0,20}id|p|article|news)=\d+(?:&|$)",
    re.IGNORECASE,
)
_KEY = re.compile(r"(?=(?:\D*\d){2})(?=.*[a-z])[a-z0-9]{8,}", re.IGNORECASE)
_SECOND_LEVEL = frozenset({"com", "net", "org", "gov", "edu", "ac", "co"})


def never_article(address: str) -> bool:
    """Whether it is a file, or a page that lists or explains: of a tag, an author, the site itself."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    return bool(_FILE.search(path) or (_SECTION.search(path) and not _NAMED.search(parts.query)))


def path_of_article(address: str) -> bool:
    """Whether the path looks like that of one article: a number, a date, or a headline made into a name."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    if never_article(address):
        return False
    leaf = path.rstrip("/").rsplit("/", 1)[-1]
    name = leaf.split(".")[0]
    return bool(
        _DATE.search(path)
        or _NUMBER.search(leaf)
        or name.isdecimal()
        or _SLUG.fullmatch(name)
        or _KEY.fullmatch(name)
        or _NAMED.search(parts.query)
    )


def shape(address: str) -> str:
    """The same for addresses that one system made: numbers and names of articles left out."""
    parts = urlsplit(address)
    folder, _, leaf = unquote(parts.path).rstrip("/").rpartition("/")
    name = leaf.split(".")[0]
    leaf = "a" if _SLUG.fullmatch(name) or _KEY.fullmatch(name) else re.sub(r"\d+", "0", leaf)
    return f"{parts.hostname}{re.sub(r'[0-9]+', '0', folder)}/{leaf}?{re.sub(r'[0-9]+', '0', parts.query)}"


def one_site(address: str, other: str) -> bool:
    """Whether both belong to one site: m.example.org and news.example.org do."""
    return _site(address) == _site(other)


def _site(address: str) -> str:
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""
    try:
        return str(ip_address(host))
    except ValueError:
        labels = host.split(".")
    national = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if national else labels[-2:])
