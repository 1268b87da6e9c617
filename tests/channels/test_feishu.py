"""Feishu's custom bot: signature in the body, keyword, forms, nobody called, and each of its codes."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels.feishu import sign
from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable
from tests.channels.stages.feishu import LINK, feishu
from tests.channels.stages.telling import LONG, told
from tests.fakes.faults import Fault
from tests.fakes.feishu import TOKEN

HOSTILE = ' <at id=all></at> <at user_id="all">人</at> [x](https://example.org) **粗** :DONE: \\* ![](img_v2_x)'
GIVEN = {"kind": "feishu", "hook": "env:CRIER_TEST_FEISHU"}


def test_a_signature_is_what_the_documentations_recipe_gives() -> None:
    # By openssl: printf '' | openssl dgst -sha256 -hmac "$(printf '1795000000\nSECtest')" -binary | base64
    assert sign("1795000000", "SECtest") == "tAnmdaZEyb6qAh3b7ERIgAHcO7ZaaFwdX47hmhZWgQE="


async def test_a_card_has_the_headline_in_its_head_and_the_words_below(tmp_path: Path) -> None:
    async with feishu(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        [message] = stage.double.posted
        assert message["card"]["header"]["title"] == {"tag": "plain_text", "content": "大桥通车"}
        assert message["card"]["elements"] == [{"tag": "markdown", "content": stage.edition.text}]
        assert (receipt.platform_id, receipt.permalink, receipt.sent) == ("key-1", None, stage.edition.text)


async def test_a_rich_text_has_a_paragraph_a_line_and_its_links_lead_somewhere(tmp_path: Path) -> None:
    async with feishu(tmp_path, form="post") as stage:
        await stage.channel.send(stage.edition, "key-1")
        [message] = stage.double.posted
        assert message["content"]["post"]["zh_cn"] == {
            "title": "大桥通车",
            "content": [
                [{"tag": "text", "text": "大桥通车，双向通行。"}],
                [{"tag": "a", "text": "阅读全文", "href": LINK}],
            ],
        }


async def test_the_whole_address_may_be_given_for_the_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_ADDRESS", f"https://open.example.org/open-apis/bot/v2/hook/{TOKEN}\n")
    async with feishu(tmp_path, hook="env:CRIER_TEST_ADDRESS") as stage:
        await stage.channel.send(stage.edition, "key-1")
        assert stage.arrived() == 1


@pytest.mark.parametrize("form", ["card", "post", "text"])
@pytest.mark.parametrize(("said", "body"), [("", ""), (HOSTILE, ""), ("", LONG * 3)])
async def test_whatever_an_article_says_the_bot_takes_it_and_calls_nobody(
    tmp_path: Path, form: str, said: str, body: str
) -> None:
    async with feishu(tmp_path, form=form) as stage:
        await stage.channel.send(told({**GIVEN, "form": form}, said, body), "key")
        assert "桥" in stage.shown()[0]
        assert stage.double.called == []


@pytest.mark.parametrize("text", ["大桥通车", "河湾快讯：大桥通车"])
async def test_a_post_without_the_bots_keyword_gets_it_once(tmp_path: Path, text: str) -> None:
    async with feishu(tmp_path, keyword="河湾快讯") as stage:
        stage.double.keyword = "河湾快讯"
        receipt = await stage.channel.send(replace(stage.edition, text=text), "key")
        assert receipt.sent.count("河湾快讯") == 1


async def test_a_missing_keyword_is_this_posts_trouble_and_names_the_setting(tmp_path: Path) -> None:
    async with feishu(tmp_path) as stage:
        stage.double.keyword = "监控"
        with pytest.raises(Refused, match=r"19024.*`keyword`") as caught:
            await stage.channel.send(stage.edition, "key")
        assert not caught.value.account


async def test_a_sixth_message_within_a_second_waits(tmp_path: Path) -> None:
    async with feishu(tmp_path) as stage:
        stage.double.window = 60.0
        for number in range(5):
            await stage.channel.send(stage.edition, f"key-{number}")
        with pytest.raises(Unavailable, match="11232") as caught:
            await stage.channel.send(stage.edition, "key-5")
        assert caught.value.retry_after is not None


@pytest.mark.parametrize(
    ("variable", "words"), [("CRIER_TEST_FEISHU", "19001.*copy it again"), ("CRIER_TEST_FEISHU_SECRET", "19021.*clock")]
)
async def test_a_wrong_address_or_secret_is_the_accounts_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, words: str
) -> None:
    monkeypatch.setenv(variable, "another-one")
    async with feishu(tmp_path) as stage:
        with pytest.raises(Refused, match=words) as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account
        assert isinstance(stage.channel, Checkable)
        [found] = await stage.channel.check()
        assert not found.ok


async def test_check_posts_nothing(tmp_path: Path) -> None:
    async with feishu(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        [found] = await stage.channel.check()
        assert (found.ok, stage.double.posted) == (True, [])


async def test_a_request_that_is_too_long_is_not_even_tried(tmp_path: Path) -> None:
    async with feishu(tmp_path) as stage:
        with pytest.raises(Refused, match="20000"):
            await stage.channel.send(replace(stage.edition, text="桥" * 7000), "key")


async def test_a_broken_answer_leaves_doubt(tmp_path: Path) -> None:
    async with feishu(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
