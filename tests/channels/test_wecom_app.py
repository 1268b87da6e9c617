"""WeCom's application: the duplicate check, recall, receivers, the token that expires, and each of its codes."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import Refused, Uncertain
from bot.model.channel import Checkable, Withdrawable
from tests.channels.stages.telling import LONG, told
from tests.channels.stages.wecom_app import GIVEN, LINK, wecom_app
from tests.fakes.faults import Fault

HOSTILE = ' <a href="https://example.org/x">人</a> <@all> < A href=x> [x](https://example.org) **粗**'


async def test_a_news_card_leads_to_the_article_and_the_receipt_has_the_platforms_id(tmp_path: Path) -> None:
    async with wecom_app(tmp_path, cards_url="https://example.org/cards/") as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        [message] = stage.double.messages
        assert (receipt.platform_id, receipt.sent) == (message.id, stage.edition.text)
        assert message.body["touser"] == "@all"
        assert message.body["news"]["articles"] == [
            {
                "title": "大桥通车",
                "description": stage.edition.text,
                "url": LINK,
                "picurl": "https://example.org/cards/card.png",
            }
        ]


async def test_it_reaches_whom_the_settings_name(tmp_path: Path) -> None:
    async with wecom_app(tmp_path, users=["lina", "wang"], parties=[2], tags=[5, 7]) as stage:
        await stage.channel.send(stage.edition, "key-1")
        body = stage.double.messages[0].body
        assert (body["touser"], body["toparty"], body["totag"]) == ("lina|wang", "2", "5|7")


async def test_a_repeat_delivers_nothing_twice_but_another_delivery_of_the_same_words_does(tmp_path: Path) -> None:
    async with wecom_app(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key-1")
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert [one.id for one in stage.double.messages] == [receipt.platform_id]
        await stage.channel.send(stage.edition, "key-2")
        assert stage.arrived() == 2


async def test_a_message_is_recalled_until_the_day_is_over(tmp_path: Path) -> None:
    async with wecom_app(tmp_path) as stage:
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key-1")
        await stage.channel.withdraw(receipt, "key-2")
        assert stage.double.words == []
        stage.double.recall_closed = True
        with pytest.raises(Refused) as caught:
            await stage.channel.withdraw(receipt, "key-3")
        assert not caught.value.account


@pytest.mark.parametrize("form", ["markdown", "text", "news"])
@pytest.mark.parametrize(("said", "body"), [("", ""), (HOSTILE, ""), ("", LONG)])
async def test_whatever_an_article_says_it_is_taken_and_leads_nowhere_else(
    tmp_path: Path, form: str, said: str, body: str
) -> None:
    async with wecom_app(tmp_path, form=form) as stage:
        await stage.channel.send(told({**GIVEN, "form": form}, said, body), "key")
        assert stage.arrived() == 1
        assert stage.double.links == []
        assert "<@" not in stage.shown()[0]


async def test_a_story_without_an_address_goes_as_a_text(tmp_path: Path) -> None:
    async with wecom_app(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, link=None), "key")
        assert stage.double.messages[0].body["msgtype"] == "text"


async def test_a_token_that_is_not_taken_any_more_is_asked_for_again(tmp_path: Path) -> None:
    async with wecom_app(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key-1")
        stage.double.tokens.clear()
        await stage.channel.send(replace(stage.edition, text="又一条"), "key-2")
        assert (stage.arrived(), len(stage.double.tokens)) == (2, 1)


@pytest.mark.parametrize(
    ("more", "secret", "trusted", "words"),
    [
        ({}, "another-secret", True, "40001.*compare `secret`"),
        ({"corp": "ww-another"}, None, True, "40013.*compare `corp`"),
        ({"agent": 7}, None, True, "301002.*compare `agent`"),
        ({}, None, False, "60020.*address on the application's list"),
        ({"users": []}, None, True, "81013.*visible range"),
    ],
)
async def test_what_is_wrong_with_the_account_is_told_apart(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: dict[str, object],
    secret: str | None,
    trusted: bool,
    words: str,
) -> None:
    if secret:
        monkeypatch.setenv("CRIER_TEST_WECOM_APP", secret)
    async with wecom_app(tmp_path, **more) as stage:
        stage.double.trusted = trusted
        with pytest.raises(Refused, match=words) as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert caught.value.account


async def test_check_names_the_application_and_posts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with wecom_app(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [one.detail for one in await stage.channel.check()] == ["ww2e1234567890f8ac", "河湾日报"]
        assert stage.double.messages == []
    monkeypatch.setenv("CRIER_TEST_WECOM_APP", "another-secret")
    async with wecom_app(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        [found] = await stage.channel.check()
        assert not found.ok
        assert "another-secret" not in found.detail
