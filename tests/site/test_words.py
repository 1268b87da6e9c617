"""The page's words: complete in both languages, and able to say the house's own reasons."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SettingsError
from bot.model.decision import Verb
from bot.model.delivery import Act, Delivery, Outcome, State
from bot.model.edition import Unit
from bot.model.story import Story
from bot.rules import clearance
from bot.rules.follow import follow
from bot.rules.routing import route
from bot.settings import Route
from bot.settings.sections import When
from bot.site.words import read_words
from tests.fakes.page import NEWSROOM, NOW, TEMPLATES
from tests.fakes.page import article as written
from tests.fakes.stories import edition

SITE = TEMPLATES / "site"
READ_BY_THE_CODE = {"times"}


def lines(language: str) -> dict[str, Any]:
    return dict(read_words(language, [TEMPLATES]).lines)


def used() -> set[str]:
    return {name for path in SITE.rglob("*.j2") for name in re.findall(r"\bt\.(\w+)", path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_is_there_and_none_is_left_over(language: str) -> None:
    assert set(lines(language)) == used() | READ_BY_THE_CODE


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("states", State),
        ("when", State),
        ("acts", Act),
        ("units", Unit),
        ("verbs", Verb),
        ("outcomes", [*Outcome, "under way"]),
        ("languages", ["zh", "en", "und"]),
        ("rooms", ["pickup", "identity", "routing", "compose", "press", "follow", "dispatch"]),
        ("times", ["today", "this_year", "other_year"]),
    ],
)
def test_every_name_of_the_house_has_its_word(language: str, group: str, names: Any) -> None:
    assert set(names) <= set(lines(language)[group])


@pytest.mark.parametrize(
    ("language", "days", "shown"),
    [
        ("zh", 0, "今天 16:00"),
        ("en", 0, "today 16:00"),
        ("zh", 30, "10月25日 16:00"),
        ("en", 30, "25 Oct 16:00"),
        ("zh", 400, "2025年10月20日 16:00"),
        ("en", 400, "20 Oct 2025 16:00"),
    ],
)
def test_times_are_told_in_the_newsrooms_zone(language: str, days: int, shown: str) -> None:
    words = read_words(language, [TEMPLATES])
    assert words.moment(NOW - timedelta(days=days), NEWSROOM.tz, NOW) == shown


def story(age: timedelta) -> Story:
    return Story(1, "inbox", 1, written("大桥通车"), NOW - age, NOW - age)


def reasons() -> list[str]:
    routes = [Route(channels=("a",), when=When(languages=("en",))), Route(channels=("a",), when=When(tags=("体育",)))]
    routes += [Route(channels=("b",)), Route(channels=("c",), when=When(languages=("zh",)))]
    said = [verdict.why for verdict in route(story(timedelta(0)), routes, "abcd")]
    for hours in (9, 90):
        too_late = NOW + timedelta(hours=hours)
        said += [clearance.objection(Act.POST, story(timedelta(0)), too_late, not_older_than=timedelta(hours=6)) or ""]
    for state in (State.PLANNED, State.SENT, State.HELD, State.CANCELLED):
        row = delivery(state, NOW)
        for editable in (True, False):
            step = follow([row], editable=editable)
            said += [step.why, *([step.held] if step.held else [])]
    return said


def delivery(state: State, now: datetime) -> Delivery:
    return Delivery(1, 1, 1, "a", "lane", Act.POST, state, 0, now, "k", edition(1, "a"), 0, "等核实", now, now)


@pytest.mark.parametrize("reason", sorted(set(reasons())))
def test_the_houses_reasons_are_said_in_chinese(reason: str) -> None:
    said = read_words("zh", [TEMPLATES]).say(reason)
    assert re.findall(r"[A-Za-z]{2,}", said) == []


def test_what_the_file_does_not_know_stays_as_it_is() -> None:
    assert read_words("zh", [TEMPLATES]).say("HTTP 503: come back later") == "HTTP 503: come back later"


def test_a_newsrooms_own_words_come_first_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/zh.yaml").write_text("desk: 夜班\nstates: {sent: 已播出}\n", encoding="utf-8")
    words = read_words("zh", [tmp_path, TEMPLATES])
    assert (words.lines["desk"], words.lines["states"]["sent"], words.lines["states"]["held"]) == (
        "夜班", "已播出", "压稿",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["desk: [", "- desk"])
def test_a_broken_file_of_words_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/zh.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"zh\.yaml"):
        read_words("zh", [tmp_path, TEMPLATES])
