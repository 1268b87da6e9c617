"""The desk's verbs from a script: the same names, the same roles, the same records."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli.commands import app
from bot.desk.registry import VERBS
from bot.model.decision import Verb
from bot.model.delivery import State
from bot.model.desk import Invitation, Role
from tests.cli.test_ordering import REHEARSED, Desk
from tests.fakes.newsroom import Newsroom

ELSEWHERE = {
    "language": "a script has none: it asks for --json",
    "nevermind": "a script has no conversations",
    "id": "a script has no number at Telegram",
    "help": "--help",
    "ban": "subscribers ban",
    "unban": "subscribers unban",
}
"""What is talk with the bot itself and no order, and why; every other verb has its twin."""
EDITORS = ", editors: [{id: 501, name: 陈静, role: admin}, {id: 502, name: Ana, role: editor, channels: [en]}]"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    newsroom = Newsroom(tmp_path, REHEARSED, desk=EDITORS)
    (newsroom.folder / "queue").mkdir(parents=True, exist_ok=True)
    return Desk(newsroom)


def test_every_verb_of_the_desk_has_its_twin_here_or_a_reason_why_not() -> None:
    here = set(get_command(app).commands)  # type: ignore[attr-defined]  # a group
    assert set(VERBS) - here == set(ELSEWHERE) & set(VERBS)


def test_everything_stops_and_goes_on_again(desk: Desk) -> None:
    assert "zh" in desk.run("panic", "机房进水", "--as", "陈静")
    assert (desk.state(), desk.last()) == (State.HELD, (Verb.PAUSED, "陈静"))
    desk.run("panic", "over", "--as", "陈静")
    assert (desk.state(), desk.last()) == (State.PLANNED, (Verb.RELEASED, "陈静"))


def test_a_channel_and_a_source_are_paused_and_resumed(desk: Desk) -> None:
    desk.run("pause", "zh", "the", "account", "moves")
    desk.run("pause", "inbox")
    channels = json.loads(desk.run("channels", "--json"))["answers"][0]["channels"]
    assert [(one["name"], one["paused"]) for one in channels] == [("zh", "the account moves")]
    assert set(desk.ledger(lambda ledger: ledger.notes.paused())) == {"inbox"}
    desk.run("resume", "zh")
    desk.run("resume", "inbox")
    assert desk.ledger(lambda ledger: ledger.lanes.paused()) == {}
    assert desk.ledger(lambda ledger: ledger.notes.paused()) == {}


def test_a_source_is_looked_at_when_somebody_says_so(desk: Desk) -> None:
    late = datetime.now(UTC) + timedelta(hours=5)
    desk.ledger(lambda ledger: ledger.notes.register(["inbox"], late))
    desk.run("look", "inbox")
    [note] = desk.ledger(lambda ledger: ledger.notes.all())
    assert note.next_look < late


def test_somebody_is_sent_away(desk: Desk) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    desk.ledger(lambda ledger: ledger.people.invite(Invitation("w", Role.EDITOR, "陈静", soon), datetime.now(UTC)))
    desk.ledger(lambda ledger: ledger.people.accept("w", 700, "Ben", datetime.now(UTC)))
    assert "Ben" in desk.run("people")
    assert "Ben" in desk.run("remove", "700", "--as", "陈静")
    assert desk.ledger(lambda ledger: ledger.people.all()) == ()
    assert "Ben" not in desk.run("people")


@pytest.mark.parametrize(
    "words", [["status"], ["today"], ["log"], ["channels"], ["sources"], ["flood"], ["next", "2h"]]
)
def test_what_only_looks_is_answered_in_words_and_in_json(desk: Desk, words: list[str]) -> None:
    assert desk.run(*words).strip()
    told = json.loads(desk.run(*words, "--json"))
    assert told["done"]
    assert len(told["answers"]) == 1


@pytest.mark.parametrize("words", [["people"], ["invite", "editor"], ["remove", "501"]])
def test_an_editor_of_the_desk_runs_no_house_from_a_script(desk: Desk, words: list[str]) -> None:
    assert f"Ana is an editor of the desk: `{words[0]}` is for an admin" in desk.fails(*words, "--as", "Ana")


def test_an_editors_own_channels_are_their_limit_here_too(desk: Desk) -> None:
    desk.run("pause", "zh", "--as", "Ana", status=1)
    assert desk.ledger(lambda ledger: ledger.lanes.paused()) == {}


@pytest.mark.parametrize("words", [["pause", "nowhere"], ["look", "nowhere"], ["remove", "9"], ["next", "some", "day"]])
def test_what_could_not_be_done_ends_with_exit_code_1(desk: Desk, words: list[str]) -> None:
    assert desk.run(*words, status=1).strip()
