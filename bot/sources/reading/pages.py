"""A page of a site, from its bytes to an article with every part named."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from bot.errors import SourceUnreadable
from bot.model.story import Article, Block, BlockKind, Picture
from bot.sources.reading import claims as claiming
from bot.sources.reading import encoding, headlines, labels, tree
from bot.sources.reading import mastheads as masts
from bot.sources.reading.blocks import blocks as build
from bot.sources.reading.bodies import find_body
from bot.sources.reading.boxes import Boxes, boxes, weight
from bot.sources.reading.claims import Claims
from bot.sources.reading.cleaning import line
from bot.sources.reading.furniture import compact
from bot.sources.reading.language import language
from bot.sources.reading.links import web_address
from bot.sources.reading.related import related
from bot.sources.reading.signed import sign
from bot.sources.reading.trimming import last_sentence, own_pieces

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_INTRODUCES = ("——", "—")


def read_page(
    name: str,
    data: bytes | str,
    *,
    url: str | None,
    declared: str | None,
    zone: tzinfo,
    now: datetime,
    known: str | None = None,
    mastheads: Sequence[str] = (),
) -> Article:
    """`declared` is the charset of the Content-Type header, `known` what a list or feed called the page.

    `mastheads` are names that head other pages of the site, too. Raises SourceUnreadable without headline or body.
    """
    text = encoding.decode(data, declared) if isinstance(data, bytes) else data
    root = tree.parse(name, text)
    claims = claiming.read(root)
    base = _base(root, url, claims)
    crumbs = labels.read(root)
    heads = masts.read(root, url, mastheads)
    tree.undress(root)
    page = tree.pieces(root)
    kept = boxes(page)
    tongue = language(" ".join(piece.text for piece in page.pieces if weight(piece)) or claims.title)
    body = find_body(page, kept, tongue)
    if body is None:
        raise SourceUnreadable(name, "no headline" if not (claims.title or known) else "no body")
    title = headlines.headline(page, kept, claims, heads, _until(page, kept, (body.start, body.end)), known)
    if title is None or not line(title.text):
        raise SourceUnreadable(name, "no headline")
    start = _below(title.number, (body.start, body.end))
    signed = sign(page, kept, claims, title.number, (start, last_sentence(page, body, start)), zone, now)
    subtitle = headlines.subtitle(page, kept, claims, title.number, start) if title.number is not None else None
    top = title.number + 1 if title.number is not None else start
    lead = headlines.lead(page, kept, min(top, start), min(start + 4, body.end))
    if subtitle is not None and _same(page.pieces[subtitle].text, signed.byline.author):
        subtitle = None
    if lead and subtitle is not None and subtitle in lead[0]:
        lead = None
    taken = frozenset((*signed.lines, title.number, subtitle, *(_boxed_lead(page, lead) if lead else ())))
    chosen = own_pieces(page, kept, body, start, taken)
    found = _trimmed(build(page, chosen, base), title.text, heads)
    if not any(block.text or block.items or block.rows for block in found):
        raise SourceUnreadable(name, "no body")
    words = " ".join([title.text, *(block.text for block in found), *(item for block in found for item in block.items)])
    return Article(
        headline=line(title.text),
        blocks=found,
        language=_language(words, claims),
        subtitle=_unlabelled(page.pieces[subtitle].text) if subtitle is not None else None,
        section=crumbs.section or _section(crumbs.kicker, claims),
        lead=lead[1] if lead else _introduced(found),
        byline=signed.byline,
        tags=_tags(crumbs, claims, words),
        link=_link(claims, url),
        picture=_picture(page, claims, found, base),
        related=related(page, kept, title.text, base),
    )


def _base(root: "Element", url: str | None, claims: Claims) -> str | None:
    """Against what relative addresses are read: <base>, the page's own address, or the one it claims."""
    own = url or next((link for link in claims.links if "://" in link), None)
    for element in root.iter("base"):
        address = web_address(element.get("href"), own)
        if address and "://" in address:
            return address
    return own


def _until(page: tree.Page, kept: Boxes, body: tuple[int, int]) -> int:
    """The headline stands above the body's second sentence, or inside its first lines."""
    sentences = [number for number in range(*body) if weight(page.pieces[number]) and kept.kinds[number] is None]
    return sentences[0] + 1 if sentences else body[0] + 1


def _below(title: int | None, body: tuple[int, int]) -> int:
    return title + 1 if title is not None and body[0] <= title < body[1] - 1 else body[0]


def _boxed_lead(page: tree.Page, lead: tuple[list[int], str]) -> set[int]:
    """A labelled summary is no body; a first paragraph in larger type is."""
    numbers, words = lead
    whole = page.pieces[numbers[0]]
    return set() if whole.text == words and whole.element.tag == "p" and len(numbers) == 1 else set(numbers)


def _trimmed(found: Sequence[Block], headline: str, heads: masts.Mastheads) -> tuple[Block, ...]:
    """Without a masthead, and the headline said again, at the top."""
    if found and found[0].kind is BlockKind.HEADING and heads.hold(found[0].text):
        found = found[1:]
    again = compact(headline)
    first = next((block for block in found if block.kind is not BlockKind.PICTURE), None)
    if first is not None and compact(first.text) == again and first.text:
        return tuple(block for block in found if block is not first)
    return tuple(found)


def _unlabelled(text: str) -> str:
    return text.lstrip("—-– ").strip() or text


def _introduced(found: Sequence[Block]) -> str | None:
    """What the opening line introduces with a dash is the lead quotation."""
    if len(found) > 2 and found[0].text.endswith(_INTRODUCES) and found[1].text:
        return found[1].text
    return None


def _language(words: str, claims: Claims) -> str:
    told = language(words)
    return told if told != "und" or not claims.language[:2].isalpha() else claims.language[:2] or "und"


def _same(text: str, name: str | None) -> bool:
    return name is not None and compact(text).endswith(compact(name))


def _section(kicker: str | None, claims: Claims) -> str | None:
    """What the page claims, unless it shows the same or claims nothing."""
    if kicker and (kicker in claims.sections or not claims.sections):
        return kicker
    return next(iter(claims.sections), None)


def _tags(crumbs: "labels.Labels", claims: Claims, words: str) -> tuple[str, ...]:
    """Shown tags; else those of the article's own metas; keywords of the page only where its words hold them."""
    return crumbs.tags or tuple(claims.tags) or tuple(word for word in claims.keywords if word in words)


def _link(claims: Claims, url: str | None) -> str | None:
    """The canonical address; one that points to a site's front page is a mistake."""
    for said in claims.links:
        address = web_address(said, url)
        if address and "://" in address and address.split("://", 1)[1].strip("/").count("/"):
            return address
    return url


def _picture(page: tree.Page, claims: Claims, found: Sequence[Block], base: str | None) -> Picture | None:
    """The one that the site gives to others, with the words the body gives it; else the body's first."""
    shown = {
        address: Picture(address, line(piece.element.get("alt")))
        for piece in page.pieces
        if piece.element.tag in ("img", "amp-img") and (address := web_address(piece.element.get("src"), base))
    }
    body = {block.picture.url: block.picture for block in found if block.picture}
    shown.update(body)
    for said in claims.pictures:
        address = web_address(said, base)
        if (
            address
            and "://" in address
            and not any(word in address.lower() for word in ("logo", "default", "placeholder", "avatar"))
        ):
            return shown.get(address, Picture(address))
    return next(iter(body.values()), None)
