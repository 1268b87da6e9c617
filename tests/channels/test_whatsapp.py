"""WhatsApp: a template filled, its picture, what a parameter may hold, and each sort of code."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.channels import KINDS
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import Checkable
from bot.model.story import Story
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from tests.channels.stages.stage import NOW
from tests.channels.stages.whatsapp import GIVEN, LINK, whatsapp
from tests.fakes.kinds import ROOT
from tests.fakes.stories import article

TELLER = Teller(Templates(ROOT / "templates", None), ZoneInfo("Asia/Shanghai"))


async def test_the_template_is_filled_and_the_receipt_says_with_what(tmp_path: Path) -> None:
    async with whatsapp(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        [sent] = stage.double.sent
        assert (sent["to"], sent["template"]["language"]) == ("15550123456", {"code": "zh_CN"})
        assert receipt.sent == f"大桥通车\n桥面今早恢复双向通行。 来源：河湾日报\n{LINK}"
        assert (receipt.platform_id, receipt.permalink) == ("wamid.HBgL1", None)


async def test_the_card_fills_the_templates_header(tmp_path: Path) -> None:
    async with whatsapp(tmp_path, picture=True) as stage:
        await stage.channel.send(stage.edition, "key-1")
        assert list(stage.double.media.values()) == [b"\x89PNG"]
        assert stage.arrived() == 1


async def test_a_template_with_a_picture_does_not_go_without_one(tmp_path: Path) -> None:
    async with whatsapp(tmp_path, picture=True) as stage:
        with pytest.raises(Refused, match="wants a picture"):
            await stage.channel.send(replace(stage.edition, card=None), "key-1")
        assert stage.arrived() == 0


@pytest.mark.parametrize(
    "body", ["大桥今日恢复通车。\n\t    市民可以步行过桥。" * 99, "A quiet\tday *here* _there_. " * 99]
)
async def test_whatever_an_article_says_the_template_takes_it(tmp_path: Path, body: str) -> None:
    kind = KINDS["whatsapp"]
    given = article(body=body)
    told = TELLER.tell(
        Story(1, "inbox", 1, given, NOW, NOW), analyse(given), kind.facts(kind.settings.model_validate(GIVEN))
    )
    async with whatsapp(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, text=told.text, link=None), "key-1")
        assert stage.arrived() == 1


async def test_a_message_that_is_held_says_so(tmp_path: Path) -> None:
    async with whatsapp(tmp_path) as stage:
        stage.double.held = True
        assert (await stage.channel.send(stage.edition, "key-1")).sent.startswith("held_for_quality_assessment")


@pytest.mark.parametrize(
    ("code", "expected", "account", "wait"),
    [
        (131056, Unavailable, False, timedelta(seconds=10)),
        (130429, Unavailable, False, timedelta(minutes=1)),
        (131000, Uncertain, False, None),
        (131057, Unavailable, False, timedelta(minutes=10)),
        (33, Refused, True, None),
        (131049, Refused, False, None),
        (132015, Refused, True, None),
        (131042, Refused, True, None),
    ],
)
async def test_each_code_is_one_of_the_three(
    tmp_path: Path, code: int, expected: type[DeliveryError], account: bool, wait: timedelta | None
) -> None:
    async with whatsapp(tmp_path) as stage:
        stage.double.answers = code
        with pytest.raises(expected, match=str(code)) as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert getattr(caught.value, "account", False) is account
        assert getattr(caught.value, "retry_after", None) == wait


async def test_a_template_that_nobody_approved_pauses_the_channel(tmp_path: Path) -> None:
    async with whatsapp(tmp_path, template="another") as stage:
        with pytest.raises(Refused, match="132001") as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert caught.value.account


async def test_check_tells_the_number_and_its_standing(tmp_path: Path) -> None:
    async with whatsapp(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [one.ok for one in await stage.channel.check()] == [True]
        stage.double.state = "FLAGGED"
        assert [one.ok for one in await stage.channel.check()] == [False]
        stage.double.token = "another"
        assert "190" in (await stage.channel.check())[0].detail
        assert stage.arrived() == 0


def test_the_page_shows_no_more_of_the_readers_number_than_its_end() -> None:
    assert KINDS["whatsapp"].settings.model_validate(GIVEN).place == "…3456, template news_headline"
