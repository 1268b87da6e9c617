"""What goes to readers, from a script: the desk's verbs with the same names."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from bot.cli.commands import app
from bot.ledger import Ledger
from bot.model.subscriber import Address, Choices, Consent, Reading, Timing

SETTINGS = """\
newsroom: {name: 河湾日报}
house: {public_url: https://news.example.org, queue: %s}
sources: {site: {kind: feed, url: https://news.example.org/feed}}
desk: {editors: [{id: 501, name: 陈静}]}
channels:
  main: {kind: telegram, token: env:CRIER_TEST_READERS, chat: -1001}
  bot: {kind: telegram, token: env:CRIER_TEST_READERS, form: text}
routes: [{channels: [main]}]
subscribers: {key: env:CRIER_TEST_KEY, carriers: [bot]}
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    key = Fernet.generate_key().decode()
    monkeypatch.setenv("CRIER_TEST_READERS", "1000:readers")
    monkeypatch.setenv("CRIER_TEST_KEY", key)
    file = tmp_path / "settings.yaml"
    file.write_text(SETTINGS % (tmp_path / "queue"), encoding="utf-8")

    async def readers() -> None:
        ledger = await Ledger.open(f"sqlite:///{tmp_path / 'queue' / 'ledger.sqlite'}")
        now, store = datetime.now(UTC), ledger.subscribers(key)
        for number, topic in ((7001, "城市"), (7002, "体育")):
            consent = Consent("/start", now)
            choices = replace(Choices(), topics=(topic,))
            await store.ask("bot", Address(str(number)), choices, Timing(), Reading(), consent, now, proved=True)
        await ledger.close()

    (tmp_path / "queue").mkdir()
    asyncio.run(readers())

    def ran(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, [*words, "--settings", str(file)])
        assert result.exit_code == code, result.output
        return result.output

    return ran


def test_a_message_is_shown_begun_signed_by_another_and_stopped(run: Run) -> None:
    shown = run("broadcast", "报社开放日\n周六上午开印", "--to", "城市", "--as", "陈静")
    assert "bot: 1 readers" in shown
    assert "周六上午开印" in shown
    assert "nothing is on its way" in run("fanout")
    assert "1 more needed" in run("broadcast", "报社开放日\n周六上午开印", "--to", "城市", "--yes", "--as", "陈静")
    assert "needs the approval" in run("fanout", "1")
    assert "陈静, Ana" in run("broadcast", "1", "sign", "--as", "Ana")
    assert "stopped (wrong date)" in run("fanout", "1", "stop", "--why", "wrong date", "--as", "Ana")
    assert "7001" not in run("broadcast", "1")
