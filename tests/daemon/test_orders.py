"""What an editor orders from a script, with the daemon at work: what the platform got in the end."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner

from bot.cli.commands import app
from bot.ledger import Ledger
from bot.model.delivery import Delivery, State
from tests.fakes.bot_api import TOKEN, BotApi
from tests.fakes.newsroom import Newsroom, running
from tests.fakes.serve import serve

T = TypeVar("T")


async def told(newsroom: Newsroom, *words: str) -> None:
    """Run one command of the command line, beside the daemon."""
    line = [*words, "--as", "陈静", "--settings", str(newsroom.settings)]
    ended = await asyncio.to_thread(CliRunner().invoke, app, line)
    assert ended.exit_code == 0, ended.output


async def until(newsroom: Newsroom, ask: Callable[[Ledger], Awaitable[T]]) -> T:
    """Wait for an answer that is not empty."""
    ledger = await Ledger.open(newsroom.ledger_url)
    try:
        async with asyncio.timeout(60):
            while not (found := await ask(ledger)):
                await asyncio.sleep(0.05)
        return found
    finally:
        await ledger.close()


def in_state(state: State) -> Callable[[Ledger], Awaitable[list[Delivery]]]:
    async def ask(ledger: Ledger) -> list[Delivery]:
        return [row for row in await ledger.deliveries.recent() if row.state is state]

    return ask


async def test_a_story_waits_is_reworded_approved_pinned_and_corrected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_TOKEN", TOKEN)
    api = BotApi()
    async with serve(api.app) as base:
        where = f'token: "env:CRIER_TEST_TOKEN", chat: "@riverbend_daily", api: "{base}"'
        given = f"kind: telegram, {where}, form: text, sign: true"
        newsroom = Newsroom(tmp_path, {"zh": given}, desk=", approval: {editors: 1}")
        async with running(newsroom):
            newsroom.drop_story(1)
            [held] = await until(newsroom, in_state(State.HELD))
            assert held.reason == "needs the approval of an editor: every story does"
            number = str(held.story)
            await told(newsroom, "edit", number, "--summary", "大桥通了，一句话就够。")
            await told(newsroom, "approve", number)
            await told(newsroom, "pin", number)
            await until(newsroom, in_state(State.SENT))
            [posted] = api.posted
            assert "大桥通了，一句话就够。" in posted.text
            assert "责任编辑：陈静" in posted.text

            async def pinned(ledger: Ledger) -> bool:
                return any(pin.receipt for pin in await ledger.pins.current("zh"))

            await until(newsroom, pinned)
            assert api.top == [posted.id]
            await told(newsroom, "correct", number, "第1号 → 第一号", "--kind", "typo")

            async def corrected(ledger: Ledger) -> bool:
                return [row.state for row in await ledger.deliveries.of_story(held.story)][1:] == [State.SENT]

            await until(newsroom, corrected)
            assert "河湾短讯第一号" in api.posted[0].text
