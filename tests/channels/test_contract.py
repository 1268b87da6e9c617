"""What every kind of channel keeps, tried on each: three failures told apart, keys, and silence about secrets."""

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channels import KINDS
from bot.channels.rehearsal import Rehearsal
from bot.errors import Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Pinnable, Threadable, WhenUnsure, Withdrawable
from tests.channels.stages.stage import CARD, NOW, Stage, opened
from tests.channels.stages.table import PLAYS
from tests.channels.stages.telegram import telegram
from tests.channels.stages.telling import LONG, told
from tests.fakes.faults import Fault

STATUS_ALONE = frozenset({"apprise", "webhook"})
"""Kinds whose good answer has no words."""
HOSTILE = " @everyone @all <!channel> <b onclick='x()'>[点](https://example.net) #话题# *_~`| &amp; \u200b"
ENGLISH = "\n".join(f"The bridge of Riverbend opens again on lane {number}, the mayor said." for number in range(400))
EMOJI = "\n".join("河湾大桥今早恢复通行，市民👨‍👩‍👧‍👦可以步行过桥🎉🇨🇳。" for _ in range(300))


def promises(name: str) -> bool:
    kind = KINDS[name]
    return kind.facts(kind.settings.model_validate(dict(PLAYS[name].nowhere))).key_life is not None


@pytest.fixture(params=sorted(PLAYS))
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    async with PLAYS[request.param].open(tmp_path) as opened:
        yield opened


