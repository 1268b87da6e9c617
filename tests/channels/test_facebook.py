"""Facebook: photos with alt text, words that are changed and deleted, equal words, and each of its codes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Findable, Withdrawable
from tests.channels.stages.facebook import GIVEN, LINK, TEXT, facebook
from tests.channels.stages.stage import NOW
from tests.channels.stages.telling import LONG, told
from tests.fakes.facebook import Post
from tests.fakes.faults import Fault
from tests.fakes.graph import Wrong

HOSTILE = " @[4100] @everyone \u202e</b> [x](https://example.org)"
_EARLIER = NOW - timedelta(minutes=10)


async def test_the_card_is_a_photo_with_alt_text_and_the_answer_brings_the_permalink(tmp_path: Path) -> None:
    async with facebook(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [post] = stage.double.posted
        assert (post.message, post.alt, stage.double.photos) == (TEXT, "大桥通车", {})
        assert receipt.permalink == f"https://www.facebook.com/4100/posts/{post.id.partition('_')[2]}"
        assert (receipt.platform_id, receipt.at, receipt.sent) == (post.id, NOW, TEXT)


async def test_without_a_card_the_link_shows_its_preview(tmp_path: Path) -> None:
    async with facebook(tmp_path, card=False) as stage:
        await stage.channel.send(stage.edition, "key")
        assert (stage.double.posted[0].fields["link"], stage.double.posted[0].alt) == (LINK, None)
        assert stage.channel.facts.preview


@pytest.mark.parametrize(("said", "body"), [("", ""), (HOSTILE, ""), ("", LONG)])
async def test_whatever_an_article_says_the_page_takes_it_and_calls_nobody(
    tmp_path: Path, said: str, body: str
) -> None:
    async with facebook(tmp_path) as stage:
        await stage.channel.send(told(GIVEN, said, body), "key")
        assert (stage.arrived(), stage.double.called) == (1, [])


@pytest.mark.parametrize("trouble", ["its file is gone", "invalid image"])
async def test_words_go_alone_where_the_photo_cannot(tmp_path: Path, trouble: str) -> None:
    async with facebook(tmp_path) as stage:
        if trouble == "its file is gone":
            (tmp_path / "card.png").unlink()
        else:
            stage.double.refuses_pictures = Wrong(324, "Missing or invalid image file")
        receipt = await stage.channel.send(stage.edition, "key")
        assert (stage.double.posted[0].alt, stage.double.posted[0].fields["link"]) == (None, LINK)
        assert receipt.sent.startswith("without the picture (")
        assert trouble in receipt.sent


async def test_a_photo_that_waits_for_its_post_is_not_uploaded_again(tmp_path: Path) -> None:
    async with facebook(tmp_path) as stage:
        stage.faults.waiting.append(Fault.THROTTLE)
        with pytest.raises(Unavailable):
            await stage.channel.send(stage.edition, "key")
        await stage.channel.send(stage.edition, "key")
        assert stage.double.asked.count("POST /v25.0/4100/photos") == 1


async def test_words_that_are_out_already_bring_the_receipt_of_their_post(tmp_path: Path) -> None:
    async with facebook(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        receipt = await stage.channel.send(stage.edition, "key")
        assert (stage.arrived(), receipt.platform_id) == (1, stage.double.posted[0].id)
        stage.double.lists = False
        with pytest.raises(Refused, match="506"):
            await stage.channel.send(stage.edition, "key-2")


async def test_a_lost_answer_is_settled_by_the_pages_own_posts(tmp_path: Path) -> None:
    async with facebook(tmp_path) as stage:
        post = Post("4100_7", TEXT.replace("\n\n", "\n"), _EARLIER, {})
        stage.double.posted = [post, *(Post(f"4100_1{number}", f"公交 {number}", NOW, {}) for number in range(150))]
        assert isinstance(stage.channel, Findable)
        found = await stage.channel.find(stage.edition, "key", _EARLIER)
        assert found is not None
        assert (found.platform_id, found.at) == ("4100_7", _EARLIER)
        stage.double.posted.remove(post)
        with pytest.raises(Uncertain, match="may be listed late"):
            await stage.channel.find(stage.edition, "key", _EARLIER)


async def test_an_edit_changes_the_words_and_a_repeat_of_it_is_only_later(tmp_path: Path) -> None:
    async with facebook(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        receipt = await stage.channel.send(stage.edition, "key")
        stage.faults.waiting.append(Fault.ACCEPT_THEN_500)
        with pytest.raises(Unavailable):
            await stage.channel.edit(receipt, replace(stage.edition, text="改"), "key-2")
        again = await stage.channel.edit(receipt, replace(stage.edition, text="改"), "key-2")
        assert again == replace(receipt, sent="改")
        assert list(stage.shown()) == ["改"]


async def test_an_edit_of_what_is_gone_is_refused_and_its_deletion_a_success(tmp_path: Path) -> None:
    async with facebook(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key")
        assert (await stage.channel.withdraw(receipt, "key-2")).sent == "deleted"
        assert stage.arrived() == 0
        assert (await stage.channel.withdraw(receipt, "key-3")).sent.startswith("it was gone")
        with pytest.raises(Refused, match="does not exist"):
            await stage.channel.edit(receipt, stage.edition, "key-4")


@pytest.mark.parametrize(
    ("wrong", "expected", "account"),
    [
        (Wrong(190, "Error validating access token: the session was invalidated", 460), Refused, True),
        (Wrong(200, "(#200) The permission(s) pages_manage_posts are not available", status=403), Refused, True),
        (Wrong(10, "Application does not have permission for this action"), Refused, True),
        (Wrong(368, "The action attempted has been deemed abusive or is otherwise disallowed"), Refused, True),
        (Wrong(100, "Unsupported post request. Object with ID '4100' does not exist", 33), Refused, True),
        (Wrong(1609005, "Error posting link: Unable to fetch the data from the link"), Refused, False),
        (Wrong(4, "Application request limit reached", status=403), Unavailable, False),
        (Wrong(613, "Calls to this api have exceeded the rate limit"), Unavailable, False),
        (Wrong(80001, "There have been too many calls to this Page account"), Unavailable, False),
        (Wrong(1, "An unknown error occurred", status=500), Uncertain, False),
        (Wrong(2, "Service temporarily unavailable", status=503), Unavailable, False),
    ],
)
async def test_each_code_is_one_of_the_three(
    tmp_path: Path, wrong: Wrong, expected: type[Exception], account: bool
) -> None:
    async with facebook(tmp_path) as stage:
        stage.double.refuses = wrong
        with pytest.raises(expected) as caught:
            await stage.channel.send(stage.edition, "key")
        assert getattr(caught.value, "account", False) is account
        assert str(wrong.code) in str(caught.value)


async def test_a_broken_answer_leaves_doubt(tmp_path: Path) -> None:
    async with facebook(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")


async def test_check_says_whose_token_it_is_what_it_may_do_and_when_it_dies(tmp_path: Path) -> None:
    async with facebook(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [found.ok for found in await stage.channel.check()] == [True, True, True]
        stage.double.scopes.remove("pages_manage_posts")
        stage.double.expires_at = int(datetime(2027, 1, 20, 8, 0, tzinfo=UTC).timestamp())
        stage.double.me = "77"
        found = await stage.channel.check()
        assert [one.ok for one in found] == [False, False, True]
        assert "take the token of the Page itself" in found[0].detail
        assert (found[1].detail, found[2].detail) == ("grant pages_manage_posts", "until 2027-01-20 08:00 UTC")
        stage.double.token = "another"
        assert [one.ok for one in await stage.channel.check()] == [False]
