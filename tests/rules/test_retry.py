"""What follows a send that brought no receipt."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import FOREVER, Facts, WhenUnsure
from bot.model.delivery import Act, Delivery, Outcome, Receipt, State
from bot.model.edition import Edition, Markup
from bot.model.ledger import Claim
from bot.rules.retry import LONGEST, Again, Ask, AssumeSent, GiveUp, after_error, after_silence, backoff

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def delivery(attempts: int = 1, age: timedelta = timedelta(0), act: Act = Act.POST) -> Delivery:
    edition = Edition(1, 1, "main", "telegram", "zh", "大桥修复", "大桥修复", Markup.HTML)
    return Delivery(
        1, 1, 1, "main", "lane", act, State.SENDING, 0, NOW - age, "key", edition, attempts, "", NOW - age, NOW
    )


def claim(attempts: int = 1, age: timedelta = timedelta(0), act: Act = Act.POST, out: int = 0, done: int = 0) -> Claim:
    """So many posts are out, and so many of them are done."""
    there = tuple(Receipt(str(number), NOW) for number in range(out))
    return Claim(delivery(attempts, age, act), there, there[:done])


def facts(key_life: timedelta | None = None, when_unsure: WhenUnsure = WhenUnsure.ASK, *, heard: bool = False) -> Facts:
    known = Facts("telegram", "telegram.html.j2", Markup.HTML, 4096, key_life=key_life, when_unsure=when_unsure)
    return replace(known, edit_is_heard=heard)


def test_a_refusal_is_final() -> None:
    assert after_error(Refused("main", "chat not found"), claim(), facts(), NOW) == GiveUp(Outcome.REFUSED)


def test_a_post_that_was_refused_because_of_the_account_is_not_lost() -> None:
    error = Refused("main", "bot was kicked", account=True)
    assert after_error(error, claim(), facts(), NOW) == Again(NOW, Outcome.REFUSED)


def test_the_time_that_the_platform_names_is_obeyed() -> None:
    error = Unavailable("main", "Too Many Requests", retry_after=timedelta(seconds=37))
    assert after_error(error, claim(), facts(), NOW) == Again(NOW + timedelta(seconds=37), Outcome.UNAVAILABLE)


@pytest.mark.parametrize(("age", "expected"), [(HOUR, Again(NOW + HOUR, Outcome.UNCERTAIN)), (24 * HOUR, Ask())])
def test_what_lies_under_review_may_come_out_at_any_time(age: timedelta, expected: object) -> None:
    error = Unavailable("main", "under review", retry_after=HOUR, accepted=True)
    assert after_error(error, claim(age=age), facts(), NOW) == expected


def test_without_a_named_time_the_waits_double_up_to_a_quarter_of_an_hour() -> None:
    waits = [backoff(delivery(attempts)) for attempts in range(1, 30)]
    assert timedelta(seconds=5) <= waits[0] <= timedelta(seconds=6.25)
    assert timedelta(seconds=10) <= waits[1] <= timedelta(seconds=12.5)
    assert LONGEST <= waits[-1] <= LONGEST * 1.25


def test_after_a_day_of_trying_an_editor_must_look() -> None:
    answer = after_error(Unavailable("main", "down"), claim(40, age=24 * HOUR), facts(), NOW)
    assert answer == GiveUp(Outcome.UNAVAILABLE)


@pytest.mark.parametrize("error", [Uncertain("main", "read timeout")])
@pytest.mark.parametrize(
    ("known", "age", "expected"),
    [
        (facts(), timedelta(0), Ask),
        (facts(key_life=HOUR), timedelta(minutes=10), Again),
        (facts(key_life=HOUR), 2 * HOUR, Ask),
        (facts(key_life=FOREVER), 1000 * HOUR, Again),
        (facts(when_unsure=WhenUnsure.RESEND), timedelta(0), Again),
        (facts(when_unsure=WhenUnsure.ASSUME_SENT), timedelta(0), AssumeSent),
    ],
    ids=["no key", "key lives", "key is forgotten", "key for ever", "policy: resend", "policy: assume sent"],
)
def test_a_lost_answer_is_repeated_only_where_that_cannot_double(
    error: DeliveryError, known: Facts, age: timedelta, expected: type
) -> None:
    assert isinstance(after_error(error, claim(age=age), known, NOW), expected)
    assert isinstance(after_silence(claim(age=age), known, NOW), expected)


@pytest.mark.parametrize(
    ("given", "known", "expected"),
    [
        (claim(act=Act.EDIT, out=1), facts(), Again),
        (claim(act=Act.DELETE, out=1), facts(), Again),
        (claim(act=Act.EDIT, out=3, done=1), facts(when_unsure=WhenUnsure.ASSUME_SENT), Again),
        (claim(act=Act.EDIT, out=1, age=25 * HOUR), facts(), Ask),
        (claim(act=Act.EDIT, out=1, done=1), facts(), Ask),
        (claim(act=Act.EDIT, out=1), facts(heard=True), Ask),
        (claim(act=Act.EDIT, out=2, done=1), facts(heard=True), Again),
        (claim(act=Act.DELETE, out=1), facts(heard=True), Again),
    ],
    ids=[
        "an edit",
        "a deletion",
        "the second post of a thread",
        "after a day an editor looks",
        "the post that a thread grows by",
        "an edit that phones ring for again",
        "what is left over of a shorter thread",
        "a deletion where edits are heard",
    ],
)
def test_what_changes_a_post_that_is_out_is_done_again_and_is_never_in_doubt(
    given: Claim, known: Facts, expected: type
) -> None:
    assert isinstance(after_error(Uncertain("main", "read timeout"), given, known, NOW), expected)
    assert isinstance(after_silence(given, known, NOW), expected)
