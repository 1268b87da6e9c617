"""When and how fast a channel posts, as the newsroom writes it."""

from datetime import time, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from bot.model.channel import Pace, Scope
from bot.model.delivery import Act
from bot.settings.hours import Hours, Paced

SECOND = timedelta(seconds=1)
CHAT = Pace(1, SECOND)
ACCOUNT = Pace(30, SECOND, Scope.ACCOUNT)
BUDGET = Pace(500, timedelta(days=31), Scope.ACCOUNT, spares=frozenset({Act.DELETE}))


def test_what_a_channel_writes_comes_before_what_the_newsroom_writes_word_by_word() -> None:
    newsroom = Hours.model_validate({"quiet": "23:00-07:00", "space": "10m", "daily": 40})
    own = Hours.model_validate({"quiet": None, "daily": 5, "late": "drop"}).over(newsroom)
    assert (own.quiet, own.space, own.daily, own.late) == (None, timedelta(minutes=10), 5, "drop")
    assert Hours().over(newsroom) == newsroom
    assert newsroom.span == (time(23), time(7))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (None, (CHAT, ACCOUNT, BUDGET)),
        ({"count": 20, "per": "1m"}, (ACCOUNT, BUDGET, Pace(20, 60 * SECOND))),
        ({"count": 1000, "per": "1s", "of": "account"}, (CHAT, BUDGET, Pace(1000, SECOND, Scope.ACCOUNT))),
        (
            [{"count": 1, "per": "2s"}, {"count": 9, "per": "1m"}],
            (ACCOUNT, BUDGET, Pace(1, 2 * SECOND), Pace(9, 60 * SECOND)),
        ),
    ],
)
def test_a_pace_of_ones_own_takes_the_place_of_the_platforms_and_a_budget_stays(
    written: Any, expected: tuple[Pace, ...]
) -> None:
    assert Paced.model_validate({"pace": written}).paces((CHAT, ACCOUNT, BUDGET)) == expected


@pytest.mark.parametrize(
    "wrong", [{"quiet": "23-7"}, {"daily": 0}, {"space": "soon"}, {"late": "soon"}, {"zone": "Riverbend"}]
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Hours.model_validate(wrong)
