"""Which story an article is, and whether what its readers see has changed."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.model.story import Article, Block

# Parameters that say where a reader came from, not what is read.
_TRACKING = re.compile(r"^(utm_.*|spm|scm|fbclid|gclid|msclkid|mc_[ce]id|share_token|_hs(enc|mi))$", re.IGNORECASE)
_PORTS = {"http": ":80", "https": ":443"}


def keys(source: str, article: Article, *, shared_links: Iterable[str] = ()) -> tuple[str, ...]:
    """Every name this article goes by; any one that is known makes it the same story.

    `shared_links` are addresses that several entries of one look carry: such a link names a site, not an article.
    Without guid and link the headline and the day stand for the article, within its source.
    """
    found = []
    if article.guid:
        found.append(f"guid:{source}:{article.guid}")
    if article.link and article.link not in set(shared_links):
        found.append(f"link:{canonical(article.link)}")
    if not found:
        day = article.byline.published.date().isoformat() if article.byline.published else ""
        found.append(f"headline:{source}:{day}:{_hash([article.headline])}")
    return tuple(found)


def canonical(link: str) -> str:
    """The address without what does not name the article: fragment, tracking, default port, case of the host."""
    parts = urlsplit(link)
    host = parts.netloc.lower()
    if port := _PORTS.get(parts.scheme.lower()):
        host = host.removesuffix(port)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)])
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", query, ""))


def fingerprint(article: Article) -> str:
    """Equal for two readings in which readers see the same words; spaces, times, tags and teasers do not count."""
    byline = article.byline
    parts = [article.headline, article.subtitle, article.lead, byline.credit, byline.editor, byline.author]
    return _hash([part or "" for part in parts] + [text for block in article.blocks for text in _words(block)])


def _words(block: Block) -> Iterable[str]:
    yield block.kind
    yield block.text
    yield from block.items
    for row in block.rows:
        yield from row
    if block.picture is not None:
        yield block.picture.caption


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(" ".join(unicodedata.normalize("NFKC", part).split()).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:32]