@pytest.fixture(params=sorted(name for name, play in PLAYS.items() if play.served))
async def served(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    async with PLAYS[request.param].open(tmp_path) as opened:
        yield opened


def test_every_registered_kind_is_tried_here() -> None:
    assert set(PLAYS) == set(KINDS)


async def test_a_post_brings_a_receipt_that_says_what_was_sent(stage: Stage) -> None:
    receipt = await stage.channel.send(stage.edition, "key-1")
    assert receipt.platform_id
    assert receipt.at.tzinfo is not None
    assert "大桥通车" in receipt.sent
    assert stage.arrived() == 1


@pytest.mark.parametrize(
    ("fault", "expected", "arrived"),
    [
        (Fault.REFUSE, Refused, 0),
        (Fault.THROTTLE, Unavailable, 0),
        (Fault.ACCEPT_THEN_500, Uncertain, 1),
        (Fault.ACCEPT_THEN_CLOSE, Uncertain, 1),
    ],
)
async def test_each_failure_is_one_of_the_three(
    served: Stage, fault: Fault, expected: type[Exception], arrived: int
) -> None:
    text_only = replace(served.edition, card=None)
    served.faults.waiting.append(fault)
    # Also where the key makes a repeat harmless: what may be out must not make way for a newer revision's post.
    with pytest.raises(expected) as caught:
        await served.channel.send(text_only, "key-1")
    assert served.arrived() == arrived
    if fault is Fault.THROTTLE:
        assert isinstance(caught.value, Unavailable)
        assert caught.value.retry_after == PLAYS[served.kind].throttled


@pytest.mark.parametrize("kind", sorted({name for name, play in PLAYS.items() if play.served} - STATUS_ALONE))
async def test_an_answer_that_nobody_can_read_leaves_doubt(kind: str, tmp_path: Path) -> None:
    async with PLAYS[kind].open(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(replace(stage.edition, card=None), "key-1")
        assert stage.arrived() == 1


@pytest.mark.parametrize("kind", sorted(PLAYS))
async def test_whatever_an_article_says_and_however_long_it_is_the_platform_takes_it(kind: str, tmp_path: Path) -> None:
    given = PLAYS[kind].nowhere
    texts = [told(given, HOSTILE), told(given, body=LONG), told(given, body=ENGLISH), told(given, body=EMOJI)]
    async with PLAYS[kind].open(tmp_path) as stage:
        for number, edition in enumerate(texts):
            shown = replace(stage.edition, text=edition.text, headline=edition.headline, more=edition.more)
            await stage.channel.send(replace(shown, card=None), f"key-{number}")
        assert stage.arrived() == len(texts)


@pytest.mark.parametrize("kind", sorted(name for name in PLAYS if promises(name)))
async def test_the_same_key_twice_is_one_post_where_the_platform_promises_it(kind: str, tmp_path: Path) -> None:
    async with PLAYS[kind].open(tmp_path) as stage:
        first = await stage.channel.send(stage.edition, "key-1")
        again = await stage.channel.send(stage.edition, "key-1")
        assert again.platform_id == first.platform_id
        assert stage.arrived() == 1


@pytest.mark.parametrize("kind", sorted(PLAYS))
async def test_where_nobody_listens_nothing_was_sent(kind: str, tmp_path: Path) -> None:
    async with PLAYS[kind].open(tmp_path) as stage:
        edition = stage.edition
    channel = opened(PLAYS[kind].nowhere, tmp_path)
    with pytest.raises(Unavailable, match="not sent"):
        await channel.send(edition, "key-1")
    await channel.close()


async def test_an_edit_changes_what_is_out_or_the_facts_say_that_there_is_none(stage: Stage) -> None:
    assert stage.channel.facts.editable is isinstance(stage.channel, Editable)
    if isinstance(stage.channel, Editable):
        receipt = await stage.channel.send(stage.edition, "key-1")
        changed = replace(stage.edition, revision=2, text=stage.edition.text.replace("通车", "明日通车"))
        again = await stage.channel.edit(receipt, changed, "key-2")
        assert "明日通车" in again.sent
        assert "明日通车" in stage.shown()[-1]


async def test_what_is_taken_back_is_gone_and_taking_it_back_twice_is_no_error(stage: Stage) -> None:
    if isinstance(stage.channel, Withdrawable):
        receipt = await stage.channel.send(stage.edition, "key-1")
        assert (await stage.channel.withdraw(receipt, "key-2")).platform_id
        await stage.channel.withdraw(receipt, "key-2")


async def test_what_is_pinned_is_on_top_once_until_it_is_taken_down(stage: Stage) -> None:
    if isinstance(stage.channel, Pinnable):
        receipt = await stage.channel.send(stage.edition, "key-1")
        for _ in range(2):
            await stage.channel.pin(receipt)
            assert len(stage.on_top()) == 1
        for _ in range(2):
            await stage.channel.unpin(receipt)
            assert list(stage.on_top()) == []


async def test_no_secret_is_in_the_log_an_error_or_a_repr(served: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    served.faults.waiting.append(Fault.ACCEPT_THEN_500)
    with pytest.raises((Uncertain, Unavailable)) as caught:
        await served.channel.send(replace(served.edition, card=None), "key-1")
    for secret in PLAYS[served.kind].secrets.values():
        assert secret not in caplog.text + str(caught.value) + repr(caught.value) + repr(served.channel)


@pytest.mark.parametrize("kind", sorted(name for name, play in PLAYS.items() if play.secrets))
def test_a_missing_secret_is_named(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PLAYS[kind].secrets:
        monkeypatch.delenv(name)
    with pytest.raises(SettingsError, match="set the environment variable CRIER_TEST_"):
        opened(PLAYS[kind].nowhere, tmp_path)


@pytest.mark.parametrize("kind", sorted(PLAYS))
def test_a_rehearsal_has_the_facts_of_its_kind_but_no_pace_and_no_doubt(kind: str, tmp_path: Path) -> None:
    facts = opened(PLAYS[kind].nowhere, tmp_path).facts
    rehearsed = Rehearsal("main", facts, tmp_path, "http://127.0.0.1/", lambda: NOW).facts
    assert (rehearsed.template, rehearsed.limit, rehearsed.unit, rehearsed.card) == (
        facts.template,
        facts.limit,
        facts.unit,
        facts.card,
    )
    assert (rehearsed.pace, rehearsed.when_unsure) == ((), WhenUnsure.RESEND)


async def test_a_rehearsal_posts_one_file_for_one_key(stage: Stage, tmp_path: Path) -> None:
    rehearsal = Rehearsal("main", stage.channel.facts, tmp_path / "r", "http://127.0.0.1:1/", lambda: NOW)
    first = await rehearsal.send(stage.edition, "key-1")
    assert await rehearsal.send(stage.edition, "key-1") == first
    await rehearsal.edit(first, replace(stage.edition, text="改"), "key-2")
    [file] = list((tmp_path / "r/main").iterdir())
    assert '"text": "改"' in file.read_text(encoding="utf-8")
    assert first.permalink == "http://127.0.0.1:1/#main-1"
    assert stage.arrived() == 0


class TestTelegram:
    async def test_the_card_goes_as_a_photo_with_the_words_below(self, tmp_path: Path) -> None:
        async with telegram(tmp_path, silent=True, thread=5) as stage:
            receipt = await stage.channel.send(stage.edition, "key")
            [posted] = stage.double.posted
            assert (posted.method, posted.photo, posted.text) == ("sendPhoto", b"\x89PNG", stage.edition.text)
            assert (posted.fields["disable_notification"], posted.fields["message_thread_id"]) == ("true", "5")
            assert (receipt.platform_id, receipt.permalink) == ("-1001/1", "https://t.me/riverbend_daily/1")

    async def test_a_text_shows_the_links_preview_as_the_settings_say(self, tmp_path: Path) -> None:
        for preview, expected in [("large", '"prefer_large_media": true'), ("off", '"is_disabled": true')]:
            async with telegram(tmp_path, form="text", preview=preview) as stage:
                await stage.channel.send(stage.edition, "key")
                assert expected in stage.double.posted[0].fields["link_preview_options"]

    async def test_where_the_picture_is_refused_the_words_go_alone_and_the_receipt_says_so(
        self, tmp_path: Path
    ) -> None:
        async with telegram(tmp_path) as stage:
            stage.faults.waiting.append(Fault.REFUSE)
            receipt = await stage.channel.send(stage.edition, "key")
            assert [post.method for post in stage.double.posted] == ["sendMessage"]
            assert receipt.sent.startswith("without the picture")
            assert isinstance(stage.channel, Editable)
            await stage.channel.edit(receipt, replace(stage.edition, text="改"), "key-2")
            assert stage.double.posted[0].text == "改"

    async def test_a_correction_brings_its_own_card(self, tmp_path: Path) -> None:
        async with telegram(tmp_path) as stage:
            receipt = await stage.channel.send(stage.edition, "key")
            (tmp_path / "new.png").write_bytes(b"\x89PNG new")
            corrected = replace(stage.edition, text="改", card=replace(CARD, file="new.png"))
            assert isinstance(stage.channel, Editable)
            await stage.channel.edit(receipt, corrected, "key-2")
            [posted] = stage.double.posted
            assert (posted.text, posted.photo) == ("改", b"\x89PNG new")

    async def test_a_card_whose_file_is_gone_does_not_keep_the_words_back(self, tmp_path: Path) -> None:
        async with telegram(tmp_path) as stage:
            (tmp_path / "card.png").unlink()
            receipt = await stage.channel.send(stage.edition, "key")
            assert [post.method for post in stage.double.posted] == ["sendMessage"]
            assert receipt.sent.startswith("without the picture (its file is gone)")

    async def test_a_deleted_post_is_gone_and_one_that_is_too_old_is_refused(self, tmp_path: Path) -> None:
        async with telegram(tmp_path) as stage:
            assert isinstance(stage.channel, Withdrawable)
            first, second = [await stage.channel.send(stage.edition, f"key-{number}") for number in range(2)]
            await stage.channel.withdraw(first, "d")
            assert [posted.id for posted in stage.double.posted] == [2]
            stage.double.too_old_to_delete = True
            with pytest.raises(Refused, match="can't be deleted"):
                await stage.channel.withdraw(second, "d")

    async def test_a_post_of_a_thread_answers_the_one_before(self, tmp_path: Path) -> None:
        async with telegram(tmp_path, form="text") as stage:
            assert isinstance(stage.channel, Threadable)
            first = await stage.channel.send(stage.edition, "key")
            second = await stage.channel.reply(first, replace(stage.edition, text="2/2"), "key-1")
            assert json.loads(stage.double.posted[1].fields["reply_parameters"])["message_id"] == 1
            stage.double.posted.pop(0)  # somebody deletes the first: the rest still goes out
            third = await stage.channel.reply(first, replace(stage.edition, text="3/3"), "key-2")
            assert (second.platform_id, third.platform_id) == ("-1001/2", "-1001/3")

    async def test_an_edit_that_was_made_already_is_a_success(self, tmp_path: Path) -> None:
        async with telegram(tmp_path) as stage:
            receipt = await stage.channel.send(stage.edition, "key")
            assert isinstance(stage.channel, Editable)
            assert await stage.channel.edit(receipt, stage.edition, "key-2") == receipt

    async def test_a_broken_answer_leaves_doubt(self, tmp_path: Path) -> None:
        async with telegram(tmp_path) as stage:
            stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
            with pytest.raises(Uncertain):
                await stage.channel.send(stage.edition, "key")

    @pytest.mark.parametrize("trouble", ["kicked", "no right", "revoked", "no chat"])
    async def test_what_is_wrong_with_the_account_is_told_apart(self, tmp_path: Path, trouble: str) -> None:
        async with telegram(tmp_path, form="text") as stage:
            match trouble:
                case "kicked":
                    stage.double.kicked = True
                case "no right":
                    stage.double.may_post = False
                case "revoked":
                    stage.double.token = "another"
                case _:
                    stage.double.chats.clear()
            with pytest.raises(Refused) as caught:
                await stage.channel.send(stage.edition, "key")
            assert caught.value.account

    async def test_a_text_that_is_too_long_is_refused_as_this_post(self, tmp_path: Path) -> None:
        async with telegram(tmp_path, form="text") as stage:
            with pytest.raises(Refused, match="too long") as caught:
                await stage.channel.send(replace(stage.edition, text="河" * 4097), "key")
            assert not caught.value.account

    async def test_check_says_who_we_are_and_which_right_is_missing(self, tmp_path: Path) -> None:
        async with telegram(tmp_path) as stage:
            assert isinstance(stage.channel, Checkable)
            assert [finding.ok for finding in await stage.channel.check()] == [True, True, True]
            stage.double.may_post = False
            assert (await stage.channel.check())[-1].detail == "make the bot an administrator who may post messages"
            stage.double.token = "another"
            assert [finding.ok for finding in await stage.channel.check()] == [False]
