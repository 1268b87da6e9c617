"""Slack, through a bot and through a webhook: pictures, calls to everybody, threads, lost answers, rights."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Findable, Threadable, Withdrawable
from tests.channels.stages.slack import slack, slack_webhook
from tests.channels.stages.stage import CARD, NOW, opened
from tests.channels.stages.table import PLAYS
from tests.channels.told import HOSTILE, LONG, told
from tests.fakes.faults import Fault
from tests.fakes.slack import CHANNEL

BOTH = pytest.mark.parametrize("opens", [slack, slack_webhook], ids=["bot", "webhook"])
CARDS = "https://cards.example.org/c"


async def test_the_card_is_uploaded_and_shown_below_the_words(tmp_path: Path) -> None:
    async with slack(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [posted], [(name, file)] = stage.double.posted, stage.double.files.items()
        assert file.content == b"\x89PNG"
        assert posted.picture == {"type": "image", "slack_file": {"id": name}, "alt_text": "大桥通车"}
        assert posted.fields["text"] == "大桥通车"
        assert receipt.platform_id == f"{CHANNEL}/{posted.ts}"
        dotless = posted.ts.replace(".", "")
        assert receipt.permalink == f"https://riverbend.slack.example/archives/{CHANNEL}/p{dotless}"
        assert receipt.sent == stage.edition.text


async def test_a_file_that_slack_is_not_done_with_is_shown_at_the_next_try_and_not_uploaded_twice(
    tmp_path: Path,
) -> None:
    async with slack(tmp_path) as stage:
        stage.double.slow_files = True
        with pytest.raises(Unavailable, match="not done"):
            await stage.channel.send(stage.edition, "key")
        assert (await stage.channel.send(stage.edition, "key")).sent == stage.edition.text
        assert (len(stage.double.posted), len(stage.double.files)) == (1, 1)


@BOTH
async def test_where_cards_are_public_slack_fetches_them(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path, cards_url=f"{CARDS}/") as stage:
        await stage.channel.send(stage.edition, "key")
        assert stage.double.posted[0].picture["image_url"] == f"{CARDS}/card.png"
        stage.double.fetches = False
        receipt = await stage.channel.send(stage.edition, "key-2")
        assert stage.double.posted[1].picture is None
        assert receipt.sent.startswith("without the picture (invalid_blocks")


@pytest.mark.parametrize("trouble", ["no scope", "no file"])
async def test_a_card_that_cannot_be_uploaded_does_not_keep_the_words_back(tmp_path: Path, trouble: str) -> None:
    async with slack(tmp_path) as stage:
        if trouble == "no scope":
            stage.double.scopes = "chat:write"
        else:
            (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture (")
        assert isinstance(stage.channel, Editable)
        await stage.channel.edit(receipt, replace(stage.edition, text="改"), "key-2")
        assert (stage.double.posted[0].text, stage.double.posted[0].picture) == ("改", None)


async def test_a_correction_brings_its_own_card(tmp_path: Path) -> None:
    async with slack(tmp_path) as stage:
        assert isinstance(stage.channel, Editable)
        receipt = await stage.channel.send(stage.edition, "key")
        (tmp_path / "new.png").write_bytes(b"\x89PNG new")
        await stage.channel.edit(receipt, replace(stage.edition, card=replace(CARD, file="new.png")), "key-2")
        [posted] = stage.double.posted
        assert stage.double.files[posted.picture["slack_file"]["id"]].content == b"\x89PNG new"


async def test_a_withdrawn_post_is_gone_and_one_that_was_gone_is_no_trouble(tmp_path: Path) -> None:
    async with slack(tmp_path) as stage:
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key")
        await stage.channel.withdraw(receipt, "key-2")
        assert stage.double.posted == []
        assert (await stage.channel.withdraw(receipt, "key-2")).sent == "it was gone"


async def test_the_posts_of_a_thread_stand_below_the_first(tmp_path: Path) -> None:
    async with slack(tmp_path, long="thread") as stage:
        assert isinstance(stage.channel, Threadable)
        assert isinstance(stage.channel, Editable)
        first = await stage.channel.send(stage.edition, "key")
        second = await stage.channel.reply(first, replace(stage.edition, text="2/3", card=None), "key-1")
        third = await stage.channel.reply(second, replace(stage.edition, text="3/3", card=None), "key-2")
        root = stage.double.posted[0].ts
        assert [one.fields.get("thread_ts") for one in stage.double.posted] == [None, root, root]
        assert third.permalink is not None
        assert third.permalink.endswith(f"?thread_ts={root}&cid={CHANNEL}")
        await stage.channel.edit(third, replace(stage.edition, text="3/3 改", card=None), "key-3")
        assert stage.shown()[2] == "3/3 改"
        stage.double.posted.clear()  # somebody deletes all of it: the rest still goes out
        fourth = await stage.channel.reply(third, replace(stage.edition, text="4/4", card=None), "key-4")
        assert fourth.platform_id == f"{CHANNEL}/{stage.double.posted[0].ts}"


async def test_a_lost_answer_is_found_by_the_key_pages_ago(tmp_path: Path) -> None:
    async with slack(tmp_path, card=False) as stage:
        assert isinstance(stage.channel, Findable)
        edition = replace(stage.edition, card=None)
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(edition, "key")
        for number in range(20):
            await stage.channel.send(edition, f"other-{number}")
        found = await stage.channel.find(edition, "key", NOW)
        assert found is not None
        assert found.platform_id == f"{CHANNEL}/{stage.double.posted[0].ts}"
        assert await stage.channel.find(edition, "another", NOW) is None


async def test_where_the_history_does_not_tell_nobody_claims_to_know(tmp_path: Path) -> None:
    async with slack(tmp_path, long="thread") as stage:
        assert isinstance(stage.channel, Findable)
        with pytest.raises(Uncertain, match="thread"):
            await stage.channel.find(stage.edition, "key", NOW)
        stage.double.scopes = "chat:write"
        with pytest.raises(Refused, match="missing_scope"):
            await stage.channel.find(stage.edition, "key", NOW)


@BOTH
@pytest.mark.parametrize(
    ("error", "expected", "account"),
    [
        ("token_revoked", Refused, True),
        ("channel_is_archived", Refused, True),
        ("action_prohibited", Refused, True),
        ("msg_too_long", Refused, False),
        ("service_unavailable", Unavailable, None),
        ("internal_error", Uncertain, None),
    ],
)
async def test_each_error_means_what_the_table_says(
    tmp_path: Path, opens: Any, error: str, expected: type[Exception], account: bool | None
) -> None:
    async with opens(tmp_path) as stage:
        stage.double.error = error
        with pytest.raises(expected, match=error) as caught:
            await stage.channel.send(stage.edition, "key")
        assert getattr(caught.value, "account", None) is account


@BOTH
async def test_a_text_that_is_too_long_is_refused_as_this_post(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path) as stage:
        with pytest.raises(Refused, match="invalid_blocks") as caught:
            await stage.channel.send(replace(stage.edition, text="河" * 3001, card=None), "key")
        assert not caught.value.account


@BOTH
async def test_a_broken_answer_leaves_doubt(tmp_path: Path, opens: Any) -> None:
    async with opens(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain, match="none of Slack's"):
            await stage.channel.send(stage.edition, "key")


@BOTH
async def test_what_an_article_says_calls_nobody_and_fits_with_its_escapes(tmp_path: Path, opens: Any) -> None:
    facts = opened(PLAYS["slack"].nowhere, tmp_path).facts
    assert len(told(facts, LONG)) <= 3000
    text = told(facts, HOSTILE)
    assert text.count("<") == 1  # the one link that the template writes
    async with opens(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, text=text, headline=HOSTILE.headline, card=None), "key")
        [posted] = stage.double.posted
        assert not posted.calls_somebody
        assert posted.fields["blocks"][0]["text"]["verbatim"] is True


async def test_a_webhook_that_was_taken_away_refuses_the_account(tmp_path: Path) -> None:
    async with slack_webhook(tmp_path) as stage:
        place = (tmp_path / "hook").read_text(encoding="utf-8")
        (tmp_path / "old").write_text(f"{place}x", encoding="utf-8")
        gone = opened({"kind": "slack_webhook", "webhook": f"file:{tmp_path / 'old'}"}, tmp_path)
        with pytest.raises(Refused, match="no_service") as caught:
            await gone.send(stage.edition, "key")
        assert caught.value.account
        assert isinstance(stage.channel, Checkable)
        assert isinstance(gone, Checkable)
        assert [one.ok for found in (await stage.channel.check(), await gone.check()) for one in found] == [True, False]
        assert stage.arrived() == 0
        await gone.close()


async def test_a_webhooks_address_that_is_none_is_told_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_SLACK_HOOK", "T0/B0/secret")
    with pytest.raises(SettingsError) as caught:
        opened({"kind": "slack_webhook", "webhook": "env:CRIER_TEST_SLACK_HOOK"}, tmp_path)
    assert "T0/B0" not in str(caught.value)


async def test_check_says_who_we_are_and_what_is_missing(tmp_path: Path) -> None:
    async with slack(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [one.detail for one in await stage.channel.check()] == ["crier in Riverbend", "news"]
        stage.double.scopes, stage.double.member = "chat:write,channels:history", False
        assert [(one.ok, one.detail) for one in await stage.channel.check()][1:] == [
            (False, "add files:write and install the app again"),
            (False, "invite the bot: /invite @crier in the channel"),
        ]
        stage.double.token = "another"
        assert [(one.ok, one.detail) for one in await stage.channel.check()] == [(False, "invalid_auth")]
