"""Which channels a story goes to, and why."""

from datetime import UTC, datetime

import pytest

from bot.model.story import Article, Story
from bot.rules.routing import route
from bot.settings import Route
from bot.settings.sections import When

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
STORY = Story(
    1,
    "inbox",
    1,
    Article("河湾大桥修复", (), "zh", section="本地", tags=("交通", "桥梁")),
    first_seen=NOW,
    revised_at=NOW,
)


@pytest.mark.parametrize(
    ("when", "yes", "why"),
    [
        (When(), True, "route 1 takes every story"),
        (When(languages=("zh",)), True, "route 1 takes language zh"),
        (When(languages=("en",)), False, "route 1 wants language en; the story has zh"),
        (When(sources=("feed",)), False, "route 1 wants source feed; the story has inbox"),
        (When(sections=("本地", "体育")), True, "route 1 takes section 本地 or 体育"),
        (When(tags=("体育",)), False, "route 1 wants tag 体育; the story has 交通, 桥梁"),
        (When(languages=("zh",), tags=("桥梁",)), True, "route 1 takes language zh, tag 桥梁"),
    ],
)
def test_a_route_says_yes_or_no_with_its_reason(when: When, yes: bool, why: str) -> None:
    [verdict] = route(STORY, [Route(channels=("main",), when=when)], ["main"])
    assert (verdict.yes, verdict.why) == (yes, why)


def test_the_first_route_that_takes_the_story_decides() -> None:
    routes = [
        Route(channels=("main",), when=When(languages=("en",))),
        Route(channels=("main",), when=When(tags=("交通",))),
        Route(channels=("main",)),
    ]
    [verdict] = route(STORY, routes, ["main"])
    assert (verdict.yes, verdict.why) == (True, "route 2 takes tag 交通")


def test_every_no_is_told() -> None:
    routes = [
        Route(channels=("main",), when=When(languages=("en",))),
        Route(channels=("main",), when=When(tags=("x",))),
    ]
    [verdict] = route(STORY, routes, ["main"])
    assert verdict.why == "route 1 wants language en; the story has zh; route 2 wants tag x; the story has 交通, 桥梁"


def test_a_channel_that_no_route_names_is_told_so() -> None:
    verdicts = route(STORY, [Route(channels=("main",))], ["main", "spare"])
    assert [(v.channel, v.yes, v.why) for v in verdicts] == [
        ("main", True, "route 1 takes every story"),
        ("spare", False, "no route names this channel"),
    ]
