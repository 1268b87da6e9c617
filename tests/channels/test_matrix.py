"""Matrix: captions, threads, edits that leave no words behind, lost answers, rooms that are not for us."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Findable, Pinnable, Threadable, Withdrawable
from tests.channels.stages.matrix import matrix
from tests.channels.stages.stage import CARD, NOW, opened
from tests.channels.stages.table import PLAYS
from tests.channels.told import HOSTILE, LONG, told
from tests.fakes.faults import Fault
from tests.fakes.matrix import ME, SECRET_ROOM


async def test_the_card_goes_as_a_picture_with_the_words_as_its_caption(tmp_path: Path) -> None:
    async with matrix(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [event] = stage.double.events
        assert event.content == {
            "msgtype": "m.image",
            "body": "大桥通车\n\n阅读全文\nhttps://example.org/1",
            "format": "org.matrix.custom.html",
            "formatted_body": '<p><b>大桥通车</b></p><p><a href="https://example.org/1">阅读全文</a></p>',
            "m.mentions": {},
            "filename": "card.png",
            "url": "mxc://riverbend.example/0",
            "info": {"mimetype": "image/png", "size": 4, "w": 1200, "h": 630},
            "crier.delivery": "key",
        }
        assert stage.double.uploads == {"mxc://riverbend.example/0": b"\x89PNG"}
        assert receipt.platform_id == event.id
        room = "%21news%3Ariverbend.example"
        assert receipt.permalink == f"https://matrix.to/#/{room}/%24event000?via=riverbend.example"


@pytest.mark.parametrize("trouble", ["too large", "file is gone"])
async def test_a_card_that_is_refused_does_not_keep_the_words_back(tmp_path: Path, trouble: str) -> None:
    async with matrix(tmp_path) as stage:
        if trouble == "too large":
            stage.double.largest = 3
        else:
            (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(stage.edition, "key")
        assert stage.double.events[0].content["msgtype"] == "m.text"
        assert receipt.sent.startswith("without the picture (")
        assert trouble in receipt.sent
        assert isinstance(stage.channel, Editable)
        again = await stage.channel.edit(receipt, replace(stage.edition, text="<p>改</p>"), "key-2")
        assert (stage.shown(), again.sent) == (["<p>改</p>"], "without the picture (as before): <p>改</p>")


async def test_a_repeat_is_the_same_event(tmp_path: Path) -> None:
    async with matrix(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        assert (await stage.channel.send(stage.edition, "key")).platform_id == "$event000"
        assert stage.arrived() == 1


async def test_an_edit_of_an_edit_replaces_the_first_event(tmp_path: Path) -> None:
    async with matrix(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        receipt = await stage.channel.send(stage.edition, "key")
        (tmp_path / "new.png").write_bytes(b"\x89PNG new")
        corrected = replace(stage.edition, text="<p>改</p>", card=replace(CARD, file="new.png"))
        again = await stage.channel.edit(receipt, corrected, "key-2")
        last = await stage.channel.edit(again, replace(corrected, text="<p>再改</p>"), "key-3")
        assert stage.shown() == ["<p>再改</p>"]
        assert [one.content["m.relates_to"]["event_id"] for one in stage.double.events[1:]] == ["$event000"] * 2
        assert last.platform_id == receipt.platform_id
        newest = stage.double.events[-1].content
        assert stage.double.uploads[newest["m.new_content"]["url"]] == b"\x89PNG new"
        assert newest["body"] == "* 大桥通车"


async def test_a_withdrawal_takes_the_words_of_every_edit_too(tmp_path: Path) -> None:
    async with matrix(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key")
        await stage.channel.edit(receipt, stage.edition, "key-2")
        await stage.channel.withdraw(receipt, "key-3")
        assert [event.content for event in stage.double.events] == [{}, {}]
        await stage.channel.withdraw(receipt, "key-3")


async def test_the_posts_of_a_thread_belong_to_the_first_and_answer_the_last(tmp_path: Path) -> None:
    async with matrix(tmp_path, long="thread") as stage:
        assert isinstance(stage.channel, Threadable)
        assert isinstance(stage.channel, Editable)
        first = await stage.channel.send(stage.edition, "key")
        second = await stage.channel.reply(first, replace(stage.edition, text="2/3", card=None), "key-1")
        third = await stage.channel.reply(second, replace(stage.edition, text="3/3", card=None), "key-2")
        relation = stage.double.events[2].content["m.relates_to"]
        assert (relation["rel_type"], relation["event_id"]) == ("m.thread", "$event000")
        assert relation["m.in_reply_to"] == {"event_id": "$event001"}
        await stage.channel.edit(third, replace(stage.edition, text="3/3 改", card=None), "key-3")
        assert stage.shown()[2] == "3/3 改"


async def test_a_lost_answer_is_found_by_the_key_pages_ago(tmp_path: Path) -> None:
    async with matrix(tmp_path, long="thread") as stage:
        assert isinstance(stage.channel, Findable)
        assert isinstance(stage.channel, Threadable)
        first = await stage.channel.send(stage.edition, "key")
        stage.faults.waiting.append(Fault.ACCEPT_THEN_500)
        with pytest.raises(Uncertain):
            await stage.channel.reply(first, replace(stage.edition, card=None), "key-1")
        for number in range(120):
            stage.double.says(ME if number % 2 else "@reader:riverbend.example", f"第{number}条")
        found = await stage.channel.find(stage.edition, "key-1", NOW)
        assert found is not None
        assert found.platform_id == "$event000$event001"
        assert found.at == NOW
        assert await stage.channel.find(stage.edition, "another", NOW) is None
        stage.double.says(ME, "晚些时候")
        assert await stage.channel.find(stage.edition, "key", NOW + timedelta(hours=1)) is None


async def test_an_encrypted_room_is_refused_and_nothing_is_posted(tmp_path: Path) -> None:
    async with matrix(tmp_path, room=SECRET_ROOM) as stage:
        with pytest.raises(Refused, match="encrypted") as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account
        assert stage.double.events == []


@pytest.mark.parametrize(
    ("error", "expected", "account"),
    [
        ((401, "M_USER_DEACTIVATED"), Refused, True),
        ((403, "M_FORBIDDEN"), Refused, True),
        ((404, "M_UNRECOGNIZED"), Refused, True),
        ((413, "M_TOO_LARGE"), Refused, False),
        ((400, "M_BAD_JSON"), Refused, False),
        ((503, "M_UNKNOWN"), Unavailable, None),
        ((502, "M_UNKNOWN"), Uncertain, None),
    ],
)
async def test_each_error_means_what_the_table_says(
    tmp_path: Path, error: tuple[int, str], expected: type[Exception], account: bool | None
) -> None:
    async with matrix(tmp_path) as stage:
        stage.double.error = error
        with pytest.raises(expected, match=error[1]) as caught:
            await stage.channel.send(stage.edition, "key")
        assert getattr(caught.value, "account", None) is account


@pytest.mark.parametrize("trouble", ["logged out", "not in the room", "no right"])
async def test_what_is_wrong_with_the_account_is_told_by_a_post_and_by_check(tmp_path: Path, trouble: str) -> None:
    async with matrix(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [one.ok for one in await stage.channel.check()] == [True, True, True]
        match trouble:
            case "logged out":
                stage.double.token, expected = "another", "M_UNKNOWN_TOKEN Invalid access token passed."
            case "not in the room":
                stage.double.joined.clear()
                expected = f"invite {ME} to !news:riverbend.example and accept the invitation"
            case _:
                stage.double.needed, expected = 50, f"give {ME} the power level 50"
        with pytest.raises(Refused) as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account
        assert [(one.ok, one.detail) for one in await stage.channel.check()][-1] == (False, expected)


async def test_a_broken_answer_leaves_doubt(tmp_path: Path) -> None:
    async with matrix(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain, match="none of a homeserver's"):
            await stage.channel.send(stage.edition, "key")


async def test_what_an_article_says_is_never_markup_and_a_long_one_fits_an_event(tmp_path: Path) -> None:
    async with matrix(tmp_path) as stage:
        facts = opened(PLAYS["matrix"].nowhere, tmp_path).facts
        text = told(facts, HOSTILE)
        assert "<script>" not in text
        assert text.count("<a ") == 1
        receipt = await stage.channel.send(replace(stage.edition, text=told(facts, LONG)), "key")
        full = replace(stage.edition, text=f"<p>{'河' * 9_300}</p>")  # as many bytes as the markup may have
        assert isinstance(stage.channel, Editable)
        await stage.channel.edit(receipt, full, "key-2")
        assert stage.arrived() == 1


async def test_what_others_have_pinned_is_not_lost_when_the_server_will_not_say_what_it_is(tmp_path: Path) -> None:
    async with matrix(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        stage.double.top, stage.double.silent_about_pins = ["$other"], True
        assert isinstance(stage.channel, Pinnable)
        with pytest.raises(Unavailable):
            await stage.channel.pin(receipt)
        assert stage.double.top == ["$other"]
