"""Why a story is where it is: every line from the records, in both languages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.desk.reasons import SHIPPED
from bot.desk.whywords import sentence
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Attempt, Delivery, Outcome, Receipt, State
from bot.model.story import Story
from bot.rules.why import What, why
from bot.settings.wordfile import layered
from tests.fakes.stories import article, edition

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
STORY = Story(12, "daily", 1, article(), NOW, NOW, 12)
ROW = Delivery(
    1, 12, 1, "zh", "lane", Act.POST, State.SENT, 0, NOW, "key", edition(12, "zh"), 2, "", NOW, NOW + 5 * SECOND,
    receipt=Receipt("77", NOW + 5 * SECOND, "https://example.org/77"),
)  # fmt: skip
TRIES = {
    1: (
        Attempt(1, NOW + SECOND, NOW + 2 * SECOND, Outcome.UNAVAILABLE, "503 Service Unavailable"),
        Attempt(2, NOW + 4 * SECOND, NOW + 5 * SECOND, Outcome.SENT),
    )
}
HISTORY = (
    Decision(Verb.PICKED_UP, "pickup", "seen in the feed", NOW, 12, 1),
    Decision(Verb.ROUTED, "routing", "route 1 takes every story", NOW, 12, 1, "zh"),
    Decision(Verb.NOT_ROUTED, "routing", "no route names this channel", NOW, 12, 1, "en"),
    Decision(Verb.RETRIED, "dispatch", "503 Service Unavailable", NOW + 2 * SECOND, 12, 1, "zh"),
    Decision(Verb.SENT, "dispatch", "https://example.org/77", NOW + 5 * SECOND, 12, 1, "zh"),
)


def told(language: str, *rows: Delivery, story: Story = STORY, channel: str | None = None) -> list[str]:
    lines = why(story, rows, TRIES, HISTORY, NOW + timedelta(hours=1), channel)
    return [sentence(line, language, UTC) for line in lines]


def test_the_whole_story_in_english() -> None:
    assert told("en", ROW) == [
        "It was picked up: seen in the feed",
        "Revision 1 goes here: route 1 takes every story",
        "Attempt 1 at the post: not taken now: 503 Service Unavailable",
        "Attempt 2 at the post: sent",
        "The platform's proof of the post: https://example.org/77",
        "Now: the post is done",
        "Revision 1 does not go here: no route names this channel",
    ]


def test_the_whole_story_in_chinese() -> None:
    assert told("zh", ROW)[:4] == [
        "收到稿件：seen in the feed",
        "第 1 版发往这个频道：route 1 takes every story",
        "第 1 次发布：平台暂时不收：503 Service Unavailable",
        "第 2 次发布：成功",
    ]


def test_one_channel_is_told_without_the_others() -> None:
    assert told("en", ROW, channel="en")[1:] == ["Revision 1 does not go here: no route names this channel"]


@pytest.mark.parametrize(
    ("row", "last"),
    [
        (replace(ROW, state=State.PLANNED, due_at=NOW + timedelta(hours=2), receipt=None),
         "Now: the post waits until 11-24 10:00"),
        (replace(ROW, state=State.PLANNED, receipt=None), "Now: the post is due and waits for its turn"),
        (replace(ROW, state=State.HELD, reason="no photo yet", receipt=None),
         "Now: the post is held until an editor releases it: no photo yet"),
        (replace(ROW, state=State.SENDING, lease_until=NOW, receipt=None),
         "Now: the post is being sent, until 11-24 08:00 at most"),
        (replace(ROW, state=State.UNCERTAIN, act=Act.EDIT), "Now: the edit may be out; somebody has to look"),
        (replace(ROW, state=State.FAILED, reason="400"), "Now: the post failed; an editor may retry it: 400"),
        (replace(ROW, state=State.CANCELLED, act=Act.DELETE), "Now: the deletion is cancelled"),
    ],
)  # fmt: skip
def test_each_channel_ends_with_what_it_waits_for(row: Delivery, last: str) -> None:
    assert told("en", row, channel="zh")[-1] == last


def test_a_reprint_says_whose() -> None:
    story = replace(STORY, id=15, cluster=12)
    assert "It is the same story as #12, told instead" in told("en", story=story)


def test_a_story_that_nobody_has_composed_waits_for_that() -> None:
    [line] = why(STORY, (), {}, (), NOW)
    assert line.what is What.NOW_COMPOSING


def test_folded_attempts_are_said_to_be_folded() -> None:
    lines = why(STORY, (ROW,), {}, (), NOW)
    assert "Tried 2 times; now a daily figure" in [sentence(line, "en", UTC) for line in lines]


@pytest.mark.parametrize("what", [*Verb, *What])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_verb_and_every_state_has_its_words(what: Verb | What, language: str) -> None:
    [line] = [replace(line, what=what) for line in why(STORY, (), {}, (), NOW)]
    said = sentence(replace(line, who="陈静", act=Act.POST, revision=2, number=3, until=NOW), language, UTC)
    assert said
    assert "{" not in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_line_of_a_language_is_left_unused(language: str) -> None:
    said = layered([SHIPPED], Path("desk", language, "why.yaml"))["lines"]
    assert set(said) == {*Verb, *What}


def test_another_language_is_a_file_and_lacks_nothing_that_english_has(tmp_path: Path) -> None:
    (tmp_path / "desk/fr").mkdir(parents=True)
    (tmp_path / "desk/fr/why.yaml").write_text('lines: {"picked up": "Reçu{why}"}\n', encoding="utf-8")
    lines = why(STORY, (ROW,), {}, HISTORY, NOW)
    said = [sentence(line, "fr", UTC, folders=(tmp_path, SHIPPED)) for line in lines]
    assert said[0] == "Reçu: seen in the feed"
    assert all(said)
