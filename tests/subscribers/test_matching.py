"""Which subscriber wants a story, and when it comes."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from bot.model.story import Story
from bot.model.subscriber import Choices, Rhythm, Timing
from bot.rules.matching import at_once, read, wanted
from tests.fakes.stories import article

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
BRIDGE = replace(
    article("河湾大桥修复通车", body="北京东部的学生活动照常。河湾市水利局说 AI技术 帮了忙，Railway 照开。"),
    section="城市",
    tags=("交通", "大桥"),
)


def story(made: object = BRIDGE) -> Story:
    return Story(1, "portal", 1, made, NOW, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("choices", "yes"),
    [
        (Choices(), True),
        (Choices(topics=("交通",)), True),
        (Choices(topics=("體育", "城市")), True),
        (Choices(topics=("体育",)), False),
        (Choices(sources=("河灣日報",)), True),
        (Choices(sources=("portal",)), True),
        (Choices(languages=("en",)), False),
        (Choices(languages=("zh-Hant",)), True),
        (Choices(words=("河灣",)), True),
        (Choices(words=("大桥",)), True),
        (Choices(words=("京东",)), False),
        (Choices(words=("生活",)), False),
        (Choices(words=("学生",)), True),
        (Choices(words=("水利局",)), True),
        (Choices(words=("ai",)), True),
        (Choices(words=("ＡＩ技术",)), True),
        (Choices(words=("rail",)), False),
        (Choices(words=("RAILWAY",)), True),
        (Choices(muted=("大桥",)), False),
        (Choices(topics=("城市",), muted=("水利",)), False),
        (Choices(breaking_only=True), False),
        (Choices(words=("",)), False),
    ],
)
def test_a_story_goes_to_who_asked_for_it(choices: Choices, *, yes: bool) -> None:
    assert wanted(read(story()), choices, breaking=False).yes is yes


def test_who_wants_breaking_news_only_gets_them() -> None:
    assert wanted(read(story()), Choices(breaking_only=True), breaking=True).yes


def test_the_answer_says_why() -> None:
    assert wanted(read(story()), Choices(topics=("交通",)), breaking=False).why == "follows 交通"
    assert "muted 大桥" in wanted(read(story()), Choices(muted=("大桥",)), breaking=False).why


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("Asia/Shanghai", "2026-11-24T15:30+00:00", "2026-11-24T22:30+00:00"),
        # The night on which clocks go back: 06:30 is an hour later by the sun.
        ("Europe/Berlin", "2026-10-25T00:10+00:00", "2026-10-25T05:30+00:00"),
        ("Europe/Berlin", "2026-10-24T22:10+00:00", "2026-10-25T05:30+00:00"),
        ("Europe/Berlin", "2026-03-29T00:10+00:00", "2026-03-29T04:30+00:00"),
        ("Asia/Shanghai", "2026-11-24T04:00+00:00", "2026-11-24T04:00+00:00"),
    ],
)
def test_quiet_hours_end_by_the_readers_own_clock(zone: str, now: str, until: str) -> None:
    timing = Timing(zone, quiet=(time(23), time(6, 30)))
    moment = at_once(timing, "", 0, datetime.fromisoformat(now), breaking=False)
    assert moment.due_at == datetime.fromisoformat(until)


def test_the_daily_number_counts_the_readers_own_day() -> None:
    timing = Timing("Asia/Shanghai", most=2)
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # the 25th in Shanghai
    assert at_once(timing, "2026-11-24", 2, late, breaking=False).due_at == late
    kept = at_once(timing, "2026-11-25", 2, late, breaking=False)
    assert (kept.due_at, kept.kept) == (None, True)
    assert at_once(timing, "2026-11-25", 2, late, breaking=True).due_at == late


def test_who_chose_a_digest_gets_nothing_at_once() -> None:
    moment = at_once(Timing(rhythm=Rhythm.DAILY), "", 0, NOW, breaking=True)
    assert (moment.due_at, moment.kept) == (None, False)
