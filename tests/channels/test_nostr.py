"""Nostr: one event however often it is told, several relays, and a key that is read as people have it."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels import bech32
from bot.channels.unfinished import Hand
from bot.errors import Refused, SettingsError, Uncertain
from bot.model.channel import Checkable, Withdrawable
from tests.channels.stages.nostr import TEXT, nostr
from tests.channels.stages.stage import NOW, opened
from tests.channels.stages.telling import told
from tests.fakes.faults import Fault
from tests.fakes.nostr import KEY, Relay, serve

NOBODY = "ws://127.0.0.1:9"
GIVEN = {"kind": "nostr", "key": "env:CRIER_TEST_NOSTR", "relays": [NOBODY]}


async def test_a_note_has_its_words_its_tags_and_an_address_for_people(tmp_path: Path) -> None:
    async with nostr(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [note] = stage.double.notes
        assert (note["kind"], note["content"], note["tags"]) == (1, TEXT, [["t", "交通"]])
        assert (receipt.platform_id, receipt.at, receipt.sent) == (note["id"], NOW, TEXT)
        assert bech32.read("note", str(receipt.permalink).rpartition("/")[2]) == bytes.fromhex(note["id"])


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_CLOSE])
async def test_a_repeat_by_another_worker_at_another_time_is_the_same_event(tmp_path: Path, fault: Fault) -> None:
    begun = Hand()
    async with nostr(tmp_path, begun) as stage:
        stage.faults.waiting.append(fault)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        later = opened(stage.given, tmp_path, lambda: NOW + timedelta(hours=3), begun)
        receipt = await later.send(stage.edition, "key")
        assert [note["id"] for note in stage.double.notes] == [receipt.platform_id]


async def test_it_is_out_when_one_relay_has_taken_it_and_the_receipt_names_the_others(tmp_path: Path) -> None:
    other = Relay(refuses="blocked: you are banned here")
    async with serve(other) as address, nostr(tmp_path) as stage:
        both = opened({**stage.given, "relays": [address, *stage.given["relays"]]}, tmp_path)
        receipt = await both.send(stage.edition, "key")
        assert (stage.arrived(), "not taken by 127.0.0.1" in receipt.sent, "banned" in receipt.sent) == (1, True, True)


@pytest.mark.parametrize(
    ("said", "account"),
    [("blocked: you are banned here", True), ("auth-required: who are you", True), ("pow: 28 bits needed", False)],
)
async def test_what_no_relay_takes_is_refused_for_the_post_or_the_key(tmp_path: Path, said: str, account: bool) -> None:
    async with nostr(tmp_path) as stage:
        stage.double.refuses = said
        with pytest.raises(Refused, match=said.partition(":")[0]) as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account is account


async def test_a_note_taken_back_is_asked_to_be_deleted_by_its_own_key(tmp_path: Path) -> None:
    async with nostr(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        assert isinstance(stage.channel, Withdrawable)
        assert (await stage.channel.withdraw(receipt, "key-2")).sent == "deleted"
        assert stage.shown() == []


async def test_nobody_is_called_whatever_an_article_says(tmp_path: Path) -> None:
    async with nostr(tmp_path) as stage:
        await stage.channel.send(told(GIVEN, " nostr:npub1qqqq @npub1qqqq"), "key")
        [note] = stage.double.notes
        assert "nostr:npub1" not in note["content"]
        assert [tag for tag in note["tags"] if tag[0] == "p"] == []


async def test_check_says_whose_key_it_is_and_which_relay_answers(tmp_path: Path) -> None:
    async with nostr(tmp_path) as stage:
        both = opened({**stage.given, "relays": [*stage.given["relays"], NOBODY]}, tmp_path)
        assert isinstance(both, Checkable)
        found = await both.check()
        assert [one.ok for one in found] == [True, True, False]
        assert found[0].detail.startswith("npub1")


def test_a_key_is_read_as_nsec_and_a_mistyped_one_is_told_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = bech32.written("nsec", bytes.fromhex(KEY))
    monkeypatch.setenv("CRIER_TEST_NOSTR", written)
    opened(GIVEN, tmp_path)
    monkeypatch.setenv("CRIER_TEST_NOSTR", written[:-1] + ("q" if written[-1] != "q" else "p"))
    with pytest.raises(SettingsError, match="nsec1") as caught:
        opened(GIVEN, tmp_path)
    assert written[5:20] not in str(caught.value)


def test_bech32_is_as_nip_19_has_it() -> None:
    nsec = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
    value = bytes.fromhex("67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa")
    assert (bech32.read("nsec", nsec), bech32.written("nsec", value)) == (value, nsec)


def test_a_relay_that_is_no_websocket_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="wss:// and its host"):
        opened({**GIVEN, "relays": ["https://relay.example.org"]}, tmp_path)
