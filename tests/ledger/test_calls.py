"""What the language model was asked stays known: its answers, and what they cost."""

from datetime import datetime, timedelta

from bot.ledger import Ledger
from bot.model.call import Question, Spent

BRIDGE = Question(1, 2, "zh", "print")


async def test_an_answer_is_kept_for_its_story_revision_channel_and_question(ledger: Ledger, now: datetime) -> None:
    call = await ledger.calls.begin(BRIDGE, 900, now)
    assert await ledger.calls.answer(BRIDGE) is None
    await ledger.calls.end(call, 321, "大桥今早通车。", "")
    assert await ledger.calls.answer(BRIDGE) == "大桥今早通车。"
    for other in (Question(2, 2, "zh", "print"), Question(1, 3, "zh", "print"), Question(1, 2, "en", "print"),
                  Question(1, 2, "zh", "another")):  # fmt: skip
        assert await ledger.calls.answer(other) is None


async def test_what_is_spent_counts_calls_under_way_and_those_without_an_answer(ledger: Ledger, now: datetime) -> None:
    old = await ledger.calls.begin(BRIDGE, 100, now - timedelta(days=40))
    await ledger.calls.end(old, 100, "alt", "")
    failed = await ledger.calls.begin(BRIDGE, 500, now)
    await ledger.calls.end(failed, 0, None, "HTTP 500")
    await ledger.calls.begin(BRIDGE, 700, now)
    assert await ledger.calls.spent(now - timedelta(days=1)) == Spent(2, 700)
    assert await ledger.calls.spent(now + timedelta(days=1)) == Spent(0, 0)


async def test_what_is_forgotten_is_neither_answered_nor_counted(ledger: Ledger, now: datetime) -> None:
    old = await ledger.calls.begin(BRIDGE, 100, now - timedelta(days=91))
    await ledger.calls.end(old, 100, "旧桥", "")
    await ledger.calls.begin(BRIDGE, 700, now - timedelta(days=90))
    assert await ledger.calls.forget(now - timedelta(days=90)) == 1
    assert await ledger.calls.answer(BRIDGE) is None
    assert await ledger.calls.spent(now - timedelta(days=365)) == Spent(1, 700)
    assert await ledger.calls.forget(now - timedelta(days=90)) == 0
