"""From the inbox over the editors' desk to the readers, through the real daemon, with one tap in between."""

import asyncio
import socket
from pathlib import Path

import pytest

from tests.fakes.bot_api import TOKEN, BotApi, Posted
from tests.fakes.newsroom import Newsroom, running
from tests.fakes.serve import serve

DESK, CHEN, READERS = -200, 501, -1001


def of(api: BotApi, chat: int) -> list[Posted]:
    return [posted for posted in api.posted if posted.chat == chat]


async def until_in(api: BotApi, chat: int) -> Posted:
    async with asyncio.timeout(60):
        while not of(api, chat):
            await asyncio.sleep(0.05)
    return of(api, chat)[0]


async def test_a_story_waits_at_the_desk_with_its_card_and_goes_out_by_one_tap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)
    api = BotApi()
    api.group(DESK, "夜班")
    chen = api.person(CHEN, "陈静")
    async with serve(api.app) as base:
        chat = f'kind: telegram, token: "env:CRIER_TEST_BOT", chat: "@riverbend_daily", form: photo, api: "{base}"'
        desk = (
            f', token: "env:CRIER_TEST_BOT", api: "{base}", chat: {DESK}, approval: {{words: [短讯]}},'
            f" editors: [{{id: {CHEN}, name: 陈静}}]"
        )
        newsroom = Newsroom(tmp_path, {"zh": chat}, desk=desk)
        async with running(newsroom):
            headline = newsroom.drop_story(1)
            message = await until_in(api, DESK)
            assert f"{headline}</b>" in message.text
            assert message.photo is not None
            assert of(api, READERS) == []
            api.presses(chen, message.buttons[0][0], message)
            post = await until_in(api, READERS)
            assert headline in post.text
            async with asyncio.timeout(60):
                while "已发" not in message.text:
                    await asyncio.sleep(0.05)
    assert of(api, DESK) == [message]


async def test_telegram_brings_the_editors_words_to_the_daemons_own_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", TOKEN)
    api = BotApi()
    chen = api.person(CHEN, "陈静")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with serve(api.app) as base:
        desk = f', token: "env:CRIER_TEST_BOT", api: "{base}", webhook: true, editors: [{{id: {CHEN}, name: 陈静}}]'
        house = f', public_url: "http://127.0.0.1:{port}/"'
        chat = 'kind: telegram, token: "env:CRIER_TEST_BOT", chat: "@riverbend_daily", rehearse: true'
        newsroom = Newsroom(tmp_path, {"zh": chat}, desk=desk, house=house)
        text = newsroom.settings.read_text(encoding="utf-8")
        newsroom.settings.write_text(text.replace("site_port: 0", f"site_port: {port}"), encoding="utf-8")
        async with running(newsroom):
            api.says(chen, "/channels")
            answered = await until_in(api, CHEN)
    assert "zh" in answered.text
    assert api.brought[-1][1] == 200
    assert not any(method == "getUpdates" for method, _ in api.calls)
