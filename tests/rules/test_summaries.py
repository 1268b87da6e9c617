"""Held against the bare lead in the same room: more key facts of long articles, never fewer of short ones."""

import pytest

from bot.rules.lengths import ROOM, Length, tell
from bot.rules.passages import joined
from bot.rules.summarising import analyse
from tests.fakes.articles import Marked, bare_lead, marked

LONGER = (Length.TWEET, Length.DIGEST, Length.PARAGRAPH, Length.NEWSLETTER)


def told(one: Marked, length: Length) -> tuple[int, int]:
    """Key facts told by ours and by the bare lead."""
    language = one.article.language
    room = ROOM[length][0 if language == "zh" else 1]
    return one.told(joined(tell(analyse(one.article), length, language))), one.told(bare_lead(one.article, room))


def of(language: str, *sizes: str) -> list[Marked]:
    return [one for one in marked() if one.article.language == language and one.size in sizes]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_there_are_twenty_articles_and_more_in_each_language_of_every_size(language: str) -> None:
    assert len(of(language, "short", "mid", "long")) >= 20
    assert all(len(of(language, size)) >= 5 for size in ("short", "mid", "long"))
    assert all(one.facts for one in marked())


@pytest.mark.parametrize("length", LONGER)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_of_long_articles_more_key_facts_are_told_than_the_bare_lead_tells(language: str, length: Length) -> None:
    pairs = [told(one, length) for one in of(language, "long")]
    assert sum(ours for ours, _ in pairs) > sum(lead for _, lead in pairs)


@pytest.mark.parametrize("length", list(Length))
@pytest.mark.parametrize("one", [*of("zh", "short", "mid"), *of("en", "short", "mid")], ids=lambda one: one.name)
def test_of_a_short_article_never_fewer_are_told(one: Marked, length: Length) -> None:
    ours, lead = told(one, length)
    assert ours >= lead
