"""When a lane's channels may send next."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.model.channel import Pace, Scope
from bot.model.delivery import Act
from bot.rules.pacing import Rhythm, Sent, kept_back

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
ONE_A_SECOND = Pace(1, SECOND)
FOUR_A_MINUTE = Pace(4, MINUTE)
TWO_A_SECOND_AN_ACCOUNT = Pace(2, SECOND, Scope.ACCOUNT)
BUDGET = Pace(2, timedelta(days=31), Scope.ACCOUNT, spares=frozenset({Act.DELETE}))


def ago(*seconds: float, channel: str = "a", act: Act = Act.POST) -> list[Sent]:
    return [Sent(channel, NOW - s * SECOND, act) for s in seconds]


def rhythm(paces: list[Pace], sends: list[Sent]) -> Rhythm:
    return Rhythm(dict.fromkeys("abc", paces), sends)


@pytest.mark.parametrize(
    ("paces", "sends", "ordinary", "urgent"),
    [
        ([], ago(0, 0, 0), 0, 0),
        ([ONE_A_SECOND], [], 0, 0),
        ([ONE_A_SECOND], ago(0.4), 0.6, 0.6),
        ([ONE_A_SECOND], ago(1), 0, 0),
        ([FOUR_A_MINUTE], ago(1, 2), 0, 0),
        ([FOUR_A_MINUTE], ago(1, 2, 50), 10, 0),
        ([FOUR_A_MINUTE], ago(1, 2, 3, 50), 57, 10),
        ([ONE_A_SECOND, FOUR_A_MINUTE], ago(0.5, 2, 50), 10, 0.5),
        ([TWO_A_SECOND_AN_ACCOUNT], ago(0.25, channel="b") + ago(0.5), 0.5, 0.5),
        ([TWO_A_SECOND_AN_ACCOUNT], ago(0.25, channel="gone") + ago(0.5), 0.5, 0.5),
        ([ONE_A_SECOND], ago(0.4, channel="b"), 0, 0),
    ],
)
def test_it_waits_until_one_more_send_keeps_every_pace(
    paces: list[Pace], sends: list[Sent], ordinary: float, urgent: float
) -> None:
    counted = rhythm(paces, sends)
    for expected, breaking in ((ordinary, False), (urgent, True)):
        shut = rhythm(paces, sends).shut(NOW, urgent=breaking)
        opens = shut.lane or shut.channels.get("a", NOW)
        assert opens == NOW + expected * SECOND
    assert counted.window == max((pace.per for pace in paces), default=timedelta(0))


@pytest.mark.parametrize(
    ("pace", "kept"),
    [(Pace(30, SECOND), 0), (Pace(1, MINUTE), 0), (Pace(20, MINUTE), 1), (Pace(300, 180 * MINUTE), 6)],
)
def test_of_a_longer_window_something_is_kept_back_for_breaking_news(pace: Pace, kept: int) -> None:
    assert kept_back(pace) == kept


def test_a_spent_budget_stops_posts_and_lets_deletions_pass_uncounted() -> None:
    spent = rhythm([BUDGET], ago(10, 20) + ago(5, act=Act.DELETE))
    assert spent.shut(NOW, urgent=True).lane == NOW - 20 * SECOND + BUDGET.per
    assert spent.shut(NOW, Act.DELETE, urgent=True).lane is None
    assert rhythm([BUDGET], ago(1, 2, 3, act=Act.DELETE)).shut(NOW, urgent=True).lane is None


def test_there_is_room_for_as_many_as_the_account_may_send() -> None:
    pace = Pace(30, SECOND, Scope.ACCOUNT)
    assert rhythm([pace], ago(0.1, 0.2, 1.5)).room(NOW) == 28
    assert rhythm([Pace(100, MINUTE, Scope.ACCOUNT)], ago(1)).room(NOW) == 97
    assert rhythm([ONE_A_SECOND], ago(0)).room(NOW) > 1000


def test_what_no_pace_asks_for_is_forgotten() -> None:
    counted = Rhythm({f"c{n}": [ONE_A_SECOND] for n in range(1000)})
    for number in range(1000):
        counted.sent(Sent(f"c{number}", NOW + number * SECOND))
    assert list(counted.shut(NOW + 999 * SECOND).channels) == ["c999"]
