"""Readers at the desk: figures, a message to them all, what is on its way, and who must not come back."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.desk.progress import SELDOM
from bot.errors import Uncertain
from bot.model.subscriber import Choices
from bot.work.broadcasting import Broadcasting
from tests.desk.conftest import Office, an_office
from tests.fakes.carried import Readership
from tests.fakes.stories import article

PEOPLE = (
    {"id": 501, "name": "陈静", "role": "admin"},
    {"id": 502, "name": "Ana", "language": "en", "role": "editor"},
)


@pytest.fixture
async def desk(sqlite_url: str, now: datetime, tmp_path: Path) -> AsyncIterator[Office]:
    async with an_office(sqlite_url, now, tmp_path) as made:
        yield made


@pytest.fixture
async def room(desk: Office, tmp_path: Path) -> Readership:
    readers = Readership(desk.ledger, desk.now, tmp_path)
    broadcasting = Broadcasting(
        desk.ledger, readers.press, readers.outlets, readers.clock, newsroom="河湾日报", needed=2
    )
    keys = Fernet.generate_key().decode()
    await desk.open(editors=PEOPLE, broadcasting=broadcasting, subscribers=desk.ledger.subscribers(keys))
    return readers


async def test_a_message_is_proposed_signed_by_another_editor_and_reaches_each_reader(
    desk: Office, room: Readership
) -> None:
    await room.readers(3, Choices(topics=("城市",)))
    await room.readers(1, Choices(topics=("体育",)))
    [proposed] = await desk.posts(desk.chen, "/broadcast 报社开放日\n周六上午开印 给 城市")
    assert "订阅 城市 的读者：3 人" in proposed.text
    assert "周六上午开印" in proposed.text
    await desk.press(desk.chen, "请另一位编辑签发", proposed)
    await room.all()
    assert not room.letters.posted
    await desk.bots[0].run_notices()
    told = next(one for one in desk.api.posted if one.chat == 502 and "readers a message" in one.text)
    await desk.press(desk.ana, "See 1", told)
    shown = next(one for one in reversed(desk.api.posted) if one.chat == 502)
    await desk.press(desk.ana, "Sign it", shown)
    await room.all()
    assert len(room.letters.posted) == 3
    assert all("周六上午开印" in text for text in room.got)
    room.now = desk.now = desk.now + SELDOM * 2
    await desk.bots[0].run_notices()
    assert "已发 3／3 人" in proposed.text
    assert "3 of 3 have it" in shown.text


async def test_a_storys_readers_are_counted_stopped_and_let_go_on(desk: Office, room: Readership) -> None:
    await room.readers(4)
    story = await room.publish(article("河湾大桥修复通车"))
    [one] = await room.ledger.chunks.due(room.now)
    await room.fanning._step(one, room.outlets.carriers["letters"])
    [posted] = await desk.posts(desk.ana, f"/story {story}")
    assert "0 of 3 have it" in posted.text
    await desk.press(desk.ana, "Stop letters", posted)
    await room.all()
    assert not room.letters.posted
    [stopped] = await desk.posts(desk.chen, "/fanout 1")
    assert "已停发" in stopped.text
    await desk.press(desk.chen, "继续发 letters", stopped)
    room.letters.script.append(Uncertain("letters", "no answer"))
    await room.all()
    assert "存疑 1" in await desk.ask(desk.chen, f"/why {story}")
    [doubt] = await desk.posts(desk.ana, "/fanout 1")
    assert "gets it twice" in doubt.text
    await desk.press(desk.ana, "Send 1 again", doubt)
    await room.all()
    assert "已发 4／4 人" in await desk.ask(desk.chen, f"/story {story}")


@pytest.mark.parametrize(("who", "figures"), [("chen", "收稿 2"), ("ana", "2 get posts")])
async def test_figures_name_no_address_and_one_is_banned_by_number(
    desk: Office, room: Readership, who: str, figures: str
) -> None:
    await room.readers(2, Choices(topics=("城市",)))
    said = await desk.ask(getattr(desk, who), "/subscribers")
    assert figures in said
    assert "to 1" not in said
    await desk.ask(desk.ana, "/ban 1 abuse")
    assert sorted((await room.states()).values()) == ["active", "active"]
    assert "letters~1" in await desk.ask(desk.chen, "/ban letters~1 骂人")
    assert sorted((await room.states()).values()) == ["active", "banned"]
    assert "letters~1" in await desk.ask(desk.chen, "/unban 1")


async def test_what_somebody_else_wrote_is_sent_by_a_reply(desk: Office, room: Readership) -> None:
    await room.readers(1)
    [asked] = await desk.posts(desk.ana, "/broadcast")
    assert "What shall readers get?" in asked.text
    [proposed] = await desk.posts(desk.ana, "Open day\nCome on Saturday")
    assert "Come on Saturday" in proposed.text
    [urgent] = await desk.posts(desk.ana, "/broadcast urgent")
    assert "breaking" in urgent.text
    await desk.ask(desk.ana, "/nevermind")
    assert not await desk.ledger.broadcasts.lately()
