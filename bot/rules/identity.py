"""Which story an article is, and whether what its readers see has changed."""

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit, urlunsplit

from bot.model.story import Article, Block, BlockKind
from bot.rules.margins import in_the_margin, without_counters

# Parameters that say where a reader came from or how the page is shown, not what is read.
_TRACKING = re.compile(
    r"(?:utm_.*|pk_.*|mtm_.*|hm(?:sr|pl|cu|kw|ci)|spm|scm|bd_vid|_hs(?:enc|mi)|_g[al]|mkt_tok|xtor|mc_[ce]id|igsh(?:id)?"
    r"|fbclid|gclid|dclid|msclkid|yclid|ttclid|twclid|gbraid|wbraid|li_fat_id|cmp(?:id)?|ncid|ocid|smid"
    r"|at_(?:medium|campaign|custom\d)|ref_?src|referrer|share_?(?:token|from|source)|sharer_.*|isappinstalled|chksm|wfr"
    r"|amp|outputtype)",
    re.IGNORECASE,
)
_WHENCE = {"from", "ref", "source"}
"""Parameters that are tracking where their value is one of these ways to come, and else may name the article."""
_WAYS = re.compile(
    r"timeline|singlemessage|groupmessage|weibo|we(?:chat|ixin)|qq|qzone|rss|feed|twitter|facebook|home(?:page)?|email"
    r"|newsletter|app",
    re.IGNORECASE,
)
_PORTS = {"http": ":80", "https": ":443"}
_MOBILE = re.compile(r"^(?:www|m|mobile|wap|3g|touch|amp)\.(?=[^.:]+\.[^.:])")
_QUOTES = str.maketrans("“”„‟‘’‚‛«»", '""""\'\'\'\'""')
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_CHINESE = r"[⺀-鿿豈-﫿＀-￯\U00020000-\U0003ffff]"
_LOOSE = re.compile(rf" (?={_CHINESE})|(?<={_CHINESE}) ")
_RUNNING = (BlockKind.PARAGRAPH, BlockKind.LIST)


def keys(
    source: str, article: Article, *, shared_links: Iterable[str] = (), shared_guids: Iterable[str] = ()
) -> tuple[str, ...]:
    """Every name this article goes by, the surest first; any one that is known makes it the same story.

    `shared_links` are addresses that several entries of one look carry: such a link names a site, not an article;
    nor does the address of a front page. Likewise `shared_guids`.
    Without guid and link the headline and the day stand for the article, within its source.
    """
    found = []
    if article.guid and article.guid not in set(shared_guids):
        found.append(f"guid:{source}:{article.guid}")
    if article.link and article.link not in set(shared_links) and not _front_page(article.link):
        found.append(f"link:{canonical(article.link)}")
    if not found:
        day = article.byline.published.date().isoformat() if article.byline.published else ""
        found.append(f"headline:{source}:{day}:{_hash([article.headline])}")
    return tuple(found)


def canonical(link: str) -> str:
    """The address without what does not name the article: tracking, mobile host, default port, order, fragment.

    One article has one name under http and https; a fragment that is a path ("#/news/7") names a page and stays.
    """
    try:
        parts = urlsplit(link.strip())
    except ValueError:
        return link.strip()  # no address at all, but still a name
    scheme = parts.scheme.lower()
    host = _MOBILE.sub("", parts.netloc.lower().removesuffix(_PORTS.get(scheme, ":")))
    # Bytes, not text: an old address may be in GBK, and two of them must not become one.
    path = quote(unquote_to_bytes(parts.path), safe="/:@!$&'()*+,;=~")
    path = re.sub(r"(?<=.)(?:/amp|/index\.s?html?|(?<=[^/])/)$", "", path) or "/"
    query = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    named = urlencode(sorted(pair for pair in query if not _says_whence(*pair)), errors="surrogateescape")
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    return urlunsplit(("https" if scheme == "http" else scheme, host, path, named, fragment))


def one_newsroom(source: str, article: Article, other_source: str, other: Article) -> bool:
    """Whether two articles come from one newsroom: one source, and one site, or where neither has a link one credit.

    A feed of many newsrooms has links to many sites, an inbox articles with many credits.
    """
    if source != other_source or bool(article.link) != bool(other.link):
        return False
    if article.link and other.link:
        return urlsplit(canonical(article.link)).netloc == urlsplit(canonical(other.link)).netloc
    return article.byline.credit == other.byline.credit


def fingerprint(article: Article) -> str:
    """Equal for two readings in which readers see the same words.

    Spaces, line breaks, shapes of quotation marks, times, tags, teasers, counters and advertisements do not count.
    """
    byline = article.byline
    parts = [article.headline, article.subtitle, article.lead, byline.credit, byline.editor, byline.author]
    return _hash([part or "" for part in parts] + list(_body(article)))


def lines(block: Block) -> tuple[str, ...]:
    """What readers read of a block, line by line; none of what stands in the margins."""
    rows = (cell for row in block.rows for cell in row)
    caption = block.picture.caption if block.picture else ""
    read = (block.text, *block.items, *rows, caption)
    return tuple(without_counters(line) for line in read if line and not in_the_margin(line))


def _body(article: Article) -> Iterator[str]:
    """Running text is one piece, however it is cut into paragraphs; of anything else the kind counts too."""
    for kind, group in itertools.groupby(
        article.blocks, key=lambda block: "" if block.kind in _RUNNING else block.kind
    ):
        texts = [line for block in group for line in lines(block)]
        if texts:
            yield from (kind, *texts) if kind else ("\n".join(texts),)


def flat(text: str) -> str:
    """The text with one width, one kind of quotation mark, and no space where a reader sees none."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_QUOTES)
    return _LOOSE.sub("", " ".join(plain.split()))


def _says_whence(name: str, value: str) -> bool:
    return bool(_TRACKING.fullmatch(name)) or (name.lower() in _WHENCE and bool(_WAYS.fullmatch(value)))


def _front_page(link: str) -> bool:
    parts = urlsplit(canonical(link))
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def _hash(parts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(flat(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:32]
