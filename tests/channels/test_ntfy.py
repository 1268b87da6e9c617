"""ntfy: Chinese in headers, sequences, attachments, the cache, old servers."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Findable, Withdrawable
from tests.channels.stages.ntfy import TEXT, ntfy
from tests.channels.stages.stage import CARD, NOW, opened
from tests.channels.stages.table import PLAYS
from tests.channels.told import HOSTILE, LONG, told
from tests.fakes.faults import Fault
from tests.fakes.ntfy import TOPIC

_, _, _MESSAGE = TEXT.partition("\n\n")


async def test_the_card_is_the_attachment_and_chinese_survives_the_headers(tmp_path: Path) -> None:
    async with ntfy(tmp_path) as stage:
        receipt = await stage.channel.send(replace(stage.edition, link="https://example.org/大桥"), "key")
        [message] = stage.double.published
        assert (message["title"], message["message"]) == ("大桥通车", _MESSAGE)
        assert message["click"] == "https://example.org/大桥"
        assert (message["filename"], stage.double.files[message["id"]]) == ("card.png", b"\x89PNG")
        assert (receipt.platform_id, receipt.at, receipt.sent) == ("key", NOW, TEXT)


async def test_without_a_card_the_words_go_as_json_with_priority_and_tags(tmp_path: Path) -> None:
    async with ntfy(tmp_path, priority=4, tags=["newspaper"]) as stage:
        await stage.channel.send(replace(stage.edition, card=None), "key")
        [message] = stage.double.published
        assert (message["title"], message["message"]) == ("大桥通车", _MESSAGE)
        assert (message["priority"], message["tags"]) == (4, ["newspaper"])
        assert stage.double.files == {}


async def test_where_cards_are_public_the_phone_fetches_them(tmp_path: Path) -> None:
    async with ntfy(tmp_path, cards_url="https://cards.example.org") as stage:
        await stage.channel.send(stage.edition, "key")
        assert stage.double.published[0]["attach"] == "https://cards.example.org/card.png"


async def test_a_headline_alone_is_the_message(tmp_path: Path) -> None:
    async with ntfy(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, text="大桥通车", card=None), "key")
        assert stage.double.published[0]["message"] == "大桥通车"
        assert "title" not in stage.double.published[0]


@pytest.mark.parametrize("trouble", ["not allowed", "too large", "file is gone"])
async def test_a_card_that_is_refused_does_not_keep_the_words_back(tmp_path: Path, trouble: str) -> None:
    async with ntfy(tmp_path) as stage:
        match trouble:
            case "not allowed":
                stage.double.attachments = False
            case "too large":
                (tmp_path / "card.png").write_bytes(bytes(15 * 1024 * 1024 + 1))
            case _:
                (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture (")
        assert trouble in receipt.sent
        assert isinstance(stage.channel, Editable)
        await stage.channel.edit(receipt, replace(stage.edition, text="大桥\n改"), "key-2")
        assert (stage.shown(), stage.double.files) == (["大桥\n改"], {})


async def test_a_correction_takes_the_place_of_what_was_shown_with_its_own_card(tmp_path: Path) -> None:
    async with ntfy(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        receipt = await stage.channel.send(stage.edition, "key")
        (tmp_path / "new.png").write_bytes(b"\x89PNG new")
        corrected = replace(stage.edition, text="大桥\n改", card=replace(CARD, file="new.png"))
        assert (await stage.channel.edit(receipt, corrected, "key-2")).platform_id == "key"
        assert stage.shown() == ["大桥\n改"]
        assert list(stage.double.files.values()) == [b"\x89PNG", b"\x89PNG new"]


async def test_a_withdrawal_takes_it_away_as_often_as_asked(tmp_path: Path) -> None:
    async with ntfy(tmp_path) as stage:
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key")
        await stage.channel.withdraw(receipt, "key-2")
        await stage.channel.withdraw(receipt, "key-2")
        assert stage.shown() == []


async def test_an_older_server_shows_a_correction_as_a_second_one_and_says_what_it_cannot(tmp_path: Path) -> None:
    async with ntfy(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        assert isinstance(stage.channel, Withdrawable)
        stage.double.sequences = False
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.platform_id == "msg000000000"
        await stage.channel.edit(receipt, stage.edition, "key-2")
        assert stage.arrived() == 2
        with pytest.raises(Refused, match=r"older than 2\.16"):
            await stage.channel.withdraw(receipt, "key-3")


@pytest.mark.parametrize("sequences", [True, False])
async def test_a_lost_answer_is_found_in_the_cache_or_nobody_knows(tmp_path: Path, *, sequences: bool) -> None:
    async with ntfy(tmp_path) as stage:
        assert isinstance(stage.channel, Findable)
        stage.double.sequences = sequences
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        found = await stage.channel.find(stage.edition, "key", NOW)
        assert found is not None
        assert found.platform_id == ("key" if sequences else "msg000000000")
        with pytest.raises(Uncertain, match="cache"):
            await stage.channel.find(stage.edition, "key", NOW + timedelta(hours=1))
        stage.double.caches = False
        with pytest.raises(Uncertain, match="cache"):
            await stage.channel.find(stage.edition, "key", NOW)


@pytest.mark.parametrize(
    ("error", "expected", "account", "wait"),
    [
        ((40301, "forbidden"), Refused, True, None),
        ((40010, "topic name is not allowed"), Refused, True, None),
        ((40018, "invalid request: actions invalid"), Refused, False, None),
        ((42901, "limit reached: too many requests"), Unavailable, None, None),
        ((42908, "limit reached: daily message quota reached"), Unavailable, None, timedelta(hours=1)),
        ((50001, "internal server error"), Uncertain, None, None),
    ],
)
async def test_each_code_means_what_the_table_says(
    tmp_path: Path, error: tuple[int, str], expected: type[Exception], account: bool | None, wait: timedelta | None
) -> None:
    async with ntfy(tmp_path) as stage:
        stage.double.error = error
        with pytest.raises(expected, match=str(error[0])) as caught:
            await stage.channel.send(stage.edition, "key")
        assert getattr(caught.value, "account", None) is account
        assert getattr(caught.value, "retry_after", None) == wait


async def test_a_broken_answer_leaves_doubt(tmp_path: Path) -> None:
    async with ntfy(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain, match="no message"):
            await stage.channel.send(stage.edition, "key")


async def test_check_names_the_account_and_says_what_it_may_not(tmp_path: Path) -> None:
    async with ntfy(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [one.detail for one in await stage.channel.check()] == [
            "crier, 249 messages left today",
            "may read it",
        ]
        stage.double.may_read = False
        assert [one.ok for one in await stage.channel.check()] == [True, False]
        stage.double.token = "another"
        assert [(one.ok, one.detail) for one in await stage.channel.check()] == [(False, "40101 unauthorized")]


async def test_a_secret_topic_stays_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_TOPIC", "nobody guesses this!")
    given = {"kind": "ntfy", "topic": "env:CRIER_TEST_TOPIC"}
    with pytest.raises(SettingsError) as caught:
        opened(given, tmp_path)
    assert "nobody guesses" not in str(caught.value)
    monkeypatch.setenv("CRIER_TEST_TOPIC", TOPIC)
    async with ntfy(tmp_path, topic="env:CRIER_TEST_TOPIC") as stage:
        await stage.channel.send(stage.edition, "key")
        assert stage.double.published[0]["topic"] == TOPIC


def test_a_long_story_fits_in_bytes_and_a_hostile_one_stays_plain(tmp_path: Path) -> None:
    facts = opened(PLAYS["ntfy"].nowhere, tmp_path).facts
    assert len(told(facts, LONG).encode()) <= 4000
    text = told(facts, HOSTILE)
    assert text.startswith(HOSTILE.headline)
    assert "https://example.org/a" not in text
