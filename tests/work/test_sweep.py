"""What a dead worker left, and what nobody knows, is settled by proof or by looking, never by a guess."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import DeliveryError, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.channel import FOREVER, Facts, WhenUnsure
from bot.model.delivery import Act, Delivery, Receipt, State
from bot.model.edition import Edition
from bot.work.outlet import Outlet
from bot.work.sweep import Sweep
from tests.fakes.scripted import FACTS, Scripted
from tests.fakes.stories import article, plan, planned_story

MINUTE = timedelta(minutes=1)
PROOF = Receipt("77", datetime(2026, 11, 24, 8, tzinfo=UTC))


class Seeing(Scripted):
    """A channel whose posts can be looked for."""

    sees: Receipt | DeliveryError | None = None
    looked_for: str = ""
    looked_back: datetime | None = None

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        self.looked_for, self.looked_back = key, since
        if isinstance(self.sees, DeliveryError):
            raise self.sees
        return self.sees


def sweep(ledger: Ledger, channel: Scripted, now: datetime) -> Sweep:
    return Sweep(ledger, {"main": Outlet("main", channel, "lane")}, "alive", lambda: now)


async def only(ledger: Ledger, story: int) -> Delivery:
    [row] = await ledger.deliveries.of_story(story)
    return row


async def left_sending(ledger: Ledger, now: datetime) -> int:
    story = await planned_story(ledger, now, "main")
    assert await ledger.claims.next(["main"], "dead", now, MINUTE, lambda *_: None) is not None
    return story


async def left_uncertain(ledger: Ledger, now: datetime) -> int:
    story = await left_sending(ledger, now)
    assert await sweep(ledger, Scripted("main"), now).after_a_crash() == 1
    assert (await only(ledger, story)).state is State.UNCERTAIN
    return story


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (FACTS, State.UNCERTAIN),
        (replace(FACTS, key_life=FOREVER), State.PLANNED),
        (replace(FACTS, key_life=timedelta(seconds=1)), State.UNCERTAIN),
        (replace(FACTS, when_unsure=WhenUnsure.RESEND), State.PLANNED),
        (replace(FACTS, when_unsure=WhenUnsure.ASSUME_SENT), State.SENT),
    ],
)
async def test_what_a_dead_worker_was_sending_ends_as_its_platform_allows(
    ledger: Ledger, now: datetime, facts: Facts, state: State
) -> None:
    story = await left_sending(ledger, now)
    channel = Scripted("main", facts=facts)
    assert await sweep(ledger, channel, now).after_a_crash() == 1
    assert (await only(ledger, story)).state is state


async def test_a_living_workers_send_is_left_alone_until_its_lease_is_over(ledger: Ledger, now: datetime) -> None:
    story = await left_sending(ledger, now)
    assert await sweep(ledger, Scripted("main"), now).overdue() == 0
    assert await sweep(ledger, Scripted("main"), now + MINUTE).overdue() == 1
    assert (await only(ledger, story)).reason == "no outcome within the lease"


async def test_a_channel_that_left_the_settings_leaves_doubt_and_says_so(ledger: Ledger, now: datetime) -> None:
    story = await left_sending(ledger, now)
    await Sweep(ledger, {}, "alive", lambda: now).after_a_crash()
    row = await only(ledger, story)
    assert (row.state, "no longer in the settings" in row.reason) == (State.UNCERTAIN, True)


async def test_a_post_that_is_found_is_sent_with_its_proof(ledger: Ledger, now: datetime) -> None:
    story = await left_uncertain(ledger, now)
    channel = Seeing("main")
    channel.sees = PROOF
    assert await sweep(ledger, channel, now).look() == 1
    row = await only(ledger, story)
    assert (row.state, row.receipt and row.receipt.platform_id, channel.looked_for) == (State.SENT, "77", row.key)


async def test_a_post_that_is_surely_not_out_is_sent_again(ledger: Ledger, now: datetime) -> None:
    story = await left_uncertain(ledger, now)
    assert await sweep(ledger, Seeing("main"), now + 2 * MINUTE).look() == 1
    row = await only(ledger, story)
    assert (row.state, row.reason) == (State.PLANNED, "looked: it is not out")


async def test_a_post_that_is_not_out_yet_may_still_be_under_way(ledger: Ledger, now: datetime) -> None:
    story = await left_uncertain(ledger, now)
    assert await sweep(ledger, Seeing("main"), now + MINUTE).look() == 0
    assert (await only(ledger, story)).state is State.UNCERTAIN


@pytest.mark.parametrize("answer", [Unavailable("main", "503"), Uncertain("main", "too many posts since")])
async def test_looking_in_vain_changes_nothing(ledger: Ledger, now: datetime, answer: DeliveryError) -> None:
    story = await left_uncertain(ledger, now)
    channel = Seeing("main")
    channel.sees = answer
    assert await sweep(ledger, channel, now).look() == 0
    assert (await only(ledger, story)).state is State.UNCERTAIN


async def test_where_a_platform_cannot_be_asked_it_stays_uncertain(ledger: Ledger, now: datetime) -> None:
    story = await left_uncertain(ledger, now)
    assert await sweep(ledger, Scripted("main"), now).look() == 0
    assert (await only(ledger, story)).state is State.UNCERTAIN


async def test_a_machine_whose_clock_was_ahead_still_finds_what_it_posted(ledger: Ledger, now: datetime) -> None:
    channel = Seeing("main")
    await left_uncertain(ledger, now)
    await sweep(ledger, channel, now).look()
    assert channel.looked_back is not None
    assert channel.looked_back <= now - 10 * MINUTE


async def left_changing(ledger: Ledger, now: datetime, act: Act) -> int:
    """A story that is out, and a dead worker in the middle of its edit or deletion."""
    story = await planned_story(ledger, now, "main")
    post = await ledger.claims.next(["main"], "dead", now, MINUTE, lambda *_: None)
    assert post is not None
    await ledger.claims.sent(post, PROOF, now)
    if act is Act.DELETE:
        await ledger.withdrawals.withdraw(story, ["main"], "陈静", "错发", now)
    else:
        [first] = await ledger.stories.revisions(story)
        key = f"test:{first.article.headline.strip('第条')}"
        await ledger.stories.record("inbox", article("改"), [key], f"again {story}", now)
        assert await ledger.deliveries.plan(story, 2, [plan(story, "main", now, revision=2, act=act)], [], now)
    assert await ledger.claims.next(["main"], "dead", now, MINUTE, lambda *_: None) is not None
    return story


@pytest.mark.parametrize("act", [Act.EDIT, Act.DELETE])
async def test_an_edit_or_deletion_that_a_dead_worker_began_is_done_again_on_the_same_post(
    ledger: Ledger, now: datetime, act: Act
) -> None:
    story = await left_changing(ledger, now, act)
    assert await sweep(ledger, Scripted("main"), now).after_a_crash() == 1
    again = await ledger.claims.next(["main"], "alive", now + MINUTE, MINUTE, lambda *_: None)
    assert again is not None
    assert (again.delivery.story, again.delivery.act, again.out) == (story, act, (PROOF,))


async def test_an_edit_that_phones_ring_for_again_waits_for_an_editor(ledger: Ledger, now: datetime) -> None:
    story = await left_changing(ledger, now, Act.EDIT)
    await sweep(ledger, Scripted("main", facts=replace(FACTS, edit_is_heard=True)), now).after_a_crash()
    *_, edit = await ledger.deliveries.of_story(story)
    assert (edit.act, edit.state) == (Act.EDIT, State.UNCERTAIN)
