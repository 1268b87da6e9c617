"""Posts as Ghost's Content API gives them, with authors and tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import SourceUnreadable
from bot.model.story import Picture
from bot.sources.reading import encoding
from bot.sources.reading.feedparts import Parts
from bot.sources.reading.fields import at, document, objects, words


@dataclass(frozen=True, slots=True)
class Posts:
    """One page of posts."""

    posts: Sequence[Parts]
    more: bool
    """There is another page."""


def read_posts(name: str, data: bytes, base: str) -> Posts:
    """Public posts in the order of the document; what only members may read is left alone.

    Raises SourceUnreadable where the document is no list of posts.
    """
    found = document(encoding.decode(data))
    if not isinstance(at(found, "posts"), list):
        raise SourceUnreadable(name, "a list of posts: this is no Ghost Content API")
    public = [post for post in objects(found, "posts") if words(post, "id") and _is_public(post)]
    return Posts([_parts(post, base) for post in public], more=bool(words(found, "meta", "pagination", "next")))


def _is_public(post: dict[str, Any]) -> bool:
    """Ghosts before 4.0 had no such fields, and nothing that was not public."""
    return words(post, "visibility") in ("", "public") and at(post, "access") is not False


def _parts(post: dict[str, Any], base: str) -> Parts:
    tags = [tag for tag in objects(post, "tags") if words(tag, "visibility") != "internal" and words(tag, "name")]
    section = words(post, "primary_tag", "name") if words(post, "primary_tag", "visibility") != "internal" else ""
    url = words(post, "url")
    picture = words(post, "feature_image")
    return Parts(
        title=words(post, "title"),
        link=url,
        guid=words(post, "id"),
        published=words(post, "published_at"),
        updated=words(post, "updated_at"),
        author=", ".join(words(author, "name") for author in objects(post, "authors") if words(author, "name")),
        tags=tuple(words(tag, "name") for tag in tags),
        teaser=words(post, "custom_excerpt"),
        content=words(post, "html"),
        pictures=(
            (Picture(picture, words(post, "feature_image_alt"), words(post, "feature_image_caption")),)
            if picture
            else ()
        ),
        base=url or base,
        section=section,
        complete=True,
    )
