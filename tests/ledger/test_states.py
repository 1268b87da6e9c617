"""No sequence of events breaks the ledger: nothing doubles, nothing overtakes, nothing moves but by the state table."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.ledger import Ledger
from bot.model.delivery import Act, Delivery, Outcome, Plan, Receipt, State
from bot.model.ledger import Claim
from bot.model.order import Given, Wording
from bot.rules.follow import follow
from tests.fakes.ordered import Ordered, Point, rejected, stands
from tests.fakes.stories import article, edition

T = TypeVar("T")
CHANNELS = ("public", "partners")
KEYED = "partners"  # its platform recognises a repeated key
STORIES = 3  # the last one reprints the one before
BRIDGE = (
    "北桥今早六时恢复双向通行，公交七路与十二路同时复线，桥面限速四十公里，货车绕行东环路，夜间封闭右侧车道。"
    "市政部门说明，护栏检修分三段进行，每段约需两周，期间行人请走南侧便道，骑车者请在桥头下车推行，违者将被劝返。"
)
LEASE = timedelta(seconds=30)
START = datetime(2026, 11, 24, 8, tzinfo=UTC)

P, H, G, S, U, F, C = (
    State.PLANNED, State.HELD, State.SENDING, State.SENT, State.UNCERTAIN, State.FAILED, State.CANCELLED,
)  # fmt: skip
# From which state to which one event may carry a delivery; what is not named must not happen.
# planned to sent, held to sent: what is half out of a thread ends where it is when the rest is taken back.
# planned or held to uncertain: it was taken back, but an earlier try may be out.
MOVES = {
    P: {H, G, S, U, C}, H: {P, S, U, C}, G: {P, S, U, F}, U: {P, S, C}, F: {P}, S: set(), C: set(),
}  # fmt: skip
REOPENED = {
    "an_editor_says": {C: {P, H}, U: {H}},
    "an_editor_orders": {C: {P, H}},
    "an_editor_undoes": {C: {P, H}, U: {H}, S: {P}},
}
"""What only these may bring back: a release what was rejected, `add` what was skipped, an undo what an order moved."""

some_story, some_claim, yes = st.integers(0, STORIES - 1), st.integers(0, 5), st.booleans()
channel, worker = st.sampled_from(CHANNELS), st.sampled_from(["one", "two"])
fate = st.sampled_from(["sent", "again", "failed", "uncertain", "doubt", "dies"])
# What a story has behind it when the editors come in: fates of its first posts; a revision follows each but the last.
past = st.sampled_from([(), ("flying",), ("uncertain",), ("doubt",), ("failed", "uncertain"), ("failed", "flying")])
verb = st.sampled_from(["hold", "release", "release", "retry", "retry", "cancel"])
order = st.sampled_from(["approve", "reject", "skip", "add", "schedule", "embargo", "embargo", "lift", "hurry"])
EVENTS: dict[str, tuple[int, tuple[st.SearchStrategy[Any], ...]]] = {
    "one_changes": (2, (some_story, yes, yes)),
    "an_editor_says": (2, (some_story, st.none() | channel, verb)),
    "an_editor_orders": (2, (some_story, order, channel, st.integers(1, 600))),
    "an_editor_undoes": (1, ()),
    "an_editor_withdraws": (1, (some_story, st.sets(channel), st.integers(0, 3), yes)),
    "an_editor_words": (1, (some_story, channel | st.just(""), st.integers(1, 9))),
    "new_words_are_set": (2, ()),
    "a_channel_is_paused_or_resumed": (1, (channel, st.sampled_from([True, True, True, False]))),
    "an_editor_looks_and_settles": (1, ()),
    "a_worker_claims": (7, (channel, worker, st.none() | fate, yes)),
    "the_platform_answers": (2, (some_claim, fate, yes)),
    "leases_end": (1, (yes,)),
    "a_sleeping_worker_comes_back": (1, (some_claim,)),
    "time_passes": (1, (st.integers(1, 600),)),
}
"""What may happen: how often beside the others, and what is drawn for it."""
# One rule for them all: hypothesis leaves out rules at random, and a run without claims would show nothing.
NAMES = st.sampled_from([name for name, (times, _) in EVENTS.items() for _ in range(times)])
SOMETHING = NAMES.flatmap(lambda name: st.tuples(st.just(name), *EVENTS[name][1]))


class Newsroom(RuleBasedStateMachine):
    """Editors, sources, workers and two platforms, all acting in any order; the platforms remember what they got."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.ledger = self.run(Ledger.open(url))
        self.now = START
        self.stories: list[int] = []
        self.in_flight: list[Claim] = []
        self.asleep: list[tuple[Claim, bool]] = []
        self.carried_out: Counter[str] = Counter()
        """How often a platform did what a key stands for."""
        self.before: dict[int, Delivery] = {}
        self.keys = 0
        self.event = ""
        self.ordered: dict[int, Ordered] = {}

    @rule(event=SOMETHING)
    def something_happens(self, event: tuple[Any, ...]) -> None:
        name, *drawn = event
        self.event = name
        getattr(self, name)(*drawn)

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(doing)

    def teardown(self) -> None:
        try:
            for story in self.stories:
                self._no_order_is_lost(story)
        finally:
            self.run(self.ledger.close())
            self.loop.close()

    # Sources and compose

    @initialize(
        long=st.lists(yes, min_size=STORIES, max_size=STORIES),
        pasts=st.lists(past, min_size=STORIES, max_size=STORIES),
        done=yes,
    )
    def stories_appear(self, long: list[bool], pasts: list[tuple[str, ...]], done: bool) -> None:
        for number, (one, fates) in enumerate(zip(long, pasts, strict=True)):
            self.stories.append(self._recorded(number, 1))
            self.ordered[self.stories[-1]] = Ordered()
            self._compose(self.stories[-1], 1, long=one)
            for revision, fate in enumerate(fates, 1):
                if revision > 1:
                    self.one_changes(number, one, False)
                for name in CHANNELS:
                    self.a_worker_claims(name, "one", None if fate == "flying" else fate, done)

    def one_changes(self, which: int, long: bool, editable: bool) -> None:
        story = self._chosen(which)
        found = self.run(self.ledger.stories.get(story))
        assert found is not None
        revision = found.revision + 1
        assert self._recorded(self.stories.index(story), revision) == story
        self._compose(story, revision, long=long, editable=editable)

    def _recorded(self, number: int, revision: int) -> int:
        body = BRIDGE if number else "河湾农贸市场今日开市。"
        made = article(f"第{number}条", body=f"{body}第{revision}稿")
        record = self.ledger.stories.record(f"source {number}", made, [f"key:{number}"], str(revision), self.now)
        return self.run(record).story

    def _compose(self, story: int, revision: int, *, long: bool, editable: bool = False) -> None:
        plans = []
        rows = self._rows(story)
        for name in CHANNELS:
            step = follow([row for row in rows if row.channel == name], editable=editable)
            if step.act is None:
                continue
            self.keys += 1
            words = edition(story, name, revision=revision, text=f"{revision}")
            if long:
                words = replace(words, more=("the rest",))
            state = State.HELD if step.held else State.PLANNED
            key, why = f"key-{self.keys}", step.held or ""
            plans.append(Plan(name, f"lane of {name}", words, self.now, key, step.act, state, reason=why))
        self.run(self.ledger.deliveries.plan(story, revision, plans, [], self.now))

    # Editors

    def an_editor_says(self, which: int, channel: str | None, verb: str) -> None:
        story = self._chosen(which)
        self.run(getattr(self.ledger.deliveries, verb)(story, "陈静", verb, self.now, channel))
        if channel is None and verb in {"hold", "release"}:
            self.ordered[story].take(verb, "陈静", verb)

    def an_editor_orders(self, which: int, verb: str, channel: str, seconds: int) -> None:
        orders, story, who, until = (
            self.ledger.orders,
            self._chosen(which),
            "陈静",
            self.now + timedelta(seconds=seconds),
        )
        match verb:
            case "approve" | "reject":
                done = self.run(getattr(orders, verb)(story, who, verb, self.now))
            case "skip" | "add":
                done = self.run(getattr(orders, verb)(story, channel, who, verb, self.now))
            case "schedule":
                done = self.run(orders.schedule(story, until, who, verb, self.now))
            case "hurry":
                done = self.run(orders.hurry(story, 1, who, verb, self.now))
            case _:
                done = self.run(orders.embargo(story, until if verb == "embargo" else None, who, verb, self.now))
        if done.done:
            value = rejected(verb) if verb == "reject" else until
            self.ordered[story].take(verb, who, value, channel if verb in {"skip", "add"} else "")

    def an_editor_undoes(self) -> None:
        done = self.run(self.ledger.reversals.undo("陈静", self.now))
        if done.done:
            told = self.run(self.ledger.history.of_story(done.story))[-1]
            self.ordered[done.story].undone(told.why.removesuffix(" taken back"), self._stands(done.story))
            self._no_order_is_lost(done.story)

    def an_editor_words(self, which: int, channel: str, number: int) -> None:
        story, words = self._chosen(which), f"标题{number}"
        self.run(self.ledger.wordings.put(story, channel, Wording(words), "陈静", self.now))
        self.ordered[story].take("words", "陈静", words, channel)

    def new_words_are_set(self) -> None:
        for story in self.run(self.ledger.orders.to_renew()):
            given = self.run(self.ledger.orders.given(story))
            waiting = [row for row in self._rows(story) if row.state in {P, H} and not row.attempts]
            made = {row.id: replace(row.edition, headline=self._headline(given, row)) for row in waiting}
            assert self.run(self.ledger.wordings.renewed(story, given, made, self.now))

    def _headline(self, given: Given, row: Delivery) -> str:
        return given.wording(row.channel).headline or row.edition.headline

    def _stands(self, story: int) -> dict[Point, object]:
        found = self.run(self.ledger.stories.get(story))
        assert found is not None
        return stands(self.run(self.ledger.orders.given(story)), found.held)

    def _cluster(self, story: int) -> int:
        found = self.run(self.ledger.stories.get(story))
        assert found is not None
        return found.cluster

    def _no_order_is_lost(self, story: int) -> None:
        assert self._stands(story) == self.ordered[story].points, f"{self.event}: an order is lost"

    def an_editor_withdraws(self, which: int, able: set[str], sure: int, reprints: bool) -> None:
        if sure:
            return  # seldom: nothing happens to a story after it
        story = self._chosen(which)
        self.run(self.ledger.withdrawals.withdraw(story, able, "陈静", "错发", self.now, reprints=reprints))
        kin = [one for one in self.stories if self._cluster(one) == self._cluster(story)]
        for one in kin if reprints else [story]:
            self.ordered[one].take("withdraw", "陈静", "withdrawn: 错发")
            self._no_order_is_lost(one)

    def a_channel_is_paused_or_resumed(self, channel: str, resume: bool) -> None:
        if resume:
            self.run(self.ledger.lanes.resume(channel, "陈静", self.now))
        else:
            self.run(self.ledger.lanes.pause(channel, "token revoked", self.now))

    def an_editor_looks_and_settles(self) -> None:
        for claim in self.run(self.ledger.claims.unsure(CHANNELS)):
            row = claim.delivery
            doubtful = [one for one in self._rows(row.story) if (one.channel, one.state) == (row.channel, U)]
            if len(doubtful) > 1:
                continue  # one word of an editor would speak of several
            out = self.carried_out[_step(claim)] > 0
            self.run(self.ledger.deliveries.settle(row.story, row.channel, "陈静", "看过", self.now, out=out))

    # Workers and platforms

    def a_worker_claims(self, channel: str, worker: str, fate: str | None, done: bool) -> None:
        claim = self.run(self.ledger.claims.next([channel], worker, self.now, LEASE, lambda _, story: story.held))
        if claim is None:
            return
        row = claim.delivery
        assert channel not in self.run(self.ledger.lanes.paused())
        given = self.run(self.ledger.orders.given(row.story))
        embargo = given.embargo
        assert row.act is Act.DELETE or embargo is None or embargo <= self.now, "it left before its embargo"
        assert row.due_at <= self.now
        assert row.act is Act.DELETE or not given.renew, "it left before an editor's words were set"
        earlier = [one for one in self._rows(row.story) if one.channel == channel and one.id < row.id]
        assert all(one.state in {S, F, C} for one in earlier), "it overtook an earlier one"
        self.all_is_well()
        if fate is None:
            self.in_flight.append(claim)
        else:
            self._answered(claim, fate, done)

    def the_platform_answers(self, which: int, fate: str, done: bool) -> None:
        if self.in_flight:
            self._answered(self.in_flight.pop(which % len(self.in_flight)), fate, done)

    def _answered(self, claim: Claim, fate: str, done: bool) -> None:
        self._carried_out(claim, fate == "sent" or (fate in {"uncertain", "doubt", "dies"} and done))
        ends = self.ledger.claims
        match fate:
            case "sent":
                self.run(ends.sent(claim, Receipt(f"number of {claim.key}", self.now), self.now))
            case "again":
                self.run(ends.again(claim, Outcome.UNAVAILABLE, "503", self.now + LEASE, self.now))
            case "failed":
                self.run(ends.failed(claim, Outcome.REFUSED, "400", self.now))
            case "doubt" if claim.delivery.channel == KEYED:
                self.run(ends.again(claim, Outcome.UNCERTAIN, "timeout", self.now + LEASE, self.now))
            case "uncertain" | "doubt":
                self.run(ends.uncertain(claim, "timeout", self.now))

    def _carried_out(self, claim: Claim, done: bool) -> None:
        known = claim.delivery.channel == KEYED and self.carried_out[_step(claim)]
        self.carried_out[_step(claim)] += done and not known

    def leases_end(self, done: bool) -> None:
        """Of the dead, and of those that only sleep: what they asked for is over, but they do not say it yet."""
        self.now += LEASE
        for claim in self.run(self.ledger.claims.overdue(self.now)):
            self.run(self.ledger.claims.uncertain(claim, "no outcome within the lease", self.now))
        for claim in self.in_flight:
            self._carried_out(claim, done)
            self.asleep.append((claim, done))
        self.in_flight.clear()

    def a_sleeping_worker_comes_back(self, which: int) -> None:
        if not self.asleep:
            return
        claim, done = self.asleep.pop(which % len(self.asleep))
        if done:
            self.run(self.ledger.claims.sent(claim, Receipt(f"number of {claim.key}", self.now), self.now))
        else:
            self.run(self.ledger.claims.again(claim, Outcome.UNAVAILABLE, "503", self.now, self.now))

    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # What must hold whatever happened

    @invariant()
    def all_is_well(self) -> None:
        after = {row.id: row for row in self.run(self.ledger.deliveries.recent(10_000))}
        self._nothing_is_carried_out_twice(after)
        assert self.before.keys() <= after.keys(), "a delivery is gone"
        for number, row in after.items():
            old = self.before.get(number)
            if row != old:
                self._moved_as_the_state_table_says(old, row, after)
                self._is_whole(row)
        assert len({(row.story, row.revision, row.channel, row.act) for row in after.values()}) == len(after)
        sending = Counter((row.story, row.channel) for row in after.values() if row.state is G)
        assert all(times == 1 for times in sending.values()), "two workers send one story to one channel"
        self.before = after

    def _nothing_is_carried_out_twice(self, rows: dict[int, Delivery]) -> None:
        assert all(times <= 1 for times in self.carried_out.values()), self.carried_out
        begun = [row for row in rows.values() if row.act is Act.POST and self.carried_out[f"{row.key}/0"]]
        posts = Counter((row.story, row.channel) for row in begun)
        assert all(times == 1 for times in posts.values()), "two posts of one story"

    def _moved_as_the_state_table_says(self, old: Delivery | None, row: Delivery, rows: dict[int, Delivery]) -> None:
        second = old is None and row.act is Act.POST and self._may_be_out(row, rows)
        assert not second, "a second post is planned of what may be out"
        if old is None or old.state is row.state:
            return
        reopened = REOPENED.get(self.event, {}).get(old.state, set())
        assert row.state in MOVES[old.state] | reopened, f"{self.event}: {old.state} became {row.state}"
        assert row.changed_at <= self.now
        assert row.reason != "nothing is out" or not self._may_be_out(row, rows), "a correction is lost"

    def _may_be_out(self, row: Delivery, rows: dict[int, Delivery]) -> bool:
        earlier = [one for one in rows.values() if (one.story, one.channel) == (row.story, row.channel)]
        return any(one.id < row.id and one.state in {G, S, U} for one in earlier)

    def _is_whole(self, row: Delivery) -> None:
        attempts = self.run(self.ledger.deliveries.attempts(row.id))
        assert [attempt.number for attempt in attempts] == list(range(1, row.attempts + 1))
        under_way = [attempt for attempt in attempts if attempt.outcome is None]
        if row.state is G:
            assert row.worker
            assert row.lease_until
            assert [attempt.number for attempt in under_way] == [row.attempts]
        else:
            assert not under_way
        assert row.state is not S or row.receipt is not None, "sent without a receipt"
        assert row.state not in {H, U, F, C} or row.reason, f"{row.state} without a reason"

    def _rows(self, story: int) -> tuple[Delivery, ...]:
        return self.run(self.ledger.deliveries.of_story(story))

    def _chosen(self, which: int) -> int:
        return self.stories[which % len(self.stories)]


def _step(claim: Claim) -> str:
    """What one call of the platform does: this post of this delivery."""
    return f"{claim.delivery.key}/{len(claim.done)}"


def test_no_sequence_of_events_breaks_the_ledger(emptied: Callable[[], str]) -> None:
    run_state_machine_as_test(
        lambda: Newsroom(emptied()),  # type: ignore[arg-type] # any maker of machines will do
        settings=settings(
            max_examples=int(os.environ.get("CRIER_EXAMPLES", "6")),
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.generate],  # to make a finding short takes minutes: add Phase.shrink by hand
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
