"""Digests: which stories one tells, and what the story is under which the ledger files it."""

import re
from collections import Counter
from collections.abc import Sequence

from bot.model.story import Article, Block, BlockKind, Story

DIGEST = "digest:"
"""How the name of a digest begins among the names of articles."""
CORRECTED = "a digest is withdrawn and made anew, not corrected"
_TOLD = re.compile(r"told in the digest #(\d+)")


def told_in(digest: int) -> str:
    """What the history of a story says of the digest that tells it."""
    return f"told in the digest #{digest}"


def digest_of(why: str) -> int | None:
    """The digest that `told_in` named."""
    found = _TOLD.fullmatch(why)
    return int(found[1]) if found else None


def is_digest(article: Article) -> bool:
    """Whether it tells other stories."""
    return (article.guid or "").startswith(DIGEST)


def language_of(stories: Sequence[Story]) -> str:
    """What most of them are written in; the first one's where it is a draw."""
    counted = Counter(story.article.language for story in stories)
    return max(counted, key=lambda language: counted[language])


def chosen(out: Sequence[tuple[Story, frozenset[str]]], channel: str) -> tuple[Story, ...]:
    """What a channel's digest tells of stories that are out, each with where: its own, breaking first, then newest.

    A channel that has none of them, such as a weekly mail, gets those of the commonest language.
    """
    own = [story for story, where in out if channel in where]
    if not own and out:
        every = [story for story, _ in out]
        own = [story for story in every if story.article.language == language_of(every)]
    return tuple(sorted(own, key=lambda story: (story.orders.urgent, story.first_seen, story.id), reverse=True))


def digest_article(key: str, headline: str, stories: Sequence[Story]) -> Article:
    """What is filed: the headlines of what it tells."""
    items = tuple(story.article.headline for story in stories)
    return Article(
        headline=headline,
        blocks=(Block(BlockKind.LIST, items=items),),
        language=language_of(stories),
        guid=f"{DIGEST}{key}",
    )
