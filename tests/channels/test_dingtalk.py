"""DingTalk's robot: signature, keyword, forms, the public picture, the block of ten minutes, and each of its codes."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.dingtalk import sign
from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable
from tests.channels.stages.dingtalk import LINK, dingtalk
from tests.channels.stages.telling import LONG, told
from tests.fakes.dingtalk import TOKEN
from tests.fakes.faults import Fault

HOSTILE = " @all <@all> [x](https://example.org) ## **粗** ~~删~~ ![](https://example.org/x.png)"
GIVEN = {"kind": "dingtalk", "token": "env:CRIER_TEST_DING"}


def test_a_signature_is_what_the_documentations_recipe_gives() -> None:
    # By openssl: printf '1795000000000\nSECtest' | openssl dgst -sha256 -hmac SECtest -binary | base64
    assert sign("1795000000000", "SECtest") == "qiQLkEQ8DJleQM01GCnWqDdzXxBSiV7fIW4Og5Iyqsk="


async def test_a_message_calls_nobody_and_has_the_headline_as_its_title(tmp_path: Path) -> None:
    async with dingtalk(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert stage.double.posted == [
            {
                "msgtype": "markdown",
                "markdown": {"title": "大桥通车", "text": stage.edition.text},
                "at": {"isAtAll": False},
            }
        ]
        assert (receipt.platform_id, receipt.permalink, receipt.sent) == ("key-1", None, stage.edition.text)


async def test_the_whole_address_may_be_given_for_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_ADDRESS", f"https://oapi.example.org/robot/send?access_token={TOKEN}")
    async with dingtalk(tmp_path, token="env:CRIER_TEST_ADDRESS") as stage:
        await stage.channel.send(stage.edition, "key-1")
        assert stage.arrived() == 1


@pytest.mark.parametrize("form", ["markdown", "card", "link", "text"])
@pytest.mark.parametrize(("said", "body"), [("", ""), (HOSTILE, ""), ("", LONG * 3)])
async def test_whatever_an_article_says_the_robot_takes_it(tmp_path: Path, form: str, said: str, body: str) -> None:
    async with dingtalk(tmp_path, form=form) as stage:
        await stage.channel.send(told({**GIVEN, "form": form}, said, body), "key")
        assert "桥" in stage.shown()[0]
        assert "![](" not in stage.shown()[0] or form in ("link", "text")


async def test_a_card_has_a_button_and_a_link_has_an_address(tmp_path: Path) -> None:
    async with dingtalk(tmp_path, form="card") as stage:
        await stage.channel.send(stage.edition, "key")
        await stage.channel.send(replace(stage.edition, link=None), "key-2")
        card, message = stage.double.posted
        assert (card["actionCard"]["singleTitle"], card["actionCard"]["singleURL"]) == ("阅读全文", LINK)
        assert message["msgtype"] == "markdown"
    async with dingtalk(tmp_path, form="link") as stage:
        await stage.channel.send(stage.edition, "key")
        assert stage.double.posted[0]["link"]["messageUrl"] == LINK


@pytest.mark.parametrize(("form", "shown"), [("markdown", "text"), ("card", "text"), ("link", "picUrl")])
async def test_a_picture_is_shown_only_from_where_the_cards_are_published(
    tmp_path: Path, form: str, shown: str
) -> None:
    async with dingtalk(tmp_path, form=form, cards_url="https://example.org/cards/") as stage:
        await stage.channel.send(stage.edition, "key")
        [message] = stage.double.posted
        assert "https://example.org/cards/card.png" in message[message["msgtype"]][shown]
        assert stage.channel.facts.card is not None
    async with dingtalk(tmp_path, form=form) as stage:
        await stage.channel.send(stage.edition, "key")
        [message] = stage.double.posted
        assert "card.png" not in message[message["msgtype"]].get(shown, "")
        assert stage.channel.facts.card is None


@pytest.mark.parametrize("text", ["大桥通车", "河湾快讯：大桥通车"])
async def test_a_post_without_the_robots_keyword_gets_it_once(tmp_path: Path, text: str) -> None:
    async with dingtalk(tmp_path, keyword="河湾快讯") as stage:
        stage.double.keyword = "河湾快讯"
        receipt = await stage.channel.send(replace(stage.edition, text=text), "key")
        assert receipt.sent.count("河湾快讯") == 1


async def test_a_missing_keyword_is_this_posts_trouble_and_names_the_setting(tmp_path: Path) -> None:
    async with dingtalk(tmp_path) as stage:
        stage.double.keyword = "监控"
        with pytest.raises(Refused, match="write the robot's word as `keyword`") as caught:
            await stage.channel.send(stage.edition, "key")
        assert not caught.value.account


async def test_after_the_twentieth_message_of_a_minute_the_lane_rests_ten_minutes(tmp_path: Path) -> None:
    async with dingtalk(tmp_path) as stage:
        for number in range(20):
            await stage.channel.send(stage.edition, f"key-{number}")
        with pytest.raises(Unavailable, match="130101") as caught:
            await stage.channel.send(stage.edition, "key-20")
        assert caught.value.retry_after == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("variable", "words"), [("CRIER_TEST_DING", "300005.*again"), ("CRIER_TEST_DING_SECRET", "310000.*sign not match")]
)
async def test_a_wrong_token_or_secret_is_the_accounts_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, words: str
) -> None:
    monkeypatch.setenv(variable, "SECanother")
    async with dingtalk(tmp_path) as stage:
        with pytest.raises(Refused, match=words) as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account
        assert isinstance(stage.channel, Checkable)
        [found] = await stage.channel.check()
        assert not found.ok
        assert "SECanother" not in found.detail + str(caught.value)


async def test_check_posts_nothing(tmp_path: Path) -> None:
    async with dingtalk(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        [found] = await stage.channel.check()
        assert (found.ok, stage.double.posted) == (True, [])


async def test_a_request_that_is_too_long_is_not_even_tried(tmp_path: Path) -> None:
    async with dingtalk(tmp_path) as stage:
        with pytest.raises(Refused, match="20000") as caught:
            await stage.channel.send(replace(stage.edition, text="桥" * 7000), "key")
        assert not caught.value.account


async def test_a_broken_answer_leaves_doubt(tmp_path: Path) -> None:
    async with dingtalk(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
