"""WeCom's robot: bytes, forms, the picture that follows, nobody called, and each of its codes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.wecom import title
from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable
from tests.channels.stages.telling import LONG, told
from tests.channels.stages.wecom import LINK, wecom
from tests.fakes.faults import Fault
from tests.fakes.wecom import KEY

HOSTILE = " <@all> <<@all> [x](https://example.org) ## **@all** <font color=info>"


async def test_markdown_arrives_as_it_was_composed_and_the_receipt_says_so(tmp_path: Path) -> None:
    async with wecom(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert stage.double.posted == [{"msgtype": "markdown", "markdown": {"content": stage.edition.text}}]
        assert (receipt.platform_id, receipt.permalink, receipt.sent) == ("key-1", None, stage.edition.text)


async def test_the_whole_address_may_be_given_for_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_ADDRESS", f"https://qyapi.example.org/cgi-bin/webhook/send?key={KEY}\n")
    async with wecom(tmp_path, key="env:CRIER_TEST_ADDRESS") as stage:
        await stage.channel.send(stage.edition, "key-1")
        assert stage.arrived() == 1


@pytest.mark.parametrize("form", ["markdown", "text", "news"])
@pytest.mark.parametrize(("said", "body"), [("", ""), (HOSTILE, ""), ("", LONG)])
async def test_whatever_an_article_says_the_robot_takes_it_and_calls_nobody(
    tmp_path: Path, form: str, said: str, body: str
) -> None:
    async with wecom(tmp_path, form=form) as stage:
        edition = told({"kind": "wecom", "key": "env:CRIER_TEST_WECOM", "form": form}, said, body)
        await stage.channel.send(edition, "key")
        assert stage.arrived() == 1
        assert stage.double.mentioned == []
        assert form == "news" or "河湾大桥修复通车" in stage.shown()[0]


@pytest.mark.parametrize("form", ["markdown", "text"])
async def test_a_long_story_goes_in_numbered_messages_each_of_which_fits(tmp_path: Path, form: str) -> None:
    async with wecom(tmp_path, form=form, long="messages") as stage:
        edition = told(
            {"kind": "wecom", "key": "env:CRIER_TEST_WECOM", "form": form, "long": "messages"}, HOSTILE, LONG
        )
        assert edition.more
        for number in range(len(edition.more) + 1):
            await stage.channel.send(edition.post(number), f"key-{number}")
        assert stage.shown()[1].startswith("2/")
        assert stage.double.mentioned == []


async def test_a_news_card_leads_to_the_article_and_shows_the_card_from_where_it_is_published(tmp_path: Path) -> None:
    async with wecom(tmp_path, form="news", cards_url="https://example.org/cards/") as stage:
        await stage.channel.send(replace(stage.edition, text="大桥今日通车。"), "key")
        [article] = stage.double.posted[0]["news"]["articles"]
        assert article == {
            "title": "大桥通车", "description": "大桥今日通车。", "url": LINK, "picurl": "https://example.org/cards/card.png"
        }  # fmt: skip
        await stage.channel.send(replace(stage.edition, text="无链接", link=None), "key")
        assert stage.double.posted[1] == {"msgtype": "text", "text": {"content": "大桥通车\n\n无链接"}}


def test_a_news_cards_title_ends_where_nothing_is_torn() -> None:
    long = "河湾市第二座跨江大桥今日通车，" * 6
    assert len(title(long).encode()) <= 128
    assert title(long).endswith("…")
    assert title("大桥通车") == "大桥通车"


async def test_the_picture_follows_the_words_and_halves_the_pace(tmp_path: Path) -> None:
    async with wecom(tmp_path, picture=True) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        assert [one["msgtype"] for one in stage.double.posted] == ["markdown", "image"]
        assert receipt.sent == stage.edition.text
        assert stage.channel.facts.pace[0].count == 10
        assert stage.channel.facts.card is not None


@pytest.mark.parametrize("trouble", ["gone", "refused"])
async def test_words_that_are_out_stay_a_success_when_the_picture_fails(tmp_path: Path, trouble: str) -> None:
    async with wecom(tmp_path, picture=True) as stage:
        if trouble == "gone":
            (tmp_path / "card.png").unlink()
        else:
            stage.double.limit = 1
        receipt = await stage.channel.send(stage.edition, "key")
        assert stage.arrived() == 1
        assert receipt.sent.startswith("without the picture (")


async def test_the_twenty_first_message_of_a_minute_waits_a_whole_minute(tmp_path: Path) -> None:
    async with wecom(tmp_path) as stage:
        for number in range(20):
            await stage.channel.send(stage.edition, f"key-{number}")
        with pytest.raises(Unavailable, match="45009") as caught:
            await stage.channel.send(stage.edition, "key-20")
        assert caught.value.retry_after == timedelta(minutes=1)


async def test_a_robot_that_was_removed_is_the_accounts_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_WECOM", "another-key")
    async with wecom(tmp_path) as stage:
        with pytest.raises(Refused, match="copy its webhook address") as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account


async def test_a_text_that_is_too_long_is_this_posts_trouble(tmp_path: Path) -> None:
    async with wecom(tmp_path) as stage:
        with pytest.raises(Refused, match="exceed max length 4096") as caught:
            await stage.channel.send(replace(stage.edition, text="桥" * 1366), "key")
        assert not caught.value.account


async def test_a_broken_answer_leaves_doubt(tmp_path: Path) -> None:
    async with wecom(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")


@pytest.mark.parametrize(("key", "ok"), [(None, True), ("another-key", False)])
async def test_check_tells_a_wrong_key_and_posts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, ok: bool
) -> None:
    if key:
        monkeypatch.setenv("CRIER_TEST_WECOM", key)
    async with wecom(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        [found] = await stage.channel.check()
        assert found.ok is ok
        assert stage.double.posted == []
