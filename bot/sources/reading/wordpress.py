"""Posts as WordPress's REST API gives them, embedded parts included."""

import html
from collections.abc import Iterator
from typing import Any

from bot.errors import SourceUnreadable
from bot.model.story import Picture
from bot.sources.reading import encoding
from bot.sources.reading.feedparts import Parts
from bot.sources.reading.fields import at, document, objects, words

FIELDS = (
    "id,date_gmt,modified_gmt,guid,link,status,title,content,excerpt,_links,_embedded"  # no `_embed` without `_links`
)
_NO_SECTION = frozenset({"uncategorized", "uncategorised", "未分类", "未分類"})


def read_posts(name: str, data: bytes, base: str) -> list[Parts]:
    """Published posts in the order of the document; drafts, and what needs a password, are left alone.

    Raises SourceUnreadable where the document is no list of posts.
    """
    found = document(encoding.decode(data))
    if not isinstance(found, list):
        raise SourceUnreadable(name, f"a list of posts: {words(found, 'message') or 'this is no REST API'}")
    return [
        _parts(post, base)
        for post in objects(found)
        if words(post, "id") and words(post, "status") in ("", "publish") and not at(post, "content", "protected")
    ]


def _parts(post: dict[str, Any], base: str) -> Parts:
    terms = list(_terms(post))
    sections = [name for kind, slug, name in terms if kind == "category" and slug not in _NO_SECTION]
    return Parts(
        title=words(post, "title", "rendered"),
        link=words(post, "link"),
        guid=html.unescape(words(post, "guid", "rendered")) or f"post {words(post, 'id')}",
        published=_utc(words(post, "date_gmt")),
        updated=_utc(words(post, "modified_gmt")),
        author=words(post, "_embedded", "author", 0, "name"),
        tags=tuple(name for kind, _, name in terms if kind == "post_tag"),
        teaser=words(post, "excerpt", "rendered"),
        content=words(post, "content", "rendered"),
        pictures=tuple(_picture(post)),
        base=words(post, "link") or base,
        section=next((name for name in sections if name.lower() not in _NO_SECTION), ""),
        complete=True,
    )


def _terms(post: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Taxonomy, slug and name of each."""
    groups = at(post, "_embedded", "wp:term")
    for group in groups if isinstance(groups, list) else ():
        for term in objects(group):
            if words(term, "name"):
                yield words(term, "taxonomy"), words(term, "slug"), words(term, "name")


def _picture(post: dict[str, Any]) -> Iterator[Picture]:
    """The featured one; a medium that is not public comes as an error without an address."""
    for medium in objects(post, "_embedded", "wp:featuredmedia"):
        if words(medium, "source_url") and words(medium, "media_type") in ("", "image"):
            caption = words(medium, "caption", "rendered")
            yield Picture(words(medium, "source_url"), words(medium, "alt_text"), caption)


def _utc(written: str) -> str:
    """`…_gmt` times are UTC and do not say so."""
    return f"{written}Z" if written and not written.endswith("Z") else written
