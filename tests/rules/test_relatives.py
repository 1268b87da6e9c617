"""What a reprint may do on a channel, given what its cluster has done."""

from datetime import datetime

import pytest

from bot.model.cluster import Relative
from bot.model.delivery import Act, Delivery, State
from bot.model.story import Story
from bot.rules.follow import SUPERSEDED, Follow
from bot.rules.relatives import among_relatives, must_wait
from tests.fakes.stories import article, edition

NOW = datetime.fromisoformat("2026-11-24T08:00:00+00:00")
REPRINT = Story(15, "portal", 1, article(), NOW, NOW, cluster=12)
FIRST = Story(12, "daily", 2, article(), NOW, NOW, cluster=12)


def row(story: int, channel: str, state: State, reason: str = "") -> Delivery:
    return Delivery(
        1, story, 1, channel, "lane", Act.POST, state, 0, NOW, "key", edition(story, channel), 0, reason, NOW, NOW
    )  # fmt: skip


def relative(story: int = 12, *rows: Delivery, waiting: bool = False, remembered: bool = False) -> Relative:
    return Relative(story, waiting, remembered, rows)


def test_a_story_without_relatives_is_free() -> None:
    assert among_relatives(FIRST, (), "main") is None


@pytest.mark.parametrize("state", State)
def test_a_channel_that_the_first_was_meant_for_gets_no_reprint_whatever_became_of_it(state: State) -> None:
    step = among_relatives(REPRINT, [relative(12, row(12, "main", state))], "main")
    assert step == Follow(None, "a reprint of #12")


def test_a_channel_that_another_reprint_went_to_follows_that_one() -> None:
    kin = [relative(12), relative(13, row(13, "main", State.SENT))]
    assert among_relatives(REPRINT, kin, "main") == Follow(None, "a reprint of #12: this channel follows #13")
    assert among_relatives(FIRST, kin[1:], "main") == Follow(None, "has reprints: this channel follows #13")


def test_a_channel_that_no_other_was_routed_to_gets_the_reprint() -> None:
    assert among_relatives(REPRINT, [relative(12, row(12, "other", State.SENT))], "main") is None


@pytest.mark.parametrize("state", [State.CANCELLED, State.HELD])
def test_what_an_editor_stopped_elsewhere_does_not_sneak_out_as_a_reprint(state: State) -> None:
    step = among_relatives(REPRINT, [relative(12, row(12, "other", state, "not true"))], "main")
    assert step is not None
    assert step.act is Act.POST
    assert step.held == f"a reprint of #12, and #12 is {state} on other: an editor releases it"


def test_what_a_newer_revision_took_off_another_channel_was_stopped_by_nobody() -> None:
    superseded = row(12, "other", State.CANCELLED, f"{SUPERSEDED} by revision 2")
    assert among_relatives(REPRINT, [relative(12, superseded)], "main") is None


def test_a_reprint_of_what_was_only_remembered_waits_for_an_editor() -> None:
    step = among_relatives(REPRINT, [relative(12, remembered=True)], "main")
    assert step is not None
    assert step.held == "a reprint of #12, which is older than the first look at its source: an editor releases it"


def test_a_remembered_reprint_does_not_hold_the_first() -> None:
    assert among_relatives(FIRST, [relative(15, remembered=True)], "main") is None


def test_a_reprint_waits_until_the_stories_before_it_are_composed() -> None:
    assert must_wait(REPRINT, [relative(12, waiting=True)])
    assert not must_wait(REPRINT, [relative(12), relative(16, waiting=True)])
