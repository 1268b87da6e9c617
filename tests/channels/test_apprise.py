"""Apprise: what its yes and its no mean, against a service that takes or refuses what it sends."""

import base64
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import DeliveryError, Refused, SettingsError, Uncertain
from bot.model.channel import Checkable, WhenUnsure
from tests.channels.stages.apprise import ADDRESS, GIVEN, apprise
from tests.channels.stages.stage import opened
from tests.channels.stages.telling import told
from tests.fakes.apprise_target import PASSWORD, Target
from tests.fakes.faults import Fault
from tests.fakes.serve import serve


async def test_the_headline_is_the_title_and_the_card_goes_along(tmp_path: Path) -> None:
    async with apprise(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key")
        [message] = stage.double.taken
        assert (message["title"], message["message"]) == ("大桥通车", stage.edition.text)
        [picture] = message["attachments"]
        assert base64.b64decode(picture["base64"]) == b"\x89PNG"


async def test_the_receipt_claims_no_number(tmp_path: Path) -> None:
    async with apprise(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        assert (receipt.platform_id, receipt.permalink) == ("key", None)
        assert receipt.sent.endswith("(JSON took it and gave no number)")
        assert stage.channel.facts.when_unsure is WhenUnsure.ASK


async def test_a_service_that_takes_no_picture_gets_the_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target()
    async with serve(target.app) as base, apprise(tmp_path) as stage:
        monkeypatch.setenv("CRIER_TEST_APPRISE", f"{base.replace('http', 'gotify')}/{PASSWORD}")
        receipt = await opened(GIVEN, tmp_path).send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture (Gotify takes none): 大桥通车")
        assert [one["title"] for one in target.taken] == ["大桥通车"]


async def test_a_card_whose_file_is_gone_does_not_keep_the_words_back(tmp_path: Path) -> None:
    async with apprise(tmp_path) as stage:
        (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture (its file is gone)")
        assert stage.arrived() == 1


async def test_a_no_to_a_message_with_a_picture_leaves_doubt_for_the_words_may_be_out(tmp_path: Path) -> None:
    async with apprise(tmp_path) as stage:
        stage.faults.waiting.append(Fault.REFUSE)
        with pytest.raises(Uncertain, match="error=400"):
            await stage.channel.send(stage.edition, "key")


async def test_a_wrong_password_is_the_account(tmp_path: Path) -> None:
    async with apprise(tmp_path) as stage:
        stage.double.password = "another"
        with pytest.raises(Refused, match="401") as caught:
            await stage.channel.send(replace(stage.edition, card=None), "key")
        assert caught.value.account


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_CLOSE])
async def test_nothing_of_the_address_is_in_an_error_or_a_log(
    tmp_path: Path, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with apprise(tmp_path) as stage:
        stage.faults.waiting.append(fault)
        with pytest.raises(DeliveryError) as caught:
            await stage.channel.send(replace(stage.edition, card=None), "key")
        assert PASSWORD not in caplog.text + str(caught.value) + repr(stage.channel)
        assert not [record for record in caplog.records if record.name.startswith("urllib3")]


async def test_a_call_to_everybody_is_none(tmp_path: Path) -> None:
    async with apprise(tmp_path) as stage:
        hostile = told(GIVEN, "@everyone <!channel> @所有人")
        await stage.channel.send(hostile, "key")
        [message] = stage.double.taken
        whole = message["title"] + message["message"]
        assert not [call for call in ("@everyone", "<!channel", "@所有人") if call in whole]
        assert "everyone" in whole


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        ("nothing-of-the-kind://x", "an address that `apprise` knows"),
        (f"{ADDRESS}?retry=2", "leave retry= and optional= out"),
        (f"{ADDRESS}?optional=yes", "leave retry= and optional= out"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, remedy: str
) -> None:
    monkeypatch.setenv("CRIER_TEST_APPRISE", address)
    with pytest.raises(SettingsError, match=remedy) as caught:
        opened(GIVEN, tmp_path)
    assert address not in str(caught.value)


def test_a_limit_above_what_the_service_takes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_APPRISE", "pover://" + "u" * 30 + "@" + "t" * 30)
    with pytest.raises(SettingsError, match="Pushover takes 1024 characters"):
        opened({**GIVEN, "limit": 2000}, tmp_path)


async def test_check_promises_no_more_than_it_knows(tmp_path: Path) -> None:
    async with apprise(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        [finding] = await stage.channel.check()
        assert (finding.ok, "only a post can tell" in finding.detail) == (True, True)
