"""Feishu's application bot: uuid, picture, edit, recall, the token that expires, and each of its codes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Refused, Uncertain
from bot.model.channel import Checkable, Editable, Threadable, Withdrawable
from tests.channels.stages.feishu_app import feishu_app
from tests.channels.stages.stage import CARD
from tests.fakes.faults import Fault

FORMS = pytest.mark.parametrize("form", ["card", "post"])


@FORMS
async def test_the_picture_stands_above_the_words_and_the_receipt_has_the_platforms_id(
    tmp_path: Path, form: str
) -> None:
    async with feishu_app(tmp_path, form=form) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        [message] = stage.double.messages
        assert (receipt.platform_id, receipt.at.year, receipt.sent) == (message.id, 2026, stage.edition.text)
        [(key, picture)] = stage.double.pictures.items()
        assert picture == b"\x89PNG"
        if form == "card":
            first = message.content["elements"][0]
            assert (first["img_key"], first["alt"]["content"]) == (key, CARD.alt)
        else:
            assert message.content["zh_cn"]["content"][0] == [{"tag": "img", "image_key": key}]


async def test_a_repeat_after_a_lost_answer_posts_nothing_new(tmp_path: Path) -> None:
    async with feishu_app(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key-1")
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert [one.id for one in stage.double.messages] == [receipt.platform_id]
        assert stage.channel.facts.key_life is not None
        assert stage.channel.facts.key_life < timedelta(hours=1)


@FORMS
async def test_an_edit_stands_in_its_place_and_a_second_one_changes_nothing(tmp_path: Path, form: str) -> None:
    async with feishu_app(tmp_path, form=form) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert isinstance(stage.channel, Editable)
        changed = replace(stage.edition, text="大桥明日通车", headline="大桥明日通车")
        again = await stage.channel.edit(receipt, changed, "key-2")
        await stage.channel.edit(receipt, changed, "key-2")
        assert (again.platform_id, stage.double.words) == (receipt.platform_id, ["大桥明日通车"])


async def test_a_post_of_a_thread_answers_the_one_before_or_stands_by_itself(tmp_path: Path) -> None:
    async with feishu_app(tmp_path, long="thread") as stage:
        assert isinstance(stage.channel, Threadable)
        assert isinstance(stage.channel, Withdrawable)
        first = await stage.channel.send(stage.edition, "key-1")
        second = await stage.channel.reply(first, replace(stage.edition, text="2/3", card=None), "key-2")
        await stage.channel.withdraw(second, "key-3")
        await stage.channel.reply(second, replace(stage.edition, text="3/3", card=None), "key-4")
        assert [one.above for one in stage.double.messages] == ["", first.platform_id, ""]


async def test_a_recalled_post_is_gone_and_may_be_recalled_twice(tmp_path: Path) -> None:
    async with feishu_app(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert isinstance(stage.channel, Withdrawable)
        assert isinstance(stage.channel, Editable)
        await stage.channel.withdraw(receipt, "key-2")
        await stage.channel.withdraw(receipt, "key-2")
        assert stage.double.words == []
        with pytest.raises(Refused, match="230011"):
            await stage.channel.edit(receipt, stage.edition, "key-3")


async def test_a_recall_that_comes_too_late_is_refused(tmp_path: Path) -> None:
    async with feishu_app(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert isinstance(stage.channel, Withdrawable)
        stage.double.recall_closed = True
        with pytest.raises(Refused, match="230026") as caught:
            await stage.channel.withdraw(receipt, "key-2")
        assert not caught.value.account


async def test_a_token_that_is_not_taken_any_more_is_asked_for_again(tmp_path: Path) -> None:
    async with feishu_app(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key-1")
        stage.double.tokens.clear()
        await stage.channel.send(stage.edition, "key-2")
        assert (stage.arrived(), len(stage.double.tokens)) == (2, 1)


@pytest.mark.parametrize("trouble", ["gone", "refused"])
async def test_where_the_picture_does_not_go_up_the_words_go_alone(tmp_path: Path, trouble: str) -> None:
    async with feishu_app(tmp_path) as stage:
        if trouble == "gone":
            (tmp_path / "card.png").unlink()
        stage.double.takes_pictures = trouble == "gone"
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert receipt.sent.startswith("without the picture (")
        assert [one["tag"] for one in stage.double.messages[0].content["elements"]] == ["markdown"]


@pytest.mark.parametrize(
    ("trouble", "words"), [("outside", "230002.*add the bot to the group"), ("secret", "10014.*compare `secret`")]
)
async def test_what_is_wrong_with_the_account_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str, words: str
) -> None:
    if trouble == "secret":
        monkeypatch.setenv("CRIER_TEST_FEISHU_APP", "another")
    async with feishu_app(tmp_path) as stage:
        stage.double.in_group = trouble != "outside"
        with pytest.raises(Refused, match=words) as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert caught.value.account
        assert isinstance(stage.channel, Checkable)
        assert not (await stage.channel.check())[-1].ok


async def test_check_names_the_group_and_posts_nothing(tmp_path: Path) -> None:
    async with feishu_app(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [one.detail for one in await stage.channel.check()] == ["cli_a1b2c3d4e5f6", "河湾日报读者群"]
        assert stage.double.messages == []


async def test_a_request_that_is_too_long_is_not_even_tried(tmp_path: Path) -> None:
    async with feishu_app(tmp_path, picture=False) as stage:
        with pytest.raises(Refused, match="30000"):
            await stage.channel.send(replace(stage.edition, text="桥" * 11_000), "key-1")
