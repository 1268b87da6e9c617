"""Which of the three a failed send is."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.errors import Refused, Unavailable, Uncertain
from bot.web.outcomes import of_exception, of_status, retry_after

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("err", "lost", "repeatable"),
    [
        (httpx.ConnectError("refused"), Unavailable, Unavailable),
        (httpx.ConnectTimeout(""), Unavailable, Unavailable),
        (httpx.PoolTimeout(""), Unavailable, Unavailable),
        (httpx.ReadTimeout(""), Uncertain, Unavailable),
        (httpx.WriteTimeout(""), Uncertain, Unavailable),
        (httpx.ReadError(""), Uncertain, Unavailable),
        (httpx.RemoteProtocolError("closed"), Uncertain, Unavailable),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_no_answer(err: Exception, lost: type, repeatable: type) -> None:
    assert type(of_exception("main", err, idempotent=False)) is lost
    assert type(of_exception("main", err, idempotent=True)) is repeatable


@pytest.mark.parametrize(
    ("status", "lost", "repeatable"),
    [
        (400, Refused, Refused),
        (301, Refused, Refused),
        (404, Refused, Refused),
        (429, Unavailable, Unavailable),
        (503, Unavailable, Unavailable),
        (500, Uncertain, Unavailable),
        (502, Uncertain, Unavailable),
        (504, Uncertain, Unavailable),
        (520, Uncertain, Unavailable),
    ],
)
def test_an_answer_that_is_no_success(status: int, lost: type, repeatable: type) -> None:
    assert type(of_status("main", status, httpx.Headers(), NOW, idempotent=False)) is lost
    assert type(of_status("main", status, httpx.Headers(), NOW, idempotent=True)) is repeatable


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("30", timedelta(seconds=30)),
        ("0.5", timedelta(seconds=0.5)),
        ("Tue, 24 Nov 2026 08:01:00 GMT", timedelta(minutes=1)),
        ("Tue, 24 Nov 2026 07:00:00 GMT", timedelta(0)),
        ("99999999", timedelta(days=1)),
        ("-5", timedelta(0)),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_named_wait_in_each_form(value: str | None, wait: timedelta | None) -> None:
    assert retry_after(value, NOW) == wait
