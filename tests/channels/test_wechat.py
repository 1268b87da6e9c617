"""The Official Account: one token, drafts found again, publications under review, mass sends with a key, and limits."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.channels import KINDS
from bot.channels.wechat_draft import article
from bot.channels.wechat_ways import WechatDrafts, WechatMass, WechatPublications
from bot.errors import Refused, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.channel import Checkable
from bot.model.edition import Card, Edition, Markup
from bot.model.story import Block, BlockKind, Picture, Story
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from tests.channels.stages.stage import NOW, opened
from tests.channels.stages.wechat import GIVEN, LINK, TEXT, wechat
from tests.fakes.faults import Fault
from tests.fakes.kinds import ROOT
from tests.fakes.stories import article as told_of

EDITION = Edition(1, 1, "main", "wechat", "zh", "大桥通车", TEXT, Markup.HTML, LINK)
TELLER = Teller(Templates(ROOT / "templates", None), ZoneInfo("Asia/Shanghai"))


class TestDrafts:
    async def test_a_draft_is_complete_and_its_receipt_says_that_a_person_publishes_it(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, author="河湾日报") as stage:
            receipt = await stage.channel.send(stage.edition, "key-1")
            [draft] = stage.double.drafts.values()
            assert (draft["title"], draft["author"], draft["content"]) == ("大桥通车", "河湾日报", stage.edition.text)
            assert draft["digest"] == "大桥通车，桥面今早恢复双向通行。 来源：河湾日报"
            assert draft["content_source_url"].startswith(f"{LINK}#crier-")
            assert stage.double.materials[draft["thumb_media_id"]] == b"\x89PNG"
            assert receipt.sent.startswith("a draft, to be published by hand")

    @pytest.mark.parametrize("link", [LINK, f"{LINK}#/story/1", None])
    async def test_a_repeat_finds_the_draft_whose_answer_was_lost(self, tmp_path: Path, link: str | None) -> None:
        async with wechat(tmp_path) as stage:
            edition = replace(stage.edition, link=link)
            stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
            with pytest.raises(Uncertain):
                await stage.channel.send(edition, "key-1")
            receipt = await stage.channel.send(edition, "key-1")
            assert [receipt.platform_id] == [f"draft/{media}" for media in stage.double.drafts]

    async def test_another_story_of_the_same_headline_is_a_draft_of_its_own(self, tmp_path: Path) -> None:
        async with wechat(tmp_path) as stage:
            await stage.channel.send(stage.edition, "key-1")
            await stage.channel.send(stage.edition, "key-2")
            assert stage.arrived() == 2

    async def test_a_draft_that_a_person_has_published_cannot_be_changed(self, tmp_path: Path) -> None:
        async with wechat(tmp_path) as stage:
            receipt = await stage.channel.send(stage.edition, "key-1")
            stage.double.drafts.clear()
            assert isinstance(stage.channel, WechatDrafts)
            with pytest.raises(Refused, match="by hand"):
                await stage.channel.edit(receipt, stage.edition, "key-2")

    async def test_where_the_card_is_refused_the_newsrooms_cover_takes_its_place(self, tmp_path: Path) -> None:
        async with wechat(tmp_path) as stage:
            stage.double.picture_taken = False
            receipt = await stage.channel.send(stage.edition, "key-1")
            assert "without the picture (40009: invalid image size)" in receipt.sent
            assert stage.arrived() == 1

    async def test_an_article_without_any_cover_is_refused_before_anything_is_made(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, cover=None) as stage:
            with pytest.raises(Refused, match="set `cover`"):
                await stage.channel.send(replace(stage.edition, card=None), "key-1")
            assert stage.arrived() == 0

    async def test_whatever_an_article_says_it_is_taken_as_words(self, tmp_path: Path) -> None:
        kind = KINDS["wechat"]
        facts = kind.facts(kind.settings.model_validate(GIVEN))
        hostile = '<script>alert("x")</script> & \\u4e00 @all "quoted"。' * 9
        given = told_of(hostile, body=hostile)
        told = TELLER.tell(Story(1, "inbox", 1, given, NOW, NOW), analyse(given), facts)
        async with wechat(tmp_path) as stage:
            edition = replace(stage.edition, text=told.text, headline=given.headline)
            await stage.channel.send(edition, "key-1")
            [draft] = stage.double.drafts.values()
            assert "<script" not in draft["content"]
            assert draft["content"] == told.text


class TestPictures:
    """Of the body."""

    @staticmethod
    def shown(folder: Path, *names: str) -> Edition:
        """A story that shows a picture of each name; the file of one that is called "gone" is not there."""
        pictures = []
        for name in names:
            if name != "gone":
                (folder / f"{name}.jpg").write_bytes(b"\xff\xd8" + name.encode())
            address = f"https://example.org/{name}.jpg?a=1&b=2"
            pictures.append(Card(f"{name}.jpg", "image/jpeg", 900, 600, 5, name, address))
        sections = [
            f'<section><img src="{one.source.replace("&", "&amp;")}" alt="{one.alt}"><p>图注 {one.alt}</p></section>'
            for one in pictures
        ]
        return replace(EDITION, text="<p>大桥通车。</p>" + "".join(sections), pictures=tuple(pictures))

    async def test_they_are_shown_from_wechat_and_brought_there_once(self, tmp_path: Path, ledger: Ledger) -> None:
        begun = ledger.begun("main", lambda: NOW)
        async with wechat(tmp_path, begun, show="whole") as stage:
            await stage.channel.send(self.shown(tmp_path, "bridge", "crowd"), "key-1")
            heir = opened(stage.given, tmp_path, begun=begun)
            receipt = await heir.send(self.shown(tmp_path, "crowd", "bridge"), "key-2")
            await heir.close()
            assert list(stage.double.shown.values()) == [b"\xff\xd8bridge", b"\xff\xd8crowd"]
            first, second = stage.shown()
            bridge, crowd = stage.double.shown
            assert first.count("<img") == 2
            assert first.index(bridge) < first.index(crowd)
            assert second.index(crowd) < second.index(bridge)
            assert "without" not in receipt.sent

    async def test_one_that_cannot_be_brought_goes_with_its_caption_and_the_receipt_says_so(
        self, tmp_path: Path
    ) -> None:
        async with wechat(tmp_path, show="whole") as stage:
            edition = self.shown(tmp_path, "bridge", "gone", "heavy")
            (tmp_path / "heavy.jpg").write_bytes(b"GIF89a")
            receipt = await stage.channel.send(edition, "key-1")
            [body] = stage.shown()
            assert ("图注 bridge" in body, "图注 gone" in body, "图注 heavy" in body) == (True, False, False)
            assert "without 2 of 3 pictures of the body (40005: invalid file type)" in receipt.sent

    async def test_one_that_a_template_of_ones_own_shows_from_wechat_stays(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, show="whole") as stage:
            url = "https://mmbiz.qpic.cn/mmbiz_jpg/masthead/0"
            stage.double.shown[url] = b""
            await stage.channel.send(replace(EDITION, text=f'<p><img src="{url}"></p><p>大桥通车。</p>'), "key-1")
            assert url in stage.shown()[0]
            assert "media/uploadimg" not in stage.double.calls


class TestToken:
    async def test_many_sends_at_once_exchange_one_token(self, tmp_path: Path) -> None:
        async with wechat(tmp_path) as stage:
            await asyncio.gather(*(stage.channel.send(stage.edition, f"key-{number}") for number in range(4)))
            assert (stage.double.exchanges, stage.arrived()) == (1, 4)

    async def test_a_token_that_was_voided_is_exchanged_once_and_the_call_repeated_once(self, tmp_path: Path) -> None:
        async with wechat(tmp_path) as stage:
            await stage.channel.send(stage.edition, "key-1")
            stage.double.revoke()
            await stage.channel.send(stage.edition, "key-2")
            assert (stage.double.exchanges, stage.arrived()) == (2, 2)

    @pytest.mark.parametrize(("trouble", "said"), [("secret", "AppSecret"), ("address", "IP list")])
    async def test_what_is_wrong_with_the_account_is_told_with_its_remedy(
        self, tmp_path: Path, trouble: str, said: str
    ) -> None:
        async with wechat(tmp_path) as stage:
            if trouble == "secret":
                stage.double.secret = "another"
            else:
                stage.double.let_in = False
            with pytest.raises(Refused, match=said) as caught:
                await stage.channel.send(stage.edition, "key-1")
            assert caught.value.account


class TestPublications:
    async def test_a_publication_has_its_address(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="free") as stage:
            receipt = await stage.channel.send(stage.edition, "key-1")
            [(number, one)] = stage.double.published.items()
            assert (receipt.platform_id, receipt.permalink) == (f"article/{number}", one["url"])
            assert (stage.double.drafts, stage.arrived()) == ({}, 1)

    async def test_while_it_is_under_review_it_is_asked_for_and_not_submitted_again(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="free") as stage:
            stage.double.reviews.extend([1, 1])
            for _ in range(2):
                with pytest.raises(Unavailable, match="under review") as caught:
                    await stage.channel.send(stage.edition, "key-1")
                assert (caught.value.retry_after, caught.value.accepted) == (timedelta(seconds=20), True)
            assert (await stage.channel.send(stage.edition, "key-1")).permalink
            assert stage.double.calls.count("freepublish/submit") == 1

    async def test_what_the_review_does_not_pass_is_refused_and_an_editor_may_try_again(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="free") as stage:
            stage.double.reviews.append(4)
            with pytest.raises(Refused, match="review did not pass") as caught:
                await stage.channel.send(stage.edition, "key-1")
            assert not caught.value.account
            assert (await stage.channel.send(stage.edition, "key-1")).permalink
            assert stage.double.calls.count("draft/add") == 1

    async def test_after_a_lost_answer_no_repeat_submits_and_looking_settles_it(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="free") as stage:
            assert isinstance(stage.channel, WechatPublications)
            stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
            with pytest.raises(Uncertain):
                await stage.channel.send(stage.edition, "key-1")
            with pytest.raises(Uncertain, match="under review"):
                await stage.channel.find(stage.edition, "key-1", NOW)
            with pytest.raises(Uncertain, match="lies there"):
                await stage.channel.send(stage.edition, "key-1")
            number = stage.double.finish(next(iter(stage.double.tasks)))
            found = await stage.channel.find(stage.edition, "key-1", NOW)
            assert found is not None
            assert found.platform_id == f"article/{number}"
            assert stage.double.calls.count("freepublish/submit") == 1

    async def test_another_worker_asks_what_became_of_the_task_and_submits_nothing(
        self, tmp_path: Path, ledger: Ledger
    ) -> None:
        begun = ledger.begun("main", lambda: NOW)
        async with wechat(tmp_path, begun, publish="free") as stage:
            stage.double.reviews.extend([1, 1])
            with pytest.raises(Unavailable):
                await stage.channel.send(stage.edition, "key-1")
            heir = opened(stage.given, tmp_path, begun=begun)
            assert isinstance(heir, WechatPublications)
            with pytest.raises(Unavailable, match="under review"):
                await heir.send(stage.edition, "key-1")
            found = await heir.find(stage.edition, "key-1", NOW)
            assert found is not None
            assert [found.platform_id] == [f"article/{number}" for number in stage.double.published]
            assert (stage.double.calls.count("freepublish/submit"), await begun.get("key-1")) == (1, None)
            await heir.close()

    async def test_a_worker_that_dies_before_it_submits_leaves_a_draft_that_is_submitted_once(
        self, tmp_path: Path, ledger: Ledger
    ) -> None:
        begun = ledger.begun("main", lambda: NOW)
        async with wechat(tmp_path, begun, publish="free") as stage:
            stage.faults.waiting.append(Fault.UNAVAILABLE)
            with pytest.raises(Unavailable):
                await stage.channel.send(stage.edition, "key-1")
            heir = opened(stage.given, tmp_path, begun=begun)
            assert isinstance(heir, WechatPublications)
            assert await heir.find(stage.edition, "key-1", NOW) is None
            assert (await heir.send(stage.edition, "key-1")).permalink
            assert (stage.double.calls.count("draft/add"), stage.arrived()) == (1, 1)
            await heir.close()

    async def test_where_nothing_was_kept_a_publication_is_found_and_no_second_is_made(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="free") as stage:
            stage.double.reviews.append(1)
            with pytest.raises(Unavailable):
                await stage.channel.send(stage.edition, "key-1")
            again = opened(stage.given, tmp_path)
            with pytest.raises(Uncertain, match="perhaps under review"):
                await again.send(stage.edition, "key-1")
            number = stage.double.finish(next(iter(stage.double.tasks)))
            assert (await again.send(stage.edition, "key-1")).platform_id == f"article/{number}"
            assert stage.double.calls.count("freepublish/submit") == 1
            await again.close()

    async def test_a_publication_is_deleted_once(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="free") as stage:
            assert isinstance(stage.channel, WechatPublications)
            receipt = await stage.channel.send(stage.edition, "key-1")
            await stage.channel.withdraw(receipt, "key-2")
            assert (stage.arrived(), (await stage.channel.withdraw(receipt, "key-2")).sent) == (0, "it was gone")

    async def test_check_tells_an_account_that_is_not_verified(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="free") as stage:
            assert isinstance(stage.channel, Checkable)
            assert [one.ok for one in await stage.channel.check()] == [True, True]
            stage.double.verified = False
            assert [one.ok for one in await stage.channel.check()] == [True, False]
            assert "publish: draft" in (await stage.channel.check())[1].detail
            stage.double.let_in = False
            assert [one.ok for one in await stage.channel.check()] == [False]
            assert stage.arrived() == 0


class TestMass:
    async def test_followers_get_it_once_though_the_first_answer_was_lost(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="mass", tag=7) as stage:
            stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
            with pytest.raises(Uncertain):
                await stage.channel.send(stage.edition, "key-1")
            receipt = await stage.channel.send(stage.edition, "key-1")
            [(number, one)] = stage.double.massed.items()
            assert (receipt.platform_id, one["to"]) == (f"mass/{number}", {"is_to_all": False, "tag_id": 7})
            assert stage.double.drafts == {}

    @pytest.mark.parametrize(("status", "expected"), [("SENDING", Unavailable), ("SEND_FAIL", Refused)])
    async def test_what_became_of_it_is_told(self, tmp_path: Path, status: str, expected: type[Exception]) -> None:
        async with wechat(tmp_path, publish="mass") as stage:
            stage.double.mass_status = status
            with pytest.raises(expected) as caught:
                await stage.channel.send(stage.edition, "key-1")
            assert getattr(caught.value, "accepted", False) is (status == "SENDING")

    async def test_it_is_deleted(self, tmp_path: Path) -> None:
        async with wechat(tmp_path, publish="mass") as stage:
            assert isinstance(stage.channel, WechatMass)
            await stage.channel.withdraw(await stage.channel.send(stage.edition, "key-1"), "key-2")
            assert stage.arrived() == 0


@pytest.mark.parametrize(("times", "whole"), [(9, True), (900, False)])
def test_the_whole_article_is_shown_unless_the_platform_would_not_take_it(times: int, whole: bool) -> None:
    kind = KINDS["wechat"]
    facts = kind.facts(kind.settings.model_validate({**GIVEN, "show": "whole"}))
    blocks = (
        Block(BlockKind.HEADING, "通车<之后>", level=2),
        Block(BlockKind.PICTURE, picture=Picture("https://example.org/b.jpg?a=1&b=2", "大桥", "大桥今晨")),
        *[Block(BlockKind.PARAGRAPH, f"第{number}位市民今早步行走过了大桥。") for number in range(times)],
        Block(BlockKind.LIST, items=("步行", "骑行")),
        Block(BlockKind.TABLE, rows=(("桥", "长"), ("河湾大桥", "900米"))),
    )
    given = replace(told_of(), blocks=blocks)
    text = TELLER.tell(Story(1, "inbox", 1, given, NOW, NOW), analyse(given), facts).text
    assert (f"<p>第{times - 1}位市民今早步行走过了大桥。</p>" in text) is whole
    assert ("<h2>通车&lt;之后&gt;</h2>" in text, "<li>骑行</li>" in text, "<td>900米</td>" in text) == (whole,) * 3
    assert ('<img src="https://example.org/b.jpg?a=1&amp;b=2" alt="大桥">' in text, "大桥今晨" in text) == (
        whole,
        whole,
    )
    assert len(text) < 20_000
    assert text.count("来源：河湾日报") == 1


@pytest.mark.parametrize("headline", ["河湾市第二座跨江大桥今日正式通车，" * 3, "A bridge across the river opens " * 3])
def test_title_and_digest_keep_to_the_platforms_characters(headline: str) -> None:
    made = article(replace(EDITION, headline=headline, text=f"<p>{headline * 9}</p>"), "key")
    assert 20 <= len(made.title) <= 32
    assert 100 <= len(made.digest) <= 128


def test_an_address_that_is_too_long_is_left_out() -> None:
    assert article(replace(EDITION, link=f"https://example.org/{'a' * 1024}"), "key").source == ""
