"""What a channel does with a late story."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model.delivery import Act
from bot.model.lane import Never, Objection
from bot.model.story import Article, Story
from bot.rules.digesting import digest_article
from bot.rules.lateness import WAITS, Late, Lateness

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = Story(1, "inbox", 1, Article("河湾大桥修复", (), "zh"), first_seen=NOW - 7 * HOUR, revised_at=NOW)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (Late.HOLD, "the story is 7 hours old, the limit is 6 hours: an editor releases it"),
        (Late.DROP, Never("the story is 7 hours old, the limit is 6 hours: this channel drops what is late")),
        (Late.DIGEST, WAITS),
        (Late.SEND, None),
    ],
)
def test_an_old_story_is_held_dropped_told_with_the_others_or_sent(late: Late, expected: Objection | None) -> None:
    assert Lateness(6 * HOUR, late).objection(Act.POST, OLD, NOW) == expected


def test_what_is_in_time_or_a_correction_is_no_matter_of_lateness() -> None:
    assert Lateness(8 * HOUR, Late.DROP).objection(Act.POST, OLD, NOW) is None
    assert Lateness(6 * HOUR, Late.DROP).objection(Act.EDIT, OLD, NOW) is None


def test_what_an_editor_must_see_is_held_and_never_dropped() -> None:
    held = replace(OLD, held="submitted by somebody: an editor decides")
    assert Lateness(6 * HOUR, Late.DROP).objection(Act.POST, held, NOW) == held.held


def test_a_digest_that_is_late_itself_is_told_in_no_other() -> None:
    digest = replace(OLD, article=digest_article("a", "要闻速览", (OLD,)))
    assert Lateness(6 * HOUR, Late.DIGEST).objection(Act.POST, digest, NOW) == Lateness(6 * HOUR).objection(
        Act.POST, digest, NOW
    )
