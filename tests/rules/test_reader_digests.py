"""What a subscriber's digest tells, and how a new timing moves it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.model.reader_digest import Due, Line, Tellable
from bot.model.story import Story
from bot.model.subscriber import Rhythm, Timing
from bot.rules.reader_digests import by_weight, lines, pick
from bot.rules.rhythm import OVERLAP, turned
from tests.fakes.stories import article

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DUE = Due(5, "", "", "", NOW, NOW - 10 * HOUR)
DAILY, AT_ONCE = Rhythm.DAILY, Rhythm.AT_ONCE


def tellable(number: int, hours_ago: int = 1, **others: object) -> Tellable:
    seen = NOW - hours_ago * HOUR
    made = Story(number, "inbox", 1, article(), seen, seen)
    return replace(Tellable(number, made, seen), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("it", "rhythm", "kept", "got", "told", "later"),
    [
        (tellable(1), DAILY, (), (), True, False),
        (tellable(1, 10), DAILY, (), (), False, False),
        (tellable(1, 20), DAILY, (1,), (), True, False),
        (tellable(1), DAILY, (), (1,), False, False),
        (tellable(1, 20), DAILY, (1,), (1,), False, False),
        (tellable(1, waits=True), DAILY, (), (), False, True),
        (tellable(1, passed=4), DAILY, (), (), True, False),
        (tellable(1, passed=4), AT_ONCE, (), (), False, False),
        (tellable(1, passed=5), AT_ONCE, (), (), True, False),
        (tellable(1), AT_ONCE, (), (1,), False, False),
    ],
)
def test_each_story_comes_in_one_way(
    it: Tellable, rhythm: Rhythm, kept: tuple[int, ...], got: tuple[int, ...], told: bool, later: bool
) -> None:
    found = pick(DUE, rhythm, [it], kept, got)
    assert (bool(found.told), bool(found.later)) == (told, later)


def test_breaking_news_come_first_then_the_newest() -> None:
    found = by_weight([tellable(1, 3), tellable(2, 1), tellable(3, 9, urgent=True)])
    assert [it.story.id for it in found] == [3, 2, 1]


def test_a_story_that_is_corrected_is_told_as_that_and_once() -> None:
    assert lines([tellable(1), tellable(2)], [(2, 3)]) == (Line(2, 3, corrected=True), Line(1, 1))


MORNING, NEXT = Timing("UTC", DAILY, time(9)), NOW + HOUR


@pytest.mark.parametrize(
    ("timing", "at", "since", "then"),
    [
        (MORNING, None, None, (NEXT, NOW - OVERLAP)),
        (MORNING, None, NOW - 90 * HOUR, (NEXT, NOW - OVERLAP)),
        (MORNING, None, NOW - OVERLAP / 2, (NEXT, NOW - OVERLAP / 2)),
        (MORNING, NOW + 5 * HOUR, NOW - 90 * HOUR, (NEXT, NOW - 90 * HOUR)),
        (Timing(), NOW + 5 * HOUR, NOW - 9 * HOUR, (NOW, NOW - 9 * HOUR)),
        (Timing("Asia/Tokyo"), None, NOW - 9 * HOUR, (None, NOW - 9 * HOUR)),
    ],
)
def test_a_new_timing_loses_nothing_and_floods_nobody(
    timing: Timing, at: datetime | None, since: datetime | None, then: tuple[datetime | None, datetime]
) -> None:
    assert turned(timing, at, since, NOW) == then
