"""LINE: retry keys, words and picture in one message, the month's limit, and what is counted."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.channels import KINDS
from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable
from bot.model.story import Story
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from tests.channels.stages.line import GIVEN, line
from tests.channels.stages.stage import NOW
from tests.fakes.faults import Fault
from tests.fakes.kinds import ROOT
from tests.fakes.stories import article

TELLER = Teller(Templates(ROOT / "templates", None), ZoneInfo("Asia/Shanghai"))
USER = "U" + "4af49806" * 4
CARDS = "https://news.example.org/cards/"


async def test_everybody_who_follows_is_told_and_the_receipt_bears_the_requests_number(tmp_path: Path) -> None:
    async with line(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        [told] = stage.double.told
        assert (told["path"], told["messages"]) == (
            "/v2/bot/message/broadcast", [{"type": "text", "text": stage.edition.text}]
        )  # fmt: skip
        assert [receipt.platform_id] == list(stage.double.keys.values())


async def test_one_user_is_told_and_the_receipt_bears_the_messages_number(tmp_path: Path) -> None:
    async with line(tmp_path, to=USER, silent=True) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        [told] = stage.double.told
        assert (told["to"], told["notificationDisabled"], receipt.platform_id) == (USER, True, "461245851")


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_CLOSE, Fault.ACCEPT_THEN_HANG])
@pytest.mark.parametrize("to", [None, USER])
async def test_a_repeat_tells_nobody_twice_and_names_the_first_request(
    tmp_path: Path, fault: Fault, to: str | None
) -> None:
    async with line(tmp_path, to=to) as stage:
        stage.faults.waiting.append(fault)
        stage.faults.released.set()
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key-1")
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert [receipt.platform_id] == list(stage.double.keys.values())
        assert stage.arrived() == 1
        await stage.channel.send(stage.edition, "key-2")
        assert stage.arrived() == 2


async def test_the_card_goes_with_the_words_from_where_it_is_published(tmp_path: Path) -> None:
    async with line(tmp_path, cards_url=CARDS) as stage:
        assert stage.channel.facts.card is not None
        await stage.channel.send(stage.edition, "key-1")
        address = f"{CARDS}card.png"
        assert stage.double.told[0]["messages"][1] == {
            "type": "image", "originalContentUrl": address, "previewImageUrl": address
        }  # fmt: skip


async def test_where_the_picture_is_refused_the_words_go_alone_and_the_receipt_says_so(tmp_path: Path) -> None:
    async with line(tmp_path, cards_url=CARDS) as stage:
        stage.double.pictures_taken = False
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert receipt.sent.startswith("without the picture (HTTP 400: The request body has 1 error(s)")
        assert len(stage.double.told[0]["messages"]) == 1


@pytest.mark.parametrize(("field", "value"), [("cards_url", "http://news.example.org/cards"), ("to", "@somebody")])
def test_a_setting_that_line_cannot_use_is_told_at_once(field: str, value: str) -> None:
    with pytest.raises(ValidationError, match=field):
        KINDS["line"].settings.model_validate({**GIVEN, field: value})


@pytest.mark.parametrize(
    "body", ["𠮷野家开业。" * 900, "A quiet day by the river. " * 400, "$ @all {user} 大桥通车。" * 400]
)
async def test_whatever_an_article_says_line_takes_it(tmp_path: Path, body: str) -> None:
    kind = KINDS["line"]
    given = article(body=body)
    told = TELLER.tell(
        Story(1, "inbox", 1, given, NOW, NOW), analyse(given), kind.facts(kind.settings.model_validate(GIVEN))
    )
    async with line(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, text=told.text), "key-1")
        assert stage.double.words == [told.text]


async def test_the_months_limit_pauses_the_channel(tmp_path: Path) -> None:
    async with line(tmp_path) as stage:
        stage.double.used = 200
        with pytest.raises(Refused, match="monthly limit") as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert caught.value.account


async def test_a_revoked_token_is_the_accounts_trouble(tmp_path: Path) -> None:
    async with line(tmp_path, cards_url=CARDS) as stage:
        stage.double.token = "another"
        with pytest.raises(Refused, match="look at the token") as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert caught.value.account


async def test_where_line_names_no_time_the_lane_waits_five_minutes(tmp_path: Path) -> None:
    async with line(tmp_path) as stage:
        stage.faults.waiting.append(Fault.UNAVAILABLE)
        with pytest.raises(Unavailable) as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert str(caught.value.retry_after) == "0:05:00"


async def test_check_tells_the_account_and_what_is_left_of_the_month(tmp_path: Path) -> None:
    async with line(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        stage.double.used = 150
        account, messages = await stage.channel.check()
        assert (account.detail, messages.ok) == ("河湾日报 (@riverbend)", True)
        assert messages.detail == "150 of 200 used this month, one for each receiver"
        stage.double.used = 200
        assert [one.ok for one in await stage.channel.check()] == [True, False]
        stage.double.quota = {"type": "none"}
        assert [one.ok for one in await stage.channel.check()] == [True, True]
        stage.double.token = "another"
        assert [one.ok for one in await stage.channel.check()] == [False]
        assert stage.arrived() == 0
