"""X: signatures, weighted length, equal words, edits with a new number, the budget, and each of its refusals."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from bot.channels import KINDS
from bot.channels.tweets import bare, plain, wait
from bot.channels.x_premium import EditingX
from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Findable, Pace, Scope, Threadable, Withdrawable
from bot.model.delivery import Act
from bot.rules.counting import weighted
from tests.channels.stages.stage import NOW, opened
from tests.channels.stages.telling import LONG, told
from tests.channels.stages.x import KEYS, PLAY, TEXT, x
from tests.fakes import x as double
from tests.fakes.faults import Fault
from tests.fakes.x import BEARER, Wrong, signature

HOSTILE = " @everyone ＠everyone $ABC $XYZ \u202e</b> https://evil.example.org/x"
_EARLIER = NOW - timedelta(minutes=10)


async def test_words_and_card_go_out_and_the_card_has_its_alt_text(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key-1")
        [posted] = stage.double.tweets
        assert (posted.text, stage.double.media) == (TEXT, {posted.media[0]: "大桥通车"})
        assert receipt.permalink == f"https://x.com/i/web/status/{posted.id}"
        assert (receipt.platform_id, receipt.sent) == (posted.id, TEXT)


async def test_a_bearer_token_takes_the_place_of_a_signature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_X_BEARER", BEARER)
    settings = {"token": "env:CRIER_TEST_X_BEARER", "token_secret": None, "api_key": None, "api_secret": None}
    async with x(tmp_path, **settings) as stage:
        assert isinstance(stage.channel, Checkable)
        assert [found.detail for found in await stage.channel.check()] == ["@riverbend_daily"]
        await stage.channel.send(stage.edition, "key-1")
        assert stage.arrived() == 1


def test_the_double_signs_as_the_platforms_own_example_does() -> None:
    parameters = {
        "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
        "include_entities": "true",
        "oauth_consumer_key": "xvz1evFS4wEEPTGEFPHBog",
        "oauth_nonce": "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "1318622958",
        "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "oauth_version": "1.0",
    }
    key, token = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw", "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"
    url = "https://api.x.com/1.1/statuses/update.json"
    assert signature("POST", url, parameters, key, token) == "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="


def test_three_of_four_keys_are_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValidationError, match="token_secret, api_key and api_secret together"):
        KINDS["x"].settings.model_validate({"kind": "x", **KEYS, "api_secret": None})


@pytest.mark.parametrize(("said", "body"), [("", ""), (HOSTILE, ""), ("", LONG)])
async def test_whatever_an_article_says_x_takes_it_and_calls_nobody(tmp_path: Path, said: str, body: str) -> None:
    async with x(tmp_path) as stage:
        edition = told({"kind": "x", **KEYS}, said, body)
        assert weighted(edition.text) <= 280
        receipt = await stage.channel.send(edition, "key")
        assert (stage.arrived(), stage.double.called) == (1, [])
        assert "河湾大桥修复通车" in receipt.sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("$ABC 涨", "$ABC 涨"),
        ("$ABC 与 $XYZ.A 涨", "$ABC 与 XYZ.A 涨"),
        ("$5 million, $10", "$5 million, $10"),
        ("＠abc", "abc"),
        ("价格＠五元", "价格＠五元"),
    ],
)
def test_a_second_shares_sign_and_a_wide_at_are_taken_away(text: str, sent: str) -> None:
    assert plain(text) == sent


async def test_words_that_are_out_already_bring_the_receipt_of_their_post(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
        edition = replace(stage.edition, text="A & B < C\n\nhttps://example.org/1?a=1&b=2")
        with pytest.raises(Uncertain):
            await stage.channel.send(edition, "key-1")
        receipt = await stage.channel.send(edition, "key-1")
        assert (stage.arrived(), receipt.platform_id) == (1, stage.double.tweets[0].id)
        assert (receipt.at, len(stage.double.media)) == (NOW, 1)  # nor is the picture paid for twice


async def test_words_that_are_out_but_not_listed_are_refused_and_nothing_new_is_out(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key-1")
        stage.double.lists = False
        with pytest.raises(Refused, match="not among the account's latest") as caught:
            await stage.channel.send(stage.edition, "key-2")
        assert (stage.arrived(), caught.value.account) == (1, False)


async def test_a_lost_answer_is_settled_by_the_accounts_own_posts(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        for number in range(120):  # more than one page of the list
            stage.double._take({"text": f"公交改道 {number}"})
        stage.double.tweets.insert(0, double.Tweet("7", TEXT, _EARLIER, {}, ["7"], ["1"]))
        assert isinstance(stage.channel, Findable)
        found = await stage.channel.find(stage.edition, "key", _EARLIER)
        assert found is not None
        assert (found.platform_id, found.at, found.sent) == ("7", _EARLIER, TEXT)
        stage.double.tweets.pop(0)
        with pytest.raises(Uncertain, match="may list late"):
            await stage.channel.find(stage.edition, "key", _EARLIER)


async def test_only_an_account_with_premium_edits(tmp_path: Path) -> None:
    assert not isinstance(opened(PLAY.nowhere, tmp_path), Editable)
    assert isinstance(opened({**PLAY.nowhere, "edits": True}, tmp_path), EditingX)


async def test_an_edit_brings_the_number_under_which_the_post_is_now_known(tmp_path: Path) -> None:
    async with x(tmp_path, edits=True) as stage:
        assert isinstance(stage.channel, Editable)
        assert isinstance(stage.channel, Withdrawable)
        first = await stage.channel.send(stage.edition, "key-1")
        second = await stage.channel.edit(first, replace(stage.edition, text="改"), "key-2")
        third = await stage.channel.edit(second, replace(stage.edition, text="再改"), "key-3")
        assert len({first.platform_id, second.platform_id, third.platform_id}) == 3
        assert (list(stage.shown()), third.at) == (["再改"], first.at)
        assert stage.double.out[0].media
        await stage.channel.withdraw(third, "key-4")
        assert stage.double.tweets == []


async def test_an_edit_that_was_made_already_is_a_success_and_brings_its_number(tmp_path: Path) -> None:
    async with x(tmp_path, edits=True) as stage:
        assert isinstance(stage.channel, Editable)
        first = await stage.channel.send(stage.edition, "key-1")
        assert await stage.channel.edit(first, stage.edition, "key-2") == first
        changed = replace(stage.edition, text="改")
        stage.faults.waiting.append(Fault.ACCEPT_THEN_500)
        with pytest.raises(Uncertain):
            await stage.channel.edit(first, changed, "key-3")
        again = await stage.channel.edit(first, changed, "key-3")
        assert (again.platform_id, again.sent) == (stage.double.tweets[-1].id, "改")
        assert again.platform_id != first.platform_id


async def test_an_edit_to_the_words_of_another_post_is_refused(tmp_path: Path) -> None:
    async with x(tmp_path, edits=True) as stage:
        assert isinstance(stage.channel, Editable)
        await stage.channel.send(replace(stage.edition, text="另一条"), "key-1")
        first = await stage.channel.send(stage.edition, "key-2")
        with pytest.raises(Refused, match="duplicate"):
            await stage.channel.edit(first, replace(stage.edition, text="另一条"), "key-3")


async def test_after_half_an_hour_an_edit_is_refused_unasked(tmp_path: Path) -> None:
    async with x(tmp_path, edits=True) as stage:
        assert isinstance(stage.channel, Editable)
        first = replace(await stage.channel.send(stage.edition, "key"), at=NOW - timedelta(minutes=31))
        asked = len(stage.double.asked)
        with pytest.raises(Refused, match="30 minutes"):
            await stage.channel.edit(first, stage.edition, "key-2")
        assert len(stage.double.asked) == asked


async def test_a_long_story_becomes_a_thread_that_is_taken_whole(tmp_path: Path) -> None:
    async with x(tmp_path, long="thread") as stage:
        edition = told({"kind": "x", **KEYS, "long": "thread"}, body=LONG)
        assert isinstance(stage.channel, Threadable)
        above = await stage.channel.send(edition.post(0), "key-0")
        for number in range(1, len(edition.more) + 1):
            above = await stage.channel.reply(above, edition.post(number), f"key-{number}")
        assert stage.arrived() == 1 + len(edition.more) > 2
        assert above.sent.startswith(f"{stage.arrived()}/{stage.arrived()}")


async def test_a_withdrawn_post_that_is_gone_is_a_success(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key")
        for _ in range(2):
            assert (await stage.channel.withdraw(receipt, "key-2")).platform_id == receipt.platform_id
        assert stage.arrived() == 0


async def test_a_post_of_a_thread_answers_the_one_before_or_stands_by_itself(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        assert isinstance(stage.channel, Threadable)
        first = await stage.channel.send(stage.edition, "key")
        await stage.channel.reply(first, replace(stage.edition, text="2/3", card=None), "key-1")
        assert stage.double.tweets[1].body["reply"] == {"in_reply_to_tweet_id": first.platform_id}
        stage.double.tweets.pop(0)
        await stage.channel.reply(first, replace(stage.edition, text="3/3", card=None), "key-2")
        assert "reply" not in stage.double.tweets[1].body


@pytest.mark.parametrize("trouble", ["its file is gone", "was invalid"])
async def test_words_go_alone_where_the_picture_cannot(tmp_path: Path, trouble: str) -> None:
    async with x(tmp_path) as stage:
        if trouble == "its file is gone":
            (tmp_path / "card.png").unlink()
        else:
            stage.double.refuses_pictures = Wrong(400, "media was invalid")
        receipt = await stage.channel.send(stage.edition, "key")
        assert stage.double.tweets[0].media == []
        assert receipt.sent.startswith("without the picture (")
        assert trouble in receipt.sent


@pytest.mark.parametrize(
    ("wrong", "account"),
    [
        (Wrong(401, "Unauthorized"), True),
        (Wrong(402, "Your enrolled account does not have any credits to fulfill this request."), True),
        (Wrong(403, "Your account is suspended and is not permitted to access this feature."), True),
        (Wrong(403, "App not enrolled.", "https://api.x.com/2/problems/client-forbidden"), True),
        (Wrong(429, "Usage cap exceeded.", "https://api.x.com/2/problems/usage-capped"), True),
        (Wrong(403, "Reply to this conversation is not allowed."), False),
        (Wrong(400, "One or more parameters to your request was invalid."), False),
    ],
)
async def test_what_is_wrong_with_the_account_is_told_from_what_is_wrong_with_the_post(
    tmp_path: Path, wrong: Wrong, account: bool
) -> None:
    async with x(tmp_path) as stage:
        stage.double.refuses = wrong
        with pytest.raises(Refused) as caught:
            await stage.channel.send(replace(stage.edition, card=None), "key")
        assert caught.value.account is account
        assert wrong.detail in caught.value.why


async def test_a_revoked_token_pauses_the_channel_even_where_the_picture_is_refused_first(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        stage.double.token = "another"
        with pytest.raises(Refused, match="401") as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account


async def test_a_broken_answer_leaves_doubt(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        stage.faults.waiting.append(Fault.ACCEPT_THEN_NONSENSE)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")


async def test_a_busy_platform_is_tried_again(tmp_path: Path) -> None:
    async with x(tmp_path) as stage:
        stage.faults.waiting.append(Fault.UNAVAILABLE)
        with pytest.raises(Unavailable):
            await stage.channel.send(stage.edition, "key")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"x-rate-limit-reset": "soon"}, None),
        ({"x-rate-limit-reset": "60"}, 60),
        ({"x-rate-limit-reset": "60", "x-user-limit-24hour-reset": "7200", "x-user-limit-24hour-remaining": "0"}, 7200),
        (
            {
                "x-rate-limit-reset": "60",
                "x-rate-limit-remaining": "0",
                "x-app-limit-24hour-reset": "7200",
                "x-app-limit-24hour-remaining": "9",
            },
            60,
        ),
        ({"x-rate-limit-reset": "9" * 10}, 86_400),
        ({"x-rate-limit-reset": "9" * 30}, None),
    ],
)
def test_the_wait_is_that_of_the_window_that_is_used_up(headers: dict[str, str], seconds: int | None) -> None:
    epoch = NOW.fromtimestamp(0, NOW.tzinfo)
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert wait(httpx.Headers(headers), epoch) == expected


def test_the_budget_is_a_pace_of_the_account_that_lets_deletions_pass() -> None:
    kind = KINDS["x"]
    facts = kind.facts(kind.settings.model_validate({"kind": "x", **KEYS, "budget": 90}))
    assert facts.pace[-1] == Pace(90, timedelta(days=31), Scope.ACCOUNT, spares=frozenset({Act.DELETE}))


def test_words_compare_without_what_x_makes_of_them() -> None:
    shown = {
        "text": "A &amp; B https://t.co/1",
        "entities": {"urls": [{"url": "https://t.co/1", "expanded_url": "u/1"}]},
    }
    assert bare(shown) == bare({"text": "A & B u/1"})


@pytest.mark.parametrize(("level", "ok"), [("read", [True, False]), ("read-write", [True, True])])
async def test_check_says_who_we_are_and_which_right_is_missing(tmp_path: Path, level: str, ok: list[bool]) -> None:
    async with x(tmp_path) as stage:
        stage.double.level = level
        assert isinstance(stage.channel, Checkable)
        assert [found.ok for found in await stage.channel.check()] == ok
        stage.double.token = "another"
        assert [found.ok for found in await stage.channel.check()] == [False]
        assert stage.double.tweets == []
