"""The editors' verbs from a script: same names, same records; bad input is named, never a traceback."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PIL import Image
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli.commands import app
from bot.desk.verbs import deciding, placing, steering, timing
from bot.errors import CrierError
from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.delivery import State
from bot.model.desk import Invitation, Role
from bot.model.story import Story
from tests.fakes.newsroom import Newsroom
from tests.fakes.stories import planned_story

T = TypeVar("T")
REHEARSED = {"zh": 'kind: telegram, token: "env:NOT_THERE", chat: "@riverbend", rehearse: true'}


class Desk:
    """A newsroom with one planned story, and its command line."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self.story = self.ledger(lambda ledger: planned_story(ledger, datetime.now(UTC), "zh"))

    def ledger(self, ask: Callable[[Ledger], Awaitable[T]]) -> T:
        async def asked() -> T:
            ledger = await Ledger.open(self._newsroom.ledger_url)
            try:
                return await ask(ledger)
            finally:
                await ledger.close()

        return asyncio.run(asked())

    def run(self, *words: str, status: int = 0) -> str:
        ended = CliRunner().invoke(app, [*words, "--settings", str(self._newsroom.settings)])
        assert ended.exit_code == status, ended.output
        return ended.output

    def fails(self, *words: str) -> str:
        ended = CliRunner().invoke(app, [*words, "--settings", str(self._newsroom.settings)])
        assert isinstance(ended.exception, CrierError), ended.output
        return str(ended.exception)

    def known(self) -> Story:
        found = self.ledger(lambda ledger: ledger.stories.get(self.story))
        assert found is not None
        return found

    def state(self) -> State:
        return self.ledger(lambda ledger: ledger.deliveries.of_story(self.story))[0].state

    def last(self) -> tuple[Verb, str]:
        line = self.ledger(lambda ledger: ledger.history.of_story(self.story))[-1]
        return line.verb, line.who


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    newsroom = Newsroom(tmp_path, REHEARSED)
    (newsroom.folder / "queue").mkdir(parents=True, exist_ok=True)
    return Desk(newsroom)


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        (["approve", "{}"], Verb.APPROVED),
        (["reject", "{}", "--why", "not ours"], Verb.REJECTED),
        (["schedule", "{}", "2099-01-01 09:00"], Verb.SCHEDULED),
        (["embargo", "{}", "2小时后"], Verb.EMBARGOED),
        (["now", "{}"], Verb.HURRIED),
        (["skip", "{}", "zh"], Verb.SKIPPED),
        (["add", "{}", "zh"], Verb.ADDED),
        (["edit", "{}", "--summary", "一句话就够了。"], Verb.WORDED),
        (["picture", "{}", "none"], Verb.PICTURED),
        (["correct", "{}", "今早 → 明早", "--kind", "typo"], Verb.CORRECTED),
        (["hold", "{}", "--why", "wait"], Verb.HELD),
        (["pin", "{}", "--until", "2099-01-01 09:00"], Verb.PINNED),
    ],
)
def test_every_verb_leaves_its_line_with_who_gave_it(desk: Desk, words: list[str], verb: Verb) -> None:
    desk.run(*(word.format(desk.story) for word in words), "--as", "陈静")
    assert desk.last() == (verb, "陈静")


def test_an_order_is_taken_back(desk: Desk) -> None:
    desk.run("hold", str(desk.story), "--why", "wait", "--as", "陈静")
    assert desk.state() is State.HELD
    assert "done" in desk.run("undo", "--as", "陈静")
    assert desk.state() is State.PLANNED


def test_what_could_not_be_done_is_said_and_the_exit_code_says_it_too(desk: Desk) -> None:
    desk.run("approve", str(desk.story), "--as", "陈静")
    said = desk.run("approve", str(desk.story), "--as", "林晓", status=1)
    assert "approved already by 陈静" in said


def test_a_delivery_moves_up_and_says_where_it_cannot(desk: Desk) -> None:
    later = desk.ledger(lambda ledger: planned_story(ledger, datetime.now(UTC) + timedelta(hours=1), "zh"))
    [row] = desk.ledger(lambda ledger: ledger.deliveries.of_story(later))
    assert "done" in desk.run("order", str(row.id), "-1", "--as", "陈静")
    assert [one.story for one in desk.ledger(lambda ledger: ledger.deliveries.queue())] == [later, desk.story]
    assert "it is the first already" in desk.run("order", str(row.id), "-1", "--as", "陈静", status=1)


LIMITED = (
    ", editors: [{id: 501, name: 陈静}, {id: 502, name: Ana, sections: [体育]}, {id: 503, name: Ben, channels: [en]}]"
)


