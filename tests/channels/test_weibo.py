"""Weibo: form and picture, the safe domain, words that are out already, looking, deleting, and each sort of code."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.channels import KINDS
from bot.channels.weibo import Weibo, base62
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import Checkable
from bot.model.story import Story
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from tests.channels.stages.stage import NOW
from tests.channels.stages.weibo import GIVEN, LINK, weibo
from tests.fakes.faults import Fault
from tests.fakes.kinds import ROOT
from tests.fakes.stories import article
from tests.fakes.weibo import USER

TELLER = Teller(Templates(ROOT / "templates", None), ZoneInfo("Asia/Shanghai"))
POSTED = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


async def test_words_and_card_go_out_and_the_receipt_has_number_address_and_time(tmp_path: Path) -> None:
    async with weibo(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        [number] = stage.double.posts
        assert (receipt.platform_id, receipt.permalink) == (number, f"https://weibo.com/{USER}/{base62(number)}")
        assert (receipt.at, receipt.sent) == (POSTED, stage.edition.text)
        assert stage.double.pictures == [b"\x89PNG"]


@pytest.mark.parametrize(("mid", "sign"), [("201110410216293360", "wr4mOFqpbO"), ("61", "Z"), ("10000062", "10010")])
def test_a_number_becomes_the_sign_of_the_address(mid: str, sign: str) -> None:
    assert base62(mid) == sign


async def test_where_the_picture_is_refused_the_words_go_alone_and_the_receipt_says_so(tmp_path: Path) -> None:
    async with weibo(tmp_path) as stage:
        stage.double.picture_taken = False
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert receipt.sent.startswith("without the picture (20005: unsupported image type")
        assert (stage.arrived(), stage.double.pictures) == (1, [])


@pytest.mark.parametrize("link", [None, "https://example.com/1", "https://example.org.evil.example/1"])
async def test_a_link_beyond_the_safe_domain_is_refused_before_anything_is_sent(
    tmp_path: Path, link: str | None
) -> None:
    async with weibo(tmp_path) as stage:
        with pytest.raises(Refused, match="safe domain"):
            await stage.channel.send(replace(stage.edition, link=link), "key-1")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_whatever_an_article_says_weibo_takes_it_and_nobody_is_called(tmp_path: Path, language: str) -> None:
    kind = KINDS["weibo"]
    hostile = "#话题# @某人 <b>#a# & more 大桥今日恢复通车，市民可以步行过桥。"
    given = replace(article(hostile, body=hostile * 9, language=language), link=LINK)
    facts = kind.facts(kind.settings.model_validate(GIVEN))
    told = TELLER.tell(Story(1, "inbox", 1, given, NOW, NOW), analyse(given), facts)
    async with weibo(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, text=told.text), "key-1")
        assert "@某" not in stage.double.words[0]
        assert stage.double.words[0].endswith(LINK)


async def test_accepted_with_delay_is_a_success_without_a_number(tmp_path: Path) -> None:
    async with weibo(tmp_path) as stage:
        stage.double.answers = 20032
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert (receipt.platform_id, receipt.permalink) == ("key-1", None)
        assert receipt.sent.startswith("accepted, Weibo shows it later")


@pytest.mark.parametrize(
    ("code", "expected", "account", "wait"),
    [
        (20019, Uncertain, False, None),
        (10011, Uncertain, False, None),
        (10023, Unavailable, False, timedelta(minutes=10)),
        (20016, Unavailable, False, timedelta(hours=1)),
        (20012, Refused, False, None),
        (10014, Refused, True, None),
        (21327, Refused, True, None),
    ],
)
async def test_each_code_is_one_of_the_three(
    tmp_path: Path, code: int, expected: type[DeliveryError], account: bool, wait: timedelta | None
) -> None:
    async with weibo(tmp_path) as stage:
        stage.double.answers = code
        with pytest.raises(expected, match=str(code)) as caught:
            await stage.channel.send(stage.edition, "key-1")
        assert getattr(caught.value, "account", False) is account
        assert getattr(caught.value, "retry_after", None) == wait


async def test_a_post_whose_answer_was_lost_is_found_by_its_words(tmp_path: Path) -> None:
    async with weibo(tmp_path) as stage:
        assert isinstance(stage.channel, Weibo)
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key-1")
        with pytest.raises(Uncertain, match="20019"):
            await stage.channel.send(stage.edition, "key-1")
        found = await stage.channel.find(stage.edition, "key-1", POSTED)
        assert found is not None
        assert [found.platform_id] == list(stage.double.posts)


@pytest.mark.parametrize("trouble", ["hidden", "older"])
async def test_what_is_not_shown_proves_nothing(tmp_path: Path, trouble: str) -> None:
    async with weibo(tmp_path) as stage:
        assert isinstance(stage.channel, Weibo)
        await stage.channel.send(stage.edition, "key-1")
        stage.double.shows_posts = trouble != "hidden"
        with pytest.raises(Uncertain, match="not among the last posts"):
            await stage.channel.find(stage.edition, "key-1", POSTED + timedelta(hours=1))


async def test_an_app_without_the_right_to_delete_goes_on_posting(tmp_path: Path) -> None:
    async with weibo(tmp_path) as stage:
        assert isinstance(stage.channel, Weibo)
        receipt = await stage.channel.send(stage.edition, "key-1")
        stage.double.may_delete = False
        with pytest.raises(Refused, match="apply for it") as caught:
            await stage.channel.withdraw(receipt, "key-2")
        assert not caught.value.account


async def test_what_has_no_number_is_deleted_by_hand(tmp_path: Path) -> None:
    async with weibo(tmp_path) as stage:
        assert isinstance(stage.channel, Weibo)
        stage.double.answers = 20032
        receipt = await stage.channel.send(stage.edition, "key-1")
        with pytest.raises(Refused, match="by hand"):
            await stage.channel.withdraw(receipt, "key-2")


@pytest.mark.parametrize(("days", "ok"), [(30, True), (1, False)])
async def test_check_tells_how_long_the_token_holds(tmp_path: Path, days: int, ok: bool) -> None:
    async with weibo(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        stage.double.life = days * 86_400
        [found] = await stage.channel.check()
        assert (found.ok, stage.arrived()) == (ok, 0)
        stage.double.token = "another"
        assert [one.ok for one in await stage.channel.check()] == [False]
