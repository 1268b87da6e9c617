"""Discord, through a webhook and through a bot: pictures, calls to everybody, lost answers, rights."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import Checkable, Findable, Threadable
from tests.channels.stages.discord import discord, discord_bot
from tests.channels.stages.stage import CARD, NOW, opened
from tests.channels.stages.table import PLAYS
from tests.channels.told import HOSTILE, LONG, told
from tests.fakes.discord import BOT_TOKEN, GUILD, ME
from tests.fakes.faults import Fault

BOTH = pytest.mark.parametrize("opens", [discord, discord_bot], ids=["webhook", "bot"])


@BOTH
async def test_words_and_card_are_one_message_with_words_for_who_cannot_see(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path, silent=True) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [posted] = stage.double.posted
        assert (posted.content, posted.files) == (stage.edition.text, [b"\x89PNG"])
        assert posted.fields["attachments"] == [{"id": 0, "filename": "card.png", "description": "大桥通车"}]
        assert posted.fields["flags"] == 1 << 12 | 1 << 2
        assert receipt.permalink == f"https://discord.com/channels/{GUILD}/{receipt.platform_id}"
        assert receipt.at.isoformat() == "2026-11-24T08:00:00.123000+00:00"


@BOTH
async def test_nobody_is_called_whatever_an_article_says(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path) as stage:
        loud = replace(stage.edition, text="@everyone @here <@1> <@&2>")
        receipt = await stage.channel.send(loud, "key")
        assert not stage.double.posted[0].pings
        await stage.channel.edit(receipt, replace(loud, text="@everyone 更正"), "key-2")
        assert not stage.double.posted[0].pings


@BOTH
@pytest.mark.parametrize("trouble", ["too large", "no right to attach"])
async def test_a_card_that_is_refused_does_not_keep_the_words_back(tmp_path: Path, opens: Any, trouble: str) -> None:
    async with opens(tmp_path) as stage:
        if trouble == "too large":
            (tmp_path / "card.png").write_bytes(bytes(10 * 1024 * 1024 + 1))
        else:
            stage.double.may_attach = False
        receipt = await stage.channel.send(stage.edition, "key")
        assert [post.files for post in stage.double.posted] == [[]]
        assert receipt.sent.startswith("without the picture (")
        again = await stage.channel.edit(receipt, replace(stage.edition, text="改"), "key-2")
        await stage.channel.edit(again, replace(stage.edition, text="再改"), "key-3")
        assert (stage.double.posted[0].content, stage.double.posted[0].files) == ("再改", [])


@BOTH
async def test_a_card_whose_file_is_gone_does_not_keep_the_words_back(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path) as stage:
        (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture (its file is gone)")


@BOTH
async def test_a_correction_brings_its_own_card_in_place_of_the_old_one(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        (tmp_path / "new.png").write_bytes(b"\x89PNG new")
        await stage.channel.edit(receipt, replace(stage.edition, card=replace(CARD, file="new.png")), "key-2")
        assert stage.double.posted[0].files == [b"\x89PNG new"]


@BOTH
async def test_a_card_that_is_refused_in_an_edit_leaves_the_old_one_below_the_new_words(
    tmp_path: Path, opens: Any
) -> None:
    async with opens(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        stage.double.may_attach = False
        again = await stage.channel.edit(receipt, replace(stage.edition, text="改"), "key-2")
        assert (stage.double.posted[0].content, stage.double.posted[0].files) == ("改", [b"\x89PNG"])
        assert again.sent.startswith("with the picture as it was (50013")


@BOTH
async def test_a_withdrawn_post_is_gone_and_one_that_was_gone_is_no_trouble(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        await stage.channel.withdraw(receipt, "key-2")
        assert stage.double.posted == []
        assert (await stage.channel.withdraw(receipt, "key-2")).sent.startswith("it was gone")


@BOTH
async def test_what_is_gone_cannot_be_edited(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        stage.double.posted.clear()
        with pytest.raises(Refused, match="10008") as caught:
            await stage.channel.edit(receipt, stage.edition, "key-2")
        assert not caught.value.account


@BOTH
@pytest.mark.parametrize(
    ("answer", "expected", "account"),
    [
        ((403, 50013, "Missing Permissions"), Refused, True),
        ((403, 50001, "Missing Access"), Refused, True),
        ((404, 10015, "Unknown Webhook"), Refused, True),
        ((401, 0, "401: Unauthorized"), Refused, True),
        ((400, 40058, "Cannot send a message in a forum channel"), Refused, True),
        ((400, 50035, "Invalid Form Body"), Refused, False),
        ((403, 200000, "Message was blocked by automatic moderation"), Refused, False),
        ((429, 20016, "This action cannot be performed due to slowmode rate limit"), Unavailable, None),
        ((503, 130000, "API resource is currently overloaded"), Unavailable, None),
        ((502, 0, "bad gateway"), Uncertain, None),
    ],
)
async def test_each_code_means_what_the_table_says(
    tmp_path: Path, opens: Any, answer: tuple[int, int, str], expected: type[Exception], account: bool | None
) -> None:
    async with opens(tmp_path) as stage:
        stage.double.refuses = answer
        with pytest.raises(expected) as caught:
            await stage.channel.send(stage.edition, "key")
        assert getattr(caught.value, "account", None) is account


async def test_a_text_that_is_too_long_is_refused_as_this_post(tmp_path: Path) -> None:
    async with discord(tmp_path, card=False) as stage:
        with pytest.raises(Refused, match="50035") as caught:
            await stage.channel.send(replace(stage.edition, text="河" * 2001, card=None), "key")
        assert not caught.value.account


async def test_a_webhooks_address_that_is_none_is_told_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_DISCORD", "https://discord.com/api/webhooks/no-number/secret")
    with pytest.raises(SettingsError, match="NUMBER/TOKEN") as caught:
        opened({"kind": "discord", "webhook": "env:CRIER_TEST_DISCORD"}, tmp_path)
    assert "no-number" not in str(caught.value)


async def test_a_repeat_by_the_bot_within_minutes_is_the_same_message(tmp_path: Path) -> None:
    async with discord_bot(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        await stage.channel.send(stage.edition, "key")
        assert stage.arrived() == 1


async def test_a_lost_answer_is_found_in_the_history(tmp_path: Path) -> None:
    async with discord_bot(tmp_path) as stage:
        assert isinstance(stage.channel, Findable)
        stage.faults.waiting.append(Fault.ACCEPT_THEN_500)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        for number in range(120):  # what others have posted since
            stage.double.says("another", f"第{number}条")
        found = await stage.channel.find(stage.edition, "key", NOW)
        assert found is not None
        assert found.platform_id == f"800/{stage.double.posted[0].id}"


async def test_what_the_history_does_not_show_is_surely_not_out_if_it_shows_anything(tmp_path: Path) -> None:
    async with discord_bot(tmp_path) as stage:
        assert isinstance(stage.channel, Findable)
        await stage.channel.send(stage.edition, "key")
        other = replace(stage.edition, text="另一条")
        assert await stage.channel.find(other, "another", NOW) is None
        stage.double.now -= 3600
        assert await stage.channel.find(stage.edition, "another", NOW + timedelta(hours=1)) is None
        stage.double.may_read = False
        with pytest.raises(Uncertain, match="Read Message History"):
            await stage.channel.find(other, "another", NOW)


async def test_a_post_of_a_thread_answers_the_one_before_also_when_that_is_gone(tmp_path: Path) -> None:
    async with discord_bot(tmp_path) as stage:
        assert isinstance(stage.channel, Threadable)
        first = await stage.channel.send(stage.edition, "key")
        await stage.channel.reply(first, replace(stage.edition, text="2/2", card=None), "key-1")
        above = stage.double.posted[1].fields["message_reference"]["message_id"]
        assert first.platform_id.endswith(above)
        stage.double.posted.clear()
        await stage.channel.reply(first, replace(stage.edition, text="3/3", card=None), "key-2")
        assert stage.arrived() == 1


async def test_a_webhooks_check_names_it_and_says_when_it_is_gone(tmp_path: Path) -> None:
    async with discord(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [(one.ok, one.detail) for one in await stage.channel.check()] == [(True, "Riverbend, channel 800")]
        stage.double.hook_there = False
        assert [(one.ok, one.detail) for one in await stage.channel.check()] == [(False, "10015 Unknown Webhook")]


async def test_a_bots_check_says_which_right_is_missing(tmp_path: Path) -> None:
    async with discord_bot(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [one.ok for one in await stage.channel.check()] == [True, True, True]
        stage.double.overwrites = [
            {"id": GUILD, "deny": str(1 << 11 | 1 << 15), "allow": "0"},
            {"id": ME, "deny": "0", "allow": str(1 << 11)},
        ]
        assert (await stage.channel.check())[-1].detail == "give the bot Attach Files"
        stage.double.roles[0]["permissions"] = str(1 << 3)
        assert (await stage.channel.check())[-1].ok
        stage.double.bot_token = BOT_TOKEN + "new"
        assert [one.ok for one in await stage.channel.check()] == [False]


def test_what_an_article_says_is_never_markup_and_fits_with_its_escapes(tmp_path: Path) -> None:
    facts = opened(PLAYS["discord"].nowhere, tmp_path).facts
    text = told(facts, HOSTILE)
    assert r"\*河湾\* \<\!channel\> \[点我\]\(" in text
    assert text.count("](") == 1  # the one link that the template writes
    assert len(told(facts, LONG)) <= 2000
