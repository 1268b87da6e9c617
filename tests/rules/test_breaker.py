"""When a channel is left alone, and when it is tried again."""

from datetime import UTC, datetime, timedelta

from bot.rules.breaker import FAILURES, LONGEST, Breaker, after_failure

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def failed(*deliveries: int) -> Breaker:
    breaker = Breaker("main")
    for delivery in deliveries:
        breaker = after_failure(breaker, delivery, "HTTP 500", NOW)
    return breaker


def test_different_deliveries_in_a_row_open_it() -> None:
    assert failed(*range(1, FAILURES)).opened_at is None
    opened = failed(*range(1, FAILURES + 1))
    assert (opened.opened_at, opened.probe_at) == (NOW, NOW + MINUTE)


def test_one_delivery_that_fails_again_and_again_opens_nothing() -> None:
    assert failed(*[7] * 50) == Breaker("main", 1, 7, "HTTP 500")


def test_each_probe_in_vain_makes_the_next_wait_longer() -> None:
    breaker, waits = failed(*range(1, FAILURES + 1)), []
    for _ in range(8):
        breaker = after_failure(breaker, 7, "HTTP 500", NOW)
        assert breaker.probe_at is not None
        waits.append(breaker.probe_at - NOW)
    assert waits[:4] == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE]
    assert waits[-1] == LONGEST
