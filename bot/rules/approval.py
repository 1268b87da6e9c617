"""Whether a story goes out by itself, or how many editors have to approve it, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.model.story import Article, Story
from bot.settings.approval import Approval


@dataclass(frozen=True, slots=True)
class Need:
    """How many different editors; every reason, joined by "; "."""

    editors: int = 0
    why: str = ""


def needed(story: Story, rules: Approval) -> Need:
    """The strictest rule decides; a section's own word stands in the place of the general one."""
    section = story.article.section or ""
    reasons: list[tuple[int, str]] = []
    if section in rules.sections:
        reasons.append((rules.sections[section], f"section {section}"))
    elif rules.editors:
        reasons.append((rules.editors, "every story does"))
    if story.source in rules.sources:
        reasons.append((rules.forced, f"source {story.source}"))
    found = _found(story.article, rules.words)
    reasons += [(rules.forced, f"the word “{word}”") for word in found]
    telling = [(count, why) for count, why in reasons if count]
    return Need(max(count for count, _ in telling), "; ".join(why for _, why in telling)) if telling else Need()


def _found(article: Article, words: tuple[str, ...]) -> tuple[str, ...]:
    """Those that stand in what readers see; in Latin letters only as whole words, whatever their case."""
    text = "\n".join(_read(article))
    folded = text.casefold()
    return tuple(word for word in dict.fromkeys(words) if word and _stands(word.casefold(), folded))


def _stands(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (_joins(text[at - 1 : at], word[0]) or _joins(word[-1], text[end : end + 1])):
            return True
        at = text.find(word, at + 1)
    return False


def _joins(one: str, other: str) -> bool:
    """Whether two neighbours belong to one word: Chinese has no spaces, so only letters of alphabets do."""
    return one.isascii() and other.isascii() and one.isalnum() and other.isalnum()


def _read(article: Article) -> Iterator[str]:
    yield from filter(None, (article.headline, article.subtitle, article.lead))
    yield from article.tags
    for block in article.blocks:
        yield block.text
        yield from block.items
        for row in block.rows:
            yield from row
        if block.picture:
            yield block.picture.caption
