"""Whether a delivery may leave the house."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.model.delivery import Act
from bot.model.story import Article, Byline, Story
from bot.rules.clearance import objection

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SIX_HOURS = timedelta(hours=6)
STORY = Story(1, "inbox", 1, Article("河湾大桥修复", (), "zh"), first_seen=NOW, revised_at=NOW)


def published(hours_ago: float) -> Story:
    return replace(STORY, article=replace(STORY.article, byline=Byline(published=NOW - timedelta(hours=hours_ago))))


def test_a_new_story_may_leave() -> None:
    assert objection(Act.POST, published(5.9), NOW, not_older_than=SIX_HOURS) is None


def test_stale_news_wait_for_an_editor() -> None:
    why = objection(Act.POST, published(30), NOW, not_older_than=SIX_HOURS)
    assert why == "the story is 30 hours old, the limit is 6 hours: an editor releases it"


def test_without_a_published_time_its_age_counts_from_when_it_was_seen() -> None:
    assert objection(Act.POST, STORY, NOW, not_older_than=SIX_HOURS) is None
    assert objection(Act.POST, STORY, NOW + timedelta(days=3), not_older_than=SIX_HOURS) is not None


def test_a_correction_is_never_too_late() -> None:
    assert objection(Act.EDIT, published(300), NOW, not_older_than=SIX_HOURS) is None


def test_the_limit_can_be_off() -> None:
    assert objection(Act.POST, published(300), NOW, not_older_than=None) is None
