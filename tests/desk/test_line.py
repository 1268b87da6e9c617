"""The Bot API goes away and comes back, quarrels and refuses: the desk loses no command and says each trouble once."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.desk.registry import VERBS
from bot.errors import Refused, SettingsError, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.delivery import State
from bot.talk.line import ours
from bot.talk.troubles import QUIET, Troubles
from tests.desk.conftest import ANA, CHEN, Office, until
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.faults import Fault
from tests.fakes.serve import serve
from tests.fakes.stories import planned_story


@pytest.fixture
async def afar(sqlite_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[Office]:
    """A desk whose Bot API a test switches on and off."""
    ledger = await Ledger.open(sqlite_url)
    api = BotApi()
    async with serve(api.app) as base:
        pass
    made = Office(api, base, ledger, now, tmp_path)
    yield made
    await made.close()
    await ledger.close()


def on(office: Office) -> Any:
    """The Bot API, at the same address each time."""
    return serve(office.api.app, urlsplit(office.base).port or 0)


def lines(written: io.StringIO, word: str) -> list[str]:
    events = [str(json.loads(line)["event"]) for line in written.getvalue().splitlines()]
    return [event for event in events if word in event]


async def test_the_desk_starts_without_the_bot_api_and_answers_when_it_comes(
    written: io.StringIO, afar: Office
) -> None:
    bot = afar.bot()
    await bot.start()
    await until(lambda: lines(written, "cannot be reached"))
    async with on(afar):
        assert "眼下没有待发的稿件。" in await afar.ask(afar.chen, "/queue")
        assert lines(written, "the desk is back")
        await bot.stop()
    assert len(lines(written, "cannot be reached")) == 1
    assert TOKEN not in written.getvalue()


async def test_a_proxys_error_page_is_one_line_in_the_log_however_often_it_comes(
    written: io.StringIO, office: Office
) -> None:
    office.api.behind_a_broken_proxy = True
    await until(lambda: lines(written, "cannot be reached"))
    late = office.api.says(office.chen, "/queue")
    await asyncio.sleep(0.1)
    office.api.behind_a_broken_proxy = False
    await until(lambda: late not in office.api.updates)
    assert [json.loads(line)["level"] for line in written.getvalue().splitlines()] == ["warning", "info"]
    assert len(written.getvalue()) < 1500


async def test_what_was_written_while_the_bot_api_was_away_is_done_when_it_is_back(
    written: io.StringIO, afar: Office
) -> None:
    bot = afar.bot()
    story = await planned_story(afar.ledger, afar.now, "telegram-zh")
    async with on(afar):
        await bot.start()
        await afar.ask(afar.chen, "/id")
    await until(lambda: lines(written, "cannot be reached"))
    afar.now += timedelta(hours=1)
    held = afar.api.says(afar.chen, f"/hold {story} 待核实")
    async with on(afar):
        await until(lambda: held not in afar.api.updates)
        [row] = await afar.ledger.deliveries.of_story(story)
        assert row.state is State.HELD
        assert "已压下" in afar.told(CHEN)[-1]
        await bot.stop()
    assert len(lines(written, "cannot be reached")) == 1
    assert len(lines(written, "the desk is back")) == 1


async def test_a_command_that_telegram_brings_once_more_is_not_carried_out_once_more(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    update = office.api.says(office.chen, f"/hold {story} 待核实")
    await until(lambda: update not in office.api.updates)
    await office.bots[0].stop()
    await office.ledger.deliveries.release(story, "Ana", "", office.now)
    office.api.updates.append(update)
    await office.bot().start()
    await until(lambda: len(office.told(CHEN)) == 2 and update not in office.api.updates)
    assert office.told(CHEN)[-1] == "这条指令收到了两次，只执行了一次。"
    [row] = await office.ledger.deliveries.of_story(story)
    assert row.state is State.PLANNED
    assert len([one for one in await office.ledger.history.of_story(story) if one.verb is Verb.HELD]) == 1


async def test_a_command_is_confirmed_only_when_it_has_been_answered(office: Office) -> None:
    office.api.pace = 3600.0  # the second message of this chat has to wait
    first = office.api.says(office.chen, "/id")
    await until(lambda: first not in office.api.updates)
    second = office.api.says(office.chen, "/queue")
    await until(lambda: [method for method, _ in office.api.calls].count("sendMessage") >= 2)
    assert second in office.api.updates
    office.api.pace = None
    await until(lambda: second not in office.api.updates)
    assert len(office.told(CHEN)) == 2


async def test_a_stop_confirms_what_was_answered(office: Office) -> None:
    office.api.says(office.chen, "/id")
    await until(lambda: office.told(CHEN))
    await office.bots[0].stop()
    assert office.api.updates == []


async def test_two_pollers_are_said_once_and_one_goes_on_when_the_other_stops(
    written: io.StringIO, office: Office
) -> None:
    other = office.bot()
    await other.start()
    await until(lambda: lines(written, "another program polls"))
    await until(lambda: [method for method, _ in office.api.calls].count("getUpdates") > 6)
    assert len(lines(written, "another program polls")) <= 2  # one a program
    await other.stop()
    assert await office.ask(office.chen, "/queue")


async def test_an_answer_that_the_library_cannot_read_does_not_silence_the_desk(
    written: io.StringIO, office: Office
) -> None:
    office.api.updates.append({"update_id": "no number", "message": "no message"})
    office.api.says(office.chen, "/id")
    await until(lambda: lines(written, "stumbles"))
    office.api.updates.pop(0)
    await until(lambda: office.told(CHEN))
    assert len(lines(written, "stumbles")) == 1


async def test_a_forgotten_webhook_is_taken_away(shut: Office) -> None:
    shut.api.webhook = "https://example.org/hook"
    await shut.open()
    assert await shut.ask(shut.chen, "/id")


async def test_a_refused_token_is_said_once_without_the_token(written: io.StringIO, shut: Office) -> None:
    shut.api.token = "123456789:AAAnotherTokenOfNobodyAtAll_012345678"
    await shut.bot().start()
    await until(lambda: lines(written, "refuses the desk's token"))
    shut.api.token = TOKEN
    assert await shut.ask(shut.chen, "/id")
    assert len(lines(written, "refuses the desk's token")) == 1
    assert TOKEN not in written.getvalue()
    assert TOKEN not in repr(shut.bots[0])


async def test_a_missing_token_names_the_setting_and_the_remedy(shut: Office) -> None:
    with pytest.raises(SettingsError, match=r"desk\.token.*set the environment variable CRIER_NOBODYS"):
        shut.bot(token="env:CRIER_NOBODYS")


async def test_commands_waiting_at_the_start_are_not_dropped(shut: Office) -> None:
    shut.api.says(shut.chen, "/id")
    await shut.open()
    await until(lambda: shut.told(CHEN))


async def test_each_editor_has_the_verbs_in_their_menu_and_strangers_have_not(shut: Office) -> None:
    late = {"id": 503, "name": "林", "language": "zh"}
    await shut.open(editors=({"id": CHEN, "name": "陈静"}, {"id": ANA, "name": "Ana", "language": "en"}, late))
    verbs = {key: [one["command"] for one in menu] for key, menu in shut.api.menus.items()}
    everything = [spec.name for spec in VERBS.values() if spec.menu]
    assert verbs == {
        ("default", ""): ["id"], ("default", "zh"): ["id"], (str(CHEN), ""): everything, (str(ANA), ""): everything,
    }  # fmt: skip
    assert shut.api.menus[str(CHEN), ""][0]["description"] == "看待发稿件"
    assert shut.api.menus[str(ANA), ""][0]["description"] == "What goes out next"
    lin = shut.api.person(503, "林")  # writes for the first time
    await shut.ask(lin, "/start")
    assert shut.api.menus["503", ""][0]["description"] == "看待发稿件"


async def test_an_answer_that_a_proxy_swallowed_is_given_again(office: Office) -> None:
    office.api.faults.waiting.extend([Fault.UNAVAILABLE, Fault.ACCEPT_THEN_NONSENSE])
    answers = await office.posts(office.chen, "/id")
    assert [answer.text for answer in answers] == [answers[0].text] * 2  # once too often, and never too seldom


async def test_a_menu_that_telegram_refuses_does_not_keep_the_desk_from_answering(
    tmp_path: Path, written: io.StringIO, shut: Office
) -> None:
    (tmp_path / "desk" / "zh").mkdir(parents=True)
    (tmp_path / "desk" / "zh" / "words.yaml").write_text(f"verbs: {{id: {'长' * 300}}}")
    await shut.open(own=tmp_path)
    assert await shut.ask(shut.chen, "/id")
    assert lines(written, "refuses the desk's menu")


async def test_a_stranger_who_may_not_be_answered_yet_holds_nobody_up(office: Office) -> None:
    stranger = office.api.person(900, "Nobody")
    office.api.faults.waiting.append(Fault.THROTTLE)  # Telegram wants seven seconds
    office.api.says(stranger, "/start")
    async with asyncio.timeout(3):
        assert await office.ask(office.chen, "/id")
    assert office.told(900) == []


async def test_a_ledger_that_does_not_answer_is_said_and_the_desk_goes_on(office: Office) -> None:
    async with office.ledger._store.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE deliveries RENAME TO gone")
    assert "系统暂时没有响应" in await office.ask(office.chen, "/queue")
    assert "编号是" in await office.ask(office.chen, "/id")


async def test_a_long_queue_arrives_whole_in_several_messages(office: Office) -> None:
    wide = "河湾" * 400
    for number in range(8):
        await planned_story(office.ledger, office.now, "telegram-zh", headline=f"{number}{wide}")
    choices = await office.posts(office.chen, "/story 河湾")
    assert len(choices) == 1  # headlines in lists are shortened
    for number in range(20):
        await office.ledger.notices.add(f"s{number}", f"{number}: {wide}", office.now)
    before = len(office.told(CHEN))
    await office.bots[0].run_notices()
    parts = office.told(CHEN)[before:]
    assert len(parts) > 1
    assert all(f"· {number}: 河湾" in "\n".join(parts) for number in range(20))


def _caused(err: TelegramError, cause: Exception) -> TelegramError:
    err.__cause__ = cause
    return err


@pytest.mark.parametrize(
    ("err", "kind"),
    [
        (BadRequest("chat not found"), Refused),
        (Forbidden("bot was blocked by the user"), Refused),
        (ChatMigrated(-1002), Refused),
        (InvalidToken("The token `secret` was rejected by the server."), Unavailable),
        (_caused(NetworkError("x"), httpx.ConnectError("x")), Unavailable),
        (_caused(TimedOut(), httpx.PoolTimeout("x")), Unavailable),
        (_caused(TimedOut(), httpx.ReadTimeout("x")), Uncertain),
        (NetworkError("Bad Gateway"), Uncertain),
        (TelegramError("Invalid server response"), Uncertain),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.__name__,
)
def test_an_error_of_the_bot_api_becomes_one_of_the_three(err: TelegramError, kind: type[Exception]) -> None:
    made = ours(err)
    assert isinstance(made, kind)
    assert "secret" not in str(made)


def test_the_wait_for_a_line_grows_and_is_short_again_when_it_is_back(now: datetime) -> None:
    troubles = Troubles(lambda: now)
    waits = [troubles.met(NetworkError("x")) for _ in range(12)]
    assert waits[:3] == [0.2, 0.4, 0.8]
    assert waits[-1] == 30.0
    troubles.over()
    assert troubles.met(NetworkError("x")) == 0.2


def test_a_quarrel_of_two_pollers_is_said_again_after_a_quiet_time(now: datetime, written: io.StringIO) -> None:
    clock = [now]
    troubles = Troubles(lambda: clock[0])
    for _ in range(3):
        troubles.met(Conflict("terminated by other getUpdates request"))
        troubles.over()
    assert len(lines(written, "another program polls")) == 1
    clock[0] += QUIET + timedelta(seconds=1)
    assert troubles.met(Conflict("terminated by other getUpdates request")) == 0.2
    assert len(lines(written, "another program polls")) == 2
