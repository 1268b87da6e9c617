"""Bluesky: a repeat is never a second post, places in the text lead where they should, a session lasts."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bot.channels import KINDS
from bot.channels.atproto import tid
from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Findable, LinkStyle, Pinnable, Threadable, Withdrawable
from tests.channels.stages.bluesky import TEXT, bluesky
from tests.channels.stages.stage import CARD, NOW, opened
from tests.channels.stages.telling import LONG, told
from tests.fakes.bluesky import DID, HANDLE, POST
from tests.fakes.faults import Fault
from tests.fakes.serve import serve

GIVEN = {"kind": "bluesky", "handle": HANDLE, "password": "env:CRIER_TEST_BLUESKY"}


async def test_the_articles_card_stands_below_the_words(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        card = replace(CARD, alt="大桥通车。桥面今早恢复通行。河湾日报。")
        receipt = await stage.channel.send(replace(stage.edition, card=card), "key")
        [(rkey, record)] = stage.double.records.items()
        external = record["embed"]["external"]
        assert (external["uri"], external["title"]) == ("https://example.org/1", "大桥通车")
        assert (external["description"], external["thumb"]["size"]) == ("桥面今早恢复通行。河湾日报。", 4)
        assert (record["langs"], receipt.at, receipt.sent) == (["zh"], NOW, TEXT)
        assert receipt.platform_id == f"at://{DID}/{POST}/{rkey}"
        assert receipt.permalink == f"https://bsky.app/profile/{DID}/post/{rkey}"


async def test_as_a_photo_the_picture_stands_alone_and_says_what_it_shows(tmp_path: Path) -> None:
    async with bluesky(tmp_path, form="photo") as stage:
        await stage.channel.send(stage.edition, "key")
        [image] = stage.double.records[tid("key")]["embed"]["images"]
        assert (image["alt"], image["aspectRatio"]) == ("大桥通车", {"width": 1200, "height": 630})


async def test_places_in_the_text_are_counted_in_bytes_and_lead_where_they_say(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, text="河湾 [全文](https://example.org/1) #交通"), "key")
        record = stage.double.records[tid("key")]
        raw = record["text"].encode()
        places = [
            (raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(), one["features"][0].get("uri"))
            for one in record["facets"]
        ]
        assert (record["text"], places) == ("河湾 全文 #交通", [("全文", "https://example.org/1"), ("#交通", None)])


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_CLOSE, Fault.ACCEPT_THEN_NONSENSE])
async def test_a_repeat_with_the_same_key_is_the_same_post_of_the_same_time(tmp_path: Path, fault: Fault) -> None:
    async with bluesky(tmp_path) as stage:
        stage.faults.waiting.append(fault)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        stage.double.records[tid("key")]["createdAt"] = "2026-11-24T08:00:00.000Z"  # the first try was earlier
        receipt = await stage.channel.send(stage.edition, "key")
        assert stage.arrived() == 1
        assert receipt.at.isoformat() == "2026-11-24T08:00:00+00:00"


async def test_looking_tells_whether_it_is_out(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        assert isinstance(stage.channel, Findable)
        assert await stage.channel.find(stage.edition, "key", NOW) is None
        receipt = await stage.channel.send(stage.edition, "key")
        assert await stage.channel.find(stage.edition, "key", NOW) == receipt


def test_record_keys_are_valid_lasting_and_differ() -> None:
    keys = {tid(f"key-{number}") for number in range(1000)}
    assert len(keys) == 1000
    assert all(len(key) == 13 and key[0] == "3" and set(key) <= set("234567abcdefghijklmnopqrstuvwxyz") for key in keys)
    assert tid("key") == "3lbldbj4cglrt"


async def test_a_session_is_opened_once_and_renewed_when_it_has_expired(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        for number in range(3):
            await stage.channel.send(stage.edition, f"key-{number}")
            stage.double.expire()
        assert (stage.arrived(), stage.double.opened, stage.double.renewed) == (3, 1, 2)


async def test_where_a_session_cannot_be_renewed_another_is_opened(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key-1")
        stage.double._tokens.clear()
        await stage.channel.send(stage.edition, "key-2")
        assert (stage.arrived(), stage.double.opened) == (2, 2)


@pytest.mark.parametrize(("trouble", "said"), [("revoked", "Invalid identifier"), ("closed", "AccountDeactivated")])
async def test_what_is_wrong_with_the_account_is_told_apart(tmp_path: Path, trouble: str, said: str) -> None:
    async with bluesky(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key-1")
        if trouble == "revoked":
            stage.double.revoke()
        else:
            stage.double.active = False
        with pytest.raises(Refused, match=said) as caught:
            await stage.channel.send(stage.edition, "key-2")
        assert (caught.value.account, stage.arrived()) == (True, 1)


async def test_an_address_without_the_protocol_is_told(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        edition = stage.edition
    async with serve(Starlette()) as base:
        channel = opened({**GIVEN, "server": base}, tmp_path)
        with pytest.raises(Refused, match="correct server") as caught:
            await channel.send(edition, "key")
        assert caught.value.account
        await channel.close()


@pytest.mark.parametrize(
    ("picture", "why"), [(b"GIF89a", "HTTP 400: InvalidRequest no picture"), (None, "its file is")]
)
async def test_where_the_picture_is_refused_the_words_go_alone_and_the_receipt_says_so(
    tmp_path: Path, picture: bytes | None, why: str
) -> None:
    async with bluesky(tmp_path) as stage:
        (tmp_path / "card.png").unlink()
        if picture:
            (tmp_path / "card.png").write_bytes(picture)
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith(f"without the picture ({why}")
        assert "thumb" not in stage.double.records[tid("key")]["embed"]["external"]


async def test_a_picture_that_has_gone_meanwhile_is_brought_again(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        stage.double.keeps_blobs = False
        with pytest.raises(Unavailable, match="picture"):
            await stage.channel.send(stage.edition, "key")
        stage.double.keeps_blobs = True
        await stage.channel.send(stage.edition, "key")
        assert stage.double.asked.count("repo.uploadBlob") == 2


async def test_a_post_of_a_thread_names_the_one_before_and_the_first(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        assert isinstance(stage.channel, Threadable)
        first = await stage.channel.send(stage.edition, "key")
        second = await stage.channel.reply(first, replace(stage.edition, text="2/3", card=None), "key-1")
        await stage.channel.reply(second, replace(stage.edition, text="3/3", card=None), "key-2")
        reply = stage.double.records[tid("key-2")]["reply"]
        assert (reply["root"]["uri"], reply["parent"]["uri"]) == (first.platform_id, second.platform_id)
        assert "embed" not in stage.double.records[tid("key-1")]


async def test_an_answer_to_what_is_gone_stands_by_itself(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        assert isinstance(stage.channel, Threadable)
        first = await stage.channel.send(stage.edition, "key")
        stage.double.records.clear()
        await stage.channel.reply(first, replace(stage.edition, text="2/2", card=None), "key-1")
        assert "reply" not in stage.double.records[tid("key-1")]


async def test_a_post_is_withdrawn_and_its_absence_is_no_error(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key")
        for _ in range(2):
            await stage.channel.withdraw(receipt, "key-2")
        assert stage.arrived() == 0
        assert not isinstance(stage.channel, Editable)


async def test_a_text_that_is_too_long_is_refused_as_this_post(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        with pytest.raises(Refused, match="too long") as caught:
            await stage.channel.send(replace(stage.edition, text="河" * 301), "key")
        assert not caught.value.account


@pytest.mark.parametrize("form", ["link", "photo"])
@pytest.mark.parametrize("said", ["", " @alice.bsky.social", "[x](https://evil.example)", "\\[", " #" + "标" * 40])
async def test_whatever_an_article_says_the_server_takes_it_and_nobody_is_called(
    tmp_path: Path, form: str, said: str
) -> None:
    async with bluesky(tmp_path, form=form) as stage:
        await stage.channel.send(told({**GIVEN, "form": form}, said, LONG if not said else ""), "key")
        leads = [one["features"][0] for one in stage.double.records[tid("key")]["facets"]]
        addresses = {one["uri"] for one in leads if "uri" in one}
        assert ("https://example.org/1" in addresses) is (form == "photo")
        assert stage.arrived() == 1


@pytest.mark.parametrize("form", ["link", "photo"])
async def test_a_long_story_goes_out_as_a_thread_of_posts_that_fit(tmp_path: Path, form: str) -> None:
    async with bluesky(tmp_path, form=form, long="thread") as stage:
        story = told({**GIVEN, "form": form, "long": "thread"}, body=LONG)
        assert isinstance(stage.channel, Threadable)
        above = await stage.channel.send(story.post(0), "key")
        for number in range(1, len(story.more) + 1):
            above = await stage.channel.reply(above, story.post(number), f"key-{number}")
        assert [text.splitlines()[0] for text in stage.shown()[1:]] == [
            f"{number}/{len(story.more) + 1}" for number in range(2, len(story.more) + 2)
        ]
        assert len(story.more) > 1


def test_the_facts_say_where_the_link_stands() -> None:
    kind = KINDS["bluesky"]
    both = [kind.facts(kind.settings.model_validate({**GIVEN, "form": form})) for form in ("link", "photo")]
    assert [one.link for one in both] == [LinkStyle.APART, LinkStyle.NAMED]


async def test_a_pin_leaves_the_rest_of_the_profile_and_another_post_on_top_alone(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        assert isinstance(stage.channel, Pinnable)
        first, second = [await stage.channel.send(stage.edition, key) for key in ("one", "two")]
        await stage.channel.pin(first)
        await stage.channel.pin(second)
        await stage.channel.unpin(first)
        assert (stage.double.top, stage.double.profile["displayName"]) == ([second.platform_id], "河湾日报")
        stage.double.profile = None
        await stage.channel.pin(first)
        assert stage.double.top == [first.platform_id]


async def test_check_says_who_we_are_and_whether_we_may_post(tmp_path: Path) -> None:
    async with bluesky(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [one.detail for one in await stage.channel.check()] == [f"@{HANDLE} ({DID})", "may post"]
        stage.double.active = False
        assert (await stage.channel.check())[-1].detail == "the account is deactivated"
        stage.double.revoke()
        assert [(one.subject, one.ok) for one in await stage.channel.check()] == [("account", False)]
