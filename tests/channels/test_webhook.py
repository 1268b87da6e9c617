"""Webhook: a partner's machine that verifies with the reference library, and knows a repeat by its id."""

import asyncio
from pathlib import Path

import pytest

from bot.errors import Refused, SettingsError, Uncertain
from bot.model.channel import Checkable, Editable
from tests.channels.stages.stage import opened
from tests.channels.stages.webhook import PLAY, webhook
from tests.fakes.faults import Fault


async def test_an_edit_is_an_event_of_its_own(tmp_path: Path) -> None:
    async with webhook(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        await stage.channel.edit(await stage.channel.send(stage.edition, "key-1"), stage.edition, "key-2")
        assert [event["type"] for _, event in stage.double.calls] == ["story.published", "story.updated"]


async def test_a_repeat_keeps_its_id_so_the_partner_takes_it_once(tmp_path: Path) -> None:
    async with webhook(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_500)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key-1")
        await stage.channel.send(stage.edition, "key-1")
        assert [key for key, _ in stage.double.calls] == ["key-1", "key-1"]
        assert stage.double.events["key-1"]["data"] == {"headline": "大桥通车"}


async def test_while_secrets_are_exchanged_both_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_NEW", "whsec_" + "bmV3" * 8)
    both = ["env:CRIER_TEST_NEW", "env:CRIER_TEST_SECRET"]
    async with webhook(tmp_path, secrets=both) as stage:
        await stage.channel.send(stage.edition, "key-1")
        assert stage.arrived() == 1


async def test_a_wrong_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_SECRET", "whsec_" + "bmV3" * 8)
    async with webhook(tmp_path) as stage:
        with pytest.raises(Refused, match="401"):
            await stage.channel.send(stage.edition, "key-1")


async def test_a_secret_that_is_none_is_told_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_SECRET", "not base64!")
    with pytest.raises(SettingsError) as caught:
        opened(PLAY.nowhere, tmp_path)
    assert "not base64!" not in str(caught.value)


async def test_a_hanging_receiver_is_given_up_by_the_caller(tmp_path: Path) -> None:
    async with webhook(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_HANG)
        sending = asyncio.create_task(stage.channel.send(stage.edition, "key-1"))
        await stage.faults.hanging.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert stage.arrived() == 1


async def test_check_asks_whether_somebody_is_there_and_tells_the_partner_nothing(tmp_path: Path) -> None:
    async with webhook(tmp_path) as stage:
        nobody = opened(PLAY.nowhere, tmp_path)
        assert isinstance(stage.channel, Checkable)
        assert isinstance(nobody, Checkable)
        assert [one.ok for found in (await stage.channel.check(), await nobody.check()) for one in found] == [
            True,
            False,
        ]
        assert stage.arrived() == 0
        await nobody.close()