@pytest.mark.parametrize(
    "words",
    [
        ["approve", "{}"],
        ["reject", "{}", "--why", "x"],
        ["schedule", "{}", "2099-01-01 09:00"],
        ["embargo", "{}", "2小时后"],
        ["now", "{}"],
        ["skip", "{}", "zh"],
        ["add", "{}", "zh"],
        ["order", "1", "-1"],
        ["edit", "{}", "--summary", "x"],
        ["picture", "{}", "none"],
        ["correct", "{}", "今早 → 明早"],
        ["hold", "{}", "--why", "x"],
        ["release", "{}"],
        ["cancel", "{}", "--why", "x"],
        ["withdraw", "{}", "--why", "x"],
        ["settle", "{}", "zh", "--out"],
        ["retry", "{}"],
    ],
    ids=lambda words: words[0],
)
def test_who_is_of_the_desk_may_no_more_from_a_script(tmp_path: Path, words: list[str]) -> None:
    newsroom = Newsroom(tmp_path, REHEARSED, desk=LIMITED)
    (newsroom.folder / "queue").mkdir(parents=True, exist_ok=True)
    desk = Desk(newsroom)
    given = [word.format(desk.story) for word in words]
    before = desk.known(), desk.state()
    assert "their sections are 体育" in desk.fails(*given, "--as", "Ana")
    assert "their channels are en" in desk.fails(*given, "--as", "Ben")
    assert (desk.known(), desk.state()) == before


def test_a_reader_of_the_desk_decides_nothing_from_a_script(desk: Desk) -> None:
    async def let_in(ledger: Ledger) -> object:
        soon = datetime.now(UTC) + timedelta(hours=1)
        await ledger.people.invite(Invitation("w", Role.READER, "陈静", soon), datetime.now(UTC))
        return await ledger.people.accept("w", 700, "Ben", datetime.now(UTC))

    desk.ledger(let_in)
    for words in (["approve", str(desk.story)], ["undo"], ["post", "x"]):
        assert "Ben is a reader of the desk: an editor decides" in desk.fails(*words, "--as", "Ben")


def test_the_desks_deciding_verbs_have_the_same_names_here() -> None:
    here = {command.name for command in get_command(app).commands.values()}  # type: ignore[attr-defined]  # a group
    assert {spec.name for group in (deciding, timing, placing, steering) for spec in group.VERBS} <= here


def test_machines_get_json(desk: Desk) -> None:
    told: Any = json.loads(desk.run("hold", str(desk.story), "--why", "wait", "--as", "陈静", "--json"))
    assert told == {"story": desk.story, "done": True, "moved": 1, "why_not": "", "missing": 0}


def test_a_time_that_is_understood_is_said_back_with_its_zone(desk: Desk) -> None:
    assert "Thursday 2099-01-01 09:00" in desk.run("schedule", str(desk.story), "2099-01-01 09:00", "--as", "陈静")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["schedule", "{}", "soon"], "'soon' is no time: write 18:30"),
        (["schedule", "{}", "2020-01-01 09:00"], "and that is past"),
        (["skip", "{}", "nowhere"], "no channel nowhere: known are zh"),
        (["skip", "999", "zh"], "no story 999"),
        (["edit", "{}"], "write a headline, a summary or hashtags"),
        (["picture", "{}", "3"], "the article has 0 pictures"),
        (["correct", "{}", "下午 → 上午"], "“下午” does not stand in the article"),
        (["pin", "{}", "--channel", "nowhere"], "nowhere cannot pin: these can: zh"),
    ],
)
def test_bad_input_is_named_with_its_remedy(desk: Desk, words: list[str], said: str) -> None:
    assert said in desk.fails(*(word.format(desk.story) for word in words), "--as", "陈静")


def test_a_picture_is_sent_as_a_file(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "bridge.png"
    Image.new("RGB", (1200, 800), "teal").save(file)
    desk.run("picture", str(desk.story), str(file), "--as", "陈静")
    assert str(desk.known().orders.picture).startswith("sent:")


def test_a_correction_is_previewed_without_being_made(desk: Desk) -> None:
    shown = desk.run("correct", str(desk.story), "今早 → 明早", "--preview", "--as", "陈静")
    assert "zh: recompose" in shown
    assert desk.known().revision == 1


def test_a_story_is_written_at_the_desk(desk: Desk) -> None:
    assert "written" in desk.run("post", "停水通知", "--text", "今晚九点起停水。", "--as", "陈静")
    newest = desk.ledger(lambda ledger: ledger.stories.recent(1))[0]
    assert (newest.source, newest.article.headline) == ("desk", "停水通知")


def test_nothing_that_waits_to_be_seen_is_an_empty_list(desk: Desk) -> None:
    assert json.loads(desk.run("unseen", "--json")) == []
    assert "0 seen" in desk.run("seen", str(desk.story), "--as", "陈静")
