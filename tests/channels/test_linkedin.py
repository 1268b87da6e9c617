"""LinkedIn: little text, images with alt text, cards that lead to the article, duplicates, and each of its refusals."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.little import bare, little
from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Findable, Withdrawable
from tests.channels.stages.linkedin import GIVEN, LINK, TEXT, linkedin
from tests.channels.stages.stage import NOW
from tests.channels.stages.telling import LONG, told
from tests.fakes.faults import Fault
from tests.fakes.linkedin import Post, Wrong, read

HOSTILE = " @[Eddy](urn:li:person:1) {hashtag|#|x} #not_a_tag \u202e<b>*x*</b> ~ \\ | https://example.org/a_b"
_EARLIER = NOW - timedelta(minutes=10)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("来源：河湾日报", "来源：河湾日报"),
        ("a_b (c) ~", r"a\_b \(c\) \~"),
        ("#交通 #bus", "#交通 #bus"),
        ("a#b #x_y ＃z", r"a\#b \#x\_y \＃z"),
        ("@[Eddy](urn:li:person:1)", r"\@\[Eddy\]\(urn:li:person:1\)"),
        ("{hashtag|#|x}", r"\{hashtag\|\#\|x\}"),
        ("https://example.org/a_b#c，好", r"https://example.org/a\_b\#c，好"),
    ],
)
def test_reserved_signs_get_a_backslash_and_only_tags_stay_tags(text: str, written: str) -> None:
    assert little(text, 3000) == written
    assert read(written) == text


def test_a_tag_that_comes_back_as_a_template_is_the_tag_that_was_written() -> None:
    assert bare("{hashtag|#|交通} 大桥") == bare("{hashtag|\\#|交通}大桥") == bare("#交通 大桥")


def test_where_backslashes_would_be_too_many_the_signs_sisters_take_their_place() -> None:
    assert little("(#_" * 1000, 3000) == "（♯＿" * 1000


async def test_the_card_is_an_image_with_alt_text(tmp_path: Path) -> None:
    async with linkedin(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [post] = stage.double.posted
        [(image, content)] = stage.double.images.items()
        assert (post.body["content"], content) == ({"media": {"id": image, "altText": "大桥通车"}}, b"\x89PNG")
        assert list(stage.shown()) == [TEXT]
        assert (receipt.platform_id, receipt.sent) == (post.id, TEXT)
        assert receipt.permalink == f"https://www.linkedin.com/feed/update/{post.id}"


async def test_without_a_card_a_card_of_linkedins_leads_to_the_article(tmp_path: Path) -> None:
    async with linkedin(tmp_path, card=False) as stage:
        await stage.channel.send(stage.edition, "key")
        assert stage.double.posted[0].body["content"] == {"article": {"source": LINK, "title": "大桥通车"}}
        await stage.channel.send(replace(stage.edition, text="无链接", link=None), "key-2")
        assert "content" not in stage.double.posted[1].body


@pytest.mark.parametrize(("said", "body"), [("", ""), (HOSTILE, ""), ("", LONG)])
async def test_whatever_an_article_says_is_read_to_its_end(tmp_path: Path, said: str, body: str) -> None:
    async with linkedin(tmp_path) as stage:
        edition = told(GIVEN, said, body)
        await stage.channel.send(edition, "key")
        assert list(stage.shown()) == [edition.text]


@pytest.mark.parametrize("trouble", ["its file is gone", "not supported", "the image would go to evil.example.org"])
async def test_words_go_alone_where_the_image_cannot(tmp_path: Path, trouble: str) -> None:
    async with linkedin(tmp_path) as stage:
        match trouble:
            case "its file is gone":
                (tmp_path / "card.png").unlink()
            case "not supported":
                stage.double.refuses_pictures = Wrong(400, "Owner entity type is not supported")
            case _:
                stage.double.upload_host = "https://evil.example.org/"
        receipt = await stage.channel.send(stage.edition, "key")
        assert "article" in stage.double.posted[0].body["content"]
        assert receipt.sent.startswith("without the picture (")
        assert trouble in receipt.sent


async def test_words_that_are_out_already_bring_the_receipt_of_their_post(tmp_path: Path) -> None:
    async with linkedin(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        receipt = await stage.channel.send(stage.edition, "key")
        assert (stage.arrived(), receipt.platform_id) == (1, stage.double.posted[0].id)
        assert (receipt.at, len(stage.double.images)) == (NOW, 1)


async def test_a_duplicate_of_a_post_that_is_no_more_is_refused(tmp_path: Path) -> None:
    async with linkedin(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key")
        stage.double.ghosts = False
        with pytest.raises(Refused, match="duplicate of urn:li:share:999") as caught:
            await stage.channel.send(stage.edition, "key-2")
        assert not caught.value.account


async def test_a_lost_answer_is_settled_by_the_pages_own_posts(tmp_path: Path) -> None:
    async with linkedin(tmp_path) as stage:
        post = Post("urn:li:share:7", little(TEXT, 3000), _EARLIER, {})
        others = [Post(f"urn:li:share:1{number}", f"公交 {number}", NOW, {}) for number in range(150)]
        stage.double.posted = [post, *others]
        assert isinstance(stage.channel, Findable)
        found = await stage.channel.find(stage.edition, "key", _EARLIER)
        assert found is not None
        assert (found.platform_id, found.at) == ("urn:li:share:7", _EARLIER)
        with pytest.raises(Uncertain, match="may be listed late"):
            await stage.channel.find(stage.edition, "key", NOW)


async def test_an_edit_changes_the_words_and_a_repeat_of_it_is_only_later(tmp_path: Path) -> None:
    async with linkedin(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        receipt = await stage.channel.send(stage.edition, "key")
        stage.faults.waiting.append(Fault.ACCEPT_THEN_500)
        with pytest.raises(Unavailable):
            await stage.channel.edit(receipt, replace(stage.edition, text="改 (2)"), "key-2")
        assert await stage.channel.edit(receipt, replace(stage.edition, text="改 (2)"), "key-2") == replace(
            receipt, sent="改 (2)"
        )
        assert list(stage.shown()) == ["改 (2)"]


async def test_a_withdrawn_post_that_is_gone_is_a_success_and_cannot_be_edited(tmp_path: Path) -> None:
    async with linkedin(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key")
        for _ in range(2):
            assert (await stage.channel.withdraw(receipt, "key-2")).sent == "deleted"
        assert stage.arrived() == 0
        with pytest.raises(Refused, match="404"):
            await stage.channel.edit(receipt, stage.edition, "key-3")


@pytest.mark.parametrize(
    ("wrong", "expected", "account"),
    [
        (Wrong(401, "The token used in the request has expired", "EXPIRED_ACCESS_TOKEN"), Refused, True),
        (
            Wrong(403, "Not enough permissions to access: partnerApiPostsExternal.CREATE", "ACCESS_DENIED"),
            Refused,
            True,
        ),
        (Wrong(422, "ERROR :: /commentary :: is wrong"), Refused, False),
        (Wrong(429, "Resource level throttle limit for calls to this resource is reached."), Unavailable, False),
        (Wrong(500, "Internal Server Error"), Uncertain, False),
        (Wrong(503, "Service Unavailable"), Unavailable, False),
    ],
)
async def test_each_status_is_one_of_the_three(
    tmp_path: Path, wrong: Wrong, expected: type[Exception], account: bool
) -> None:
    async with linkedin(tmp_path) as stage:
        stage.double.refuses = wrong
        with pytest.raises(expected, match=str(wrong.status)) as caught:
            await stage.channel.send(stage.edition, "key")
        assert getattr(caught.value, "account", False) is account


async def test_a_version_that_is_no_more_is_the_accounts_trouble(tmp_path: Path) -> None:
    async with linkedin(tmp_path, version="202401") as stage:
        with pytest.raises(Refused, match="426") as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account


@pytest.mark.parametrize(
    ("trouble", "said"), [(None, "can be read"), ("token", "make a new token"), ("version", "write a newer version")]
)
async def test_check_reads_the_page_and_says_what_is_wrong(tmp_path: Path, trouble: str | None, said: str) -> None:
    async with linkedin(tmp_path) as stage:
        if trouble:
            setattr(stage.double, trouble, "another")
        assert isinstance(stage.channel, Checkable)
        [found] = await stage.channel.check()
        assert (found.ok, said in found.detail) == (trouble is None, True)
        assert stage.double.posted == []
