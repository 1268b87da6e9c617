"""What the house keeps no longer becomes figures; its cards go when nobody needs them."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.call import Question
from bot.model.edition import Card
from bot.work.fold import Fold
from tests.fakes.stories import article, plan, planned_story

KEEP = timedelta(days=90)


@pytest.fixture
def cards(tmp_path: Path, now: datetime) -> Path:
    folder = tmp_path / "cards"
    folder.mkdir()
    for name in ("old.png", "needed.png", "young.png"):
        (folder / name).write_bytes(b"png")
        age = timedelta(0) if name == "young.png" else KEEP + timedelta(days=3)
        os.utime(folder / name, times=((now - age).timestamp(),) * 2)
    return folder


async def test_everything_that_is_old_is_folded_however_much_it_is(ledger: Ledger, cards: Path, now: datetime) -> None:
    for number in range(3):
        story = await planned_story(ledger, now - KEEP - timedelta(days=number + 1), "zh", "en")
        await ledger.deliveries.cancel(story, "陈静", "", now - KEEP - timedelta(days=number + 1))
    young = await planned_story(ledger, now, "zh")
    folded = await Fold(ledger, cards, KEEP, lambda: now).run()
    assert folded.deliveries == 6
    [row] = await ledger.deliveries.of_story(young)
    assert row.edition.text
    assert not await Fold(ledger, cards, KEEP, lambda: now).run()


async def test_a_card_stays_while_a_delivery_may_need_it(ledger: Ledger, cards: Path, now: datetime) -> None:
    long_ago = now - KEEP - timedelta(days=2)
    recorded = await ledger.stories.record("inbox", article("压了很久"), ["test:held"], "print", long_ago)
    made = plan(recorded.story, "zh", long_ago)
    card = Card("needed.png", "image/png", 1200, 630, 3, "")
    await ledger.deliveries.plan(
        recorded.story, 1, [replace(made, edition=replace(made.edition, card=card))], [], long_ago
    )
    await Fold(ledger, cards, KEEP, lambda: now).run()
    assert sorted(path.name for path in cards.iterdir()) == ["needed.png", "young.png"]  # noqa: ASYNC240 - one look


async def test_what_a_model_was_asked_long_ago_is_forgotten(ledger: Ledger, cards: Path, now: datetime) -> None:
    asked = Question(1, 1, "zh", "print")
    for at in (now - KEEP - timedelta(days=1), now):
        await ledger.calls.begin(asked, 10, at)
    await Fold(ledger, cards, KEEP, lambda: now).run()
    assert (await ledger.calls.spent(now - 2 * KEEP)).calls == 1
