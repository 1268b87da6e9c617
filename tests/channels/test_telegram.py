"""Telegram's albums, topics and groups that move; what every kind promises stands in the contract."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import Refused, Uncertain
from bot.ledger import Ledger
from bot.model.channel import Carrier, Editable, Pinnable, Threadable, Withdrawable
from bot.model.edition import Card, Edition
from bot.model.subscriber import Address, Addressee, Form
from tests.channels.stages.stage import NOW, Stage, opened
from tests.channels.stages.telegram import telegram
from tests.fakes.faults import Fault


def with_pictures(stage: Stage, folder: Path, contents: Sequence[bytes]) -> Edition:
    for number, content in enumerate(contents):
        (folder / f"{number}.jpg").write_bytes(content)
    cards = [Card(f"{number}.jpg", "image/jpeg", 900, 600, 4, "") for number in range(len(contents))]
    return replace(stage.edition, pictures=tuple(cards))


BRIDGE, CROWD, RIVER = (b"\xff\xd8" + name for name in (b"bridge", b"crowd", b"river"))


async def test_an_album_shows_the_articles_pictures_in_order_with_the_words_below(tmp_path: Path) -> None:
    async with telegram(tmp_path, form="album", silent=True, thread=5) as stage:
        edition = with_pictures(stage, tmp_path, [BRIDGE, CROWD, RIVER])
        receipt = await stage.channel.send(edition, "key")
        assert [one.photo for one in stage.double.posted] == [BRIDGE, CROWD, RIVER]
        assert [one.text for one in stage.double.posted] == [edition.text, "", ""]
        first = stage.double.posted[0].fields
        assert (first["disable_notification"], first["message_thread_id"]) == ("true", "5")
        assert (receipt.platform_id, receipt.permalink) == ("-1001/1+2+3", "https://t.me/riverbend_daily/1")
        assert receipt.sent == edition.text


async def test_of_an_album_the_caption_is_edited_the_first_pinned_and_all_are_deleted(tmp_path: Path) -> None:
    async with telegram(tmp_path, form="album") as stage:
        receipt = await stage.channel.send(with_pictures(stage, tmp_path, [BRIDGE, CROWD]), "key")
        other = await stage.channel.send(stage.edition, "key-2")
        assert isinstance(stage.channel, Editable)
        changed = await stage.channel.edit(receipt, replace(stage.edition, text="改"), "key-3")
        assert [one.text for one in stage.double.posted[:2]] == ["改", ""]
        assert [one.photo for one in stage.double.posted[:2]] == [BRIDGE, CROWD]
        assert changed.platform_id == receipt.platform_id
        assert isinstance(stage.channel, Pinnable)
        await stage.channel.pin(receipt)
        assert stage.double.top == [1]
        assert isinstance(stage.channel, Withdrawable)
        for _ in range(2):
            await stage.channel.withdraw(receipt, "key-4")
            assert [f"-1001/{one.id}" for one in stage.double.posted] == [other.platform_id]


async def test_an_album_that_is_too_old_is_not_deleted_in_silence(tmp_path: Path) -> None:
    async with telegram(tmp_path, form="album") as stage:
        receipt = await stage.channel.send(with_pictures(stage, tmp_path, [BRIDGE, CROWD]), "key")
        stage.double.too_old_to_delete = True
        assert isinstance(stage.channel, Withdrawable)
        with pytest.raises(Refused, match="can't be deleted"):
            await stage.channel.withdraw(receipt, "key-2")


@pytest.mark.parametrize("contents", [[], [BRIDGE]])
async def test_an_article_with_less_than_two_pictures_has_its_card(tmp_path: Path, contents: list[bytes]) -> None:
    async with telegram(tmp_path, form="album") as stage:
        await stage.channel.send(with_pictures(stage, tmp_path, contents), "key")
        assert [one.method for one in stage.double.posted] == ["sendPhoto"]


async def test_where_the_album_is_refused_the_card_goes_and_is_edited_as_one(tmp_path: Path) -> None:
    async with telegram(tmp_path, form="album") as stage:
        edition = with_pictures(stage, tmp_path, [BRIDGE, b"GIF89a"])
        receipt = await stage.channel.send(edition, "key")
        assert [one.method for one in stage.double.posted] == ["sendPhoto"]
        assert receipt.sent.startswith("without the article's pictures (")
        assert "image_process_failed" in receipt.sent
        assert isinstance(stage.channel, Editable)
        await stage.channel.edit(receipt, replace(edition, text="改"), "key-2")
        assert [one.text for one in stage.double.posted] == ["改"]


async def test_where_album_and_card_are_refused_the_words_go_alone(tmp_path: Path) -> None:
    async with telegram(tmp_path, form="album") as stage:
        edition = with_pictures(stage, tmp_path, [BRIDGE, b"GIF89a"])
        (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(edition, "key")
        assert [one.method for one in stage.double.posted] == ["sendMessage"]
        assert receipt.sent.startswith("without the picture")


async def test_an_album_whose_answer_is_lost_leaves_doubt(tmp_path: Path) -> None:
    async with telegram(tmp_path, form="album") as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(with_pictures(stage, tmp_path, [BRIDGE, CROWD]), "key")
        assert len(stage.double.posted) == 2


async def test_an_answer_below_an_album_stands_below_its_first_picture(tmp_path: Path) -> None:
    async with telegram(tmp_path, form="album") as stage:
        receipt = await stage.channel.send(with_pictures(stage, tmp_path, [BRIDGE, CROWD]), "key")
        assert isinstance(stage.channel, Threadable)
        await stage.channel.reply(receipt, replace(stage.edition, text="2/2", card=None), "key-1")
        assert '"message_id": 1' in stage.double.posted[2].fields["reply_parameters"]


async def test_a_group_that_has_moved_is_followed_also_by_the_next_worker(tmp_path: Path, ledger: Ledger) -> None:
    begun = ledger.begun("main", lambda: NOW)
    async with telegram(tmp_path, begun, form="text", chat=-77) as stage:
        stage.double.group(-77, "编辑部")
        stage.double.moved["-77"] = -10077
        stage.double.group(-10077, "编辑部")
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.platform_id == "-10077/1"
        heir = opened(stage.given, tmp_path, begun=begun)
        await heir.send(stage.edition, "key-2")
        await heir.close()
        asked = [fields["chat_id"] for method, fields in stage.double.calls if method == "sendMessage"]
        assert asked == ["-77", "-10077", "-10077"]


async def test_a_group_that_moves_again_and_again_is_the_accounts_trouble(tmp_path: Path) -> None:
    async with telegram(tmp_path, form="text", chat=-77) as stage:
        stage.double.group(-77, "编辑部")
        stage.double.moved |= {"-77": -10077, "-10077": -10078}
        with pytest.raises(Refused, match="-10078") as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account


async def test_a_subscribers_chat_is_reached_by_the_same_bot_and_named_in_no_receipt(tmp_path: Path) -> None:
    async with telegram(tmp_path, chat=None) as stage:
        carrier = stage.channel
        assert isinstance(carrier, Carrier)
        with pytest.raises(Refused, match="no chat of its own"):
            await carrier.send(stage.edition, "key")
        chat = carrier.at(Addressee("bot~17", Address("-1001/5")))
        assert isinstance(chat, Editable)
        assert isinstance(chat, Withdrawable)
        receipt = await chat.send(stage.edition, "key")
        assert (receipt.platform_id, receipt.permalink) == ("/1", None)
        assert stage.double.posted[0].fields["message_thread_id"] == "5"
        await chat.edit(receipt, replace(stage.edition, text="改"), "key-2")
        assert stage.double.posted[0].text == "改"
        await chat.withdraw(receipt, "key-3")
        assert not stage.double.posted
        assert carrier.told(Form.TEXT).limit == 4096
