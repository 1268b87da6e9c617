"""A thread goes out post by post, resumes where it broke, and never starts over."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import Refused, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.channel import FOREVER, Facts, Long, Pace
from bot.model.delivery import Act, Delivery, Receipt, State
from bot.rules.follow import follow
from bot.work.dispatch import Dispatch
from bot.work.outlet import Outlet
from bot.work.sweep import Sweep
from tests.fakes.scripted import FACTS, Scripted, Step
from tests.fakes.stories import article, plan

MINUTE = timedelta(minutes=1)
THREAD = replace(FACTS, long=Long.THREAD)


class Desk:
    """One story whose post is a thread of three, one channel, and a clock that is moved."""

    def __init__(self, ledger: Ledger, now: datetime, *script: Step, facts: Facts = THREAD) -> None:
        self.ledger, self.now = ledger, now
        self.channel = Scripted("main", *script, facts=facts)
        self.outlets = {"main": Outlet("main", self.channel, "lane")}
        self.story = 0

    async def plan(self, *texts: str, act: Act = Act.POST, revision: int = 1) -> None:
        if revision == 1:
            self.story = (await self.ledger.stories.record("inbox", article(), ["k"], "1", self.now)).story
        else:
            await self.ledger.stories.record("inbox", article(body=str(revision)), ["k"], str(revision), self.now)
        made = plan(self.story, "main", self.now, lane="lane", act=act, revision=revision)
        made = replace(made, edition=replace(made.edition, text=texts[0], more=texts[1:]))
        assert await self.ledger.deliveries.plan(self.story, revision, [made], [], self.now)

    async def drain(self, worker: str = "w") -> timedelta | None:
        clock = lambda: self.now  # noqa: E731
        work = Dispatch(self.ledger, self.outlets, worker, clock, asyncio.Event(), not_older_than=None)
        return await work.drain("lane")

    async def rows(self) -> tuple[Delivery, ...]:
        return await self.ledger.deliveries.of_story(self.story)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.channel.posted]


async def test_each_post_answers_the_one_before_and_has_its_own_receipt(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now)
    await desk.plan("one", "two", "three")
    await desk.drain()
    assert desk.texts == ["one", "two", "three"]
    assert desk.channel.answered == ["main/1", "main/2"]
    assert len({key for key, _ in desk.channel.posted}) == 3
    [row] = await desk.rows()
    assert (row.state, row.attempts, row.receipt and row.receipt.platform_id) == (State.SENT, 3, "main/1")


async def test_messages_do_not_answer_each_other(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now, facts=replace(FACTS, long=Long.MESSAGES))
    await desk.plan("one", "two")
    await desk.drain()
    assert (desk.texts, desk.channel.answered) == (["one", "two"], [])


async def test_every_post_of_a_thread_counts_for_the_pace(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now, facts=replace(THREAD, pace=(Pace(1, MINUTE),)))
    await desk.plan("one", "two")
    assert await desk.drain() == MINUTE
    assert desk.texts == ["one"]
    desk.now += MINUTE
    await desk.drain()
    assert desk.texts == ["one", "two"]


async def test_a_broken_thread_resumes_where_it_broke(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now, None, Unavailable("main", "503"))
    await desk.plan("one", "two", "three")
    await desk.drain()
    assert desk.texts == ["one", "two"]
    desk.now += MINUTE
    await desk.drain("another")
    assert desk.texts == ["one", "two", "two", "three"]
    assert desk.channel.answered == ["main/1", "main/1", "main/3"]
    assert [row.state for row in await desk.rows()] == [State.SENT]


async def test_a_refused_post_fails_and_its_retry_goes_on_from_there(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now, None, Refused("main", "no"))
    await desk.plan("one", "two")
    await desk.drain()
    assert [row.state for row in await desk.rows()] == [State.FAILED]
    await ledger.deliveries.retry(desk.story, "陈静", "again", now)
    await desk.drain()
    assert desk.texts == ["one", "two", "two"]


async def test_a_worker_that_dies_in_the_middle_leaves_only_its_post_in_doubt(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now, None, asyncio.Event())  # its second post is under way until the worker is gone
    await desk.plan("one", "two", "three")
    draining = asyncio.create_task(desk.drain("dead"))
    async with asyncio.timeout(30):
        while len(desk.texts) < 2:
            await asyncio.sleep(0.01)
    [sending] = await ledger.claims.orphans("alive")
    assert [receipt.platform_id for receipt in sending.done] == ["main/1"]
    await Sweep(ledger, desk.outlets, "alive", lambda: desk.now).after_a_crash()
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    assert [row.state for row in await desk.rows()] == [State.UNCERTAIN]
    assert await ledger.deliveries.settle(desk.story, "main", "陈静", "seen", now, out=True) == 1
    await desk.drain("alive")
    assert desk.texts == ["one", "two", "three"]
    assert desk.channel.answered[-1] == "main/1", "the post without a number cannot be answered: the one before is"
    assert [row.state for row in await desk.rows()] == [State.SENT]


async def test_with_a_key_a_lost_answer_repeats_one_post_under_the_same_key(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now, None, Uncertain("main", "lost"), facts=replace(THREAD, key_life=FOREVER))
    await desk.plan("one", "two")
    await desk.drain()
    desk.now += MINUTE
    await desk.drain()
    assert desk.texts == ["one", "two", "two"]
    assert len({key for key, _ in desk.channel.posted}) == 2


async def test_an_edit_changes_each_post_and_adds_what_is_new(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now)
    await desk.plan("one", "two")
    await desk.drain()
    await desk.plan("ONE", "TWO", "THREE", act=Act.EDIT, revision=2)
    await desk.drain()
    assert desk.channel.edited == [("main/1", "ONE"), ("main/2", "TWO")]
    assert (desk.texts[2:], desk.channel.answered[-1]) == (["THREE"], "main/2")
    assert [row.state for row in await desk.rows()] == [State.SENT, State.SENT]


async def test_of_a_thread_that_is_half_out_only_the_rest_can_be_cancelled(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now, None, Unavailable("main", "503"))
    await desk.plan("one", "two", "three")
    await desk.drain()
    assert await ledger.deliveries.cancel(desk.story, "陈静", "enough", now) == 1
    [row] = await desk.rows()
    assert (row.state, row.reason) == (State.SENT, "the thread ends here: enough")


async def test_a_correction_of_a_thread_that_is_half_out_edits_it_and_posts_nothing_twice(
    ledger: Ledger, now: datetime
) -> None:
    desk = Desk(ledger, now, None, Unavailable("main", "503"))
    await desk.plan("one", "two")
    await desk.drain()
    assert follow(await desk.rows(), editable=True).act is Act.EDIT
    await desk.plan("ONE", "TWO", act=Act.EDIT, revision=2)
    await desk.drain()
    assert desk.channel.edited == [("main/1", "ONE")]
    assert desk.texts == ["one", "two", "TWO"]
    assert [row.state for row in await desk.rows()] == [State.SENT, State.SENT]


async def test_what_was_settled_by_hand_cannot_be_edited_and_says_so(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now, Uncertain("main", "lost"))
    await desk.plan("one")
    await desk.drain()
    await ledger.deliveries.settle(desk.story, "main", "陈静", "seen", now, out=True)
    await desk.plan("ONE", act=Act.EDIT, revision=2)
    await desk.drain()
    [_, edit] = await desk.rows()
    assert (edit.state, edit.reason) == (
        State.FAILED,
        "what is out has no number that we know: do it by hand",
    )


async def test_a_correction_stands_below_what_it_corrects_where_the_platform_has_answers(
    ledger: Ledger, now: datetime
) -> None:
    desk = Desk(ledger, now, facts=replace(FACTS, editable=False))
    await desk.plan("one")
    await desk.drain()
    await ledger.stories.record("inbox", article(body="2"), ["k"], "2", now)
    made = replace(plan(desk.story, "main", now, lane="lane", revision=2), correction=True)
    assert await ledger.deliveries.plan(desk.story, 2, [made], [], now)
    await desk.drain()
    assert desk.channel.answered == ["main/1"]
    assert [row.state for row in await desk.rows()] == [State.SENT, State.SENT]


class Erasing(Scripted):
    """One that can delete, too."""

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        self.erased = [*getattr(self, "erased", []), receipt.platform_id]
        return await self._answer(receipt.platform_id, plan(1, "main", receipt.at).edition)


async def test_what_a_shorter_thread_leaves_over_is_taken_back(ledger: Ledger, now: datetime) -> None:
    desk = Desk(ledger, now)
    desk.channel = Erasing("main", facts=THREAD)
    desk.outlets = {"main": Outlet("main", desk.channel, "lane")}
    await desk.plan("one", "two", "three")
    await desk.drain()
    await desk.plan("the one", act=Act.EDIT, revision=2)
    await desk.drain()
    assert (desk.channel.edited, desk.channel.erased) == ([("main/1", "the one")], ["main/2", "main/3"])
    assert [row.state for row in await desk.rows()] == [State.SENT, State.SENT]
    assert await ledger.corrections.unseen() == ()
    # What is gone is not edited again: the thread may grow anew below what is left.
    await desk.plan("the one", "and two", act=Act.EDIT, revision=3)
    await desk.drain()
    assert (desk.texts[-1], desk.channel.answered[-1]) == ("and two", "main/1")


async def test_where_nothing_can_be_taken_back_the_desk_has_to_see_what_is_left_over(
    ledger: Ledger, now: datetime
) -> None:
    desk = Desk(ledger, now)
    await desk.plan("one", "two")
    await desk.drain()
    await desk.plan("the one", act=Act.EDIT, revision=2)
    await desk.drain()
    assert desk.channel.edited == [("main/1", "the one")]
    assert [row.state for row in await desk.rows()] == [State.SENT, State.SENT]
    [listed] = await ledger.corrections.unseen()
    assert (listed.channel, listed.why.startswith("posts of its thread that the edit left over stay out")) == (
        "main",
        True,
    )
