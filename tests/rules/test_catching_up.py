"""When what is late becomes one digest."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.model.story import Article, Story
from bot.rules.catching_up import AT_LAST, MOST, SETTLES, in_order, key_of, ripe, same

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def story(number: int, cluster: int = 0, age: timedelta = timedelta(0)) -> Story:
    return Story(number, "inbox", 1, Article("河湾大桥修复", (), "zh"), NOW - age, NOW, cluster)


@pytest.mark.parametrize(
    ("joined", "expected"),
    [
        ([], False),
        ([NOW], False),
        ([NOW - SETTLES], True),
        ([NOW - 2 * SETTLES, NOW - MINUTE], False),
        ([NOW - AT_LAST, NOW - MINUTE], True),
    ],
)
def test_a_digest_is_made_once_nothing_new_has_joined_for_some_minutes_or_at_last(
    joined: list[datetime], expected: bool
) -> None:
    assert ripe(joined, NOW) is expected


def test_the_same_deliveries_name_the_same_digest_in_any_order() -> None:
    assert key_of([3, 1, 12]) == key_of({12, 3, 1})
    assert key_of([3, 1, 12]) != key_of([31, 12])


def test_the_newest_stand_first_and_not_more_than_anybody_reads() -> None:
    found = in_order(story(number, age=number * MINUTE) for number in range(1, MOST + 9))
    assert [one.id for one in found] == list(range(1, MOST + 1))


def test_a_reprint_is_told_with_its_story() -> None:
    assert same(story(2, cluster=1), [story(1, cluster=1)])
    assert not same(story(2), [story(1)])
