"""When a channel may send next."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.model.channel import Pace, Scope
from bot.rules.pacing import open_at, window

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ONE_A_SECOND = Pace(1, SECOND)
THREE_A_MINUTE = Pace(3, 60 * SECOND)
TWO_A_SECOND_AN_ACCOUNT = Pace(2, SECOND, Scope.ACCOUNT)


def ago(*seconds: float, channel: str = "a") -> list[tuple[str, datetime]]:
    return [(channel, NOW - s * SECOND) for s in seconds]


@pytest.mark.parametrize(
    ("paces", "sends", "wait"),
    [
        ([], ago(0, 0, 0), 0),
        ([ONE_A_SECOND], [], 0),
        ([ONE_A_SECOND], ago(0.4), 0.6),
        ([ONE_A_SECOND], ago(1), 0),
        ([THREE_A_MINUTE], ago(1, 2), 0),
        ([THREE_A_MINUTE], ago(1, 2, 50), 10),
        ([ONE_A_SECOND, THREE_A_MINUTE], ago(0.5, 2, 50), 10),
        ([TWO_A_SECOND_AN_ACCOUNT], ago(0.25, channel="b") + ago(0.5), 0.5),
        ([ONE_A_SECOND], ago(0.4, channel="b"), 0),
    ],
)
def test_it_waits_until_one_more_send_keeps_every_pace(
    paces: list[Pace], sends: list[tuple[str, datetime]], wait: float
) -> None:
    assert open_at(paces, "a", sends, NOW) == NOW + wait * SECOND


def test_sends_must_be_known_as_far_back_as_the_longest_pace() -> None:
    assert window([ONE_A_SECOND, THREE_A_MINUTE]) == 60 * SECOND
    assert window([]) == timedelta(0)
