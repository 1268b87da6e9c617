"""Threads: containers and what becomes of them, pictures by address, answers, deletion, and a lost answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import LedgerError, Refused, Unavailable, Uncertain
from bot.ledger import Ledger
from bot.model.channel import Checkable, Findable, Threadable, Withdrawable
from bot.rules.counting import emoji_bytes
from tests.channels.stages.stage import NOW, Stage, opened
from tests.channels.stages.telling import LONG, told
from tests.channels.stages.threads import CARDS, GIVEN, TEXT, threads
from tests.fakes.faults import Fault
from tests.fakes.graph import Wrong
from tests.fakes.threads import Thread

HOSTILE = " @everyone @riverbend_daily \u202e</b> [x](https://example.org) 👨‍👩‍👧‍👦"
_EARLIER = NOW - timedelta(minutes=10)


class _Away:
    """A ledger that does not answer."""

    async def get(self, key: str) -> str | None:
        raise LedgerError("the ledger does not answer")

    async def keep(self, key: str, value: str) -> None:
        raise LedgerError("the ledger does not answer")

    async def done(self, key: str) -> None:
        raise LedgerError("the ledger does not answer")


async def _lose_the_answer(stage: Stage) -> None:
    stage.faults.waiting.append(Fault.ACCEPT_THEN_CLOSE)
    with pytest.raises(Uncertain):
        await stage.channel.send(stage.edition, "key")


async def test_the_card_is_fetched_from_where_it_is_published_and_has_its_alt_text(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [post] = stage.double.posted
        assert (post.fields["image_url"], post.fields["alt_text"]) == (f"{CARDS}/card.png", "大桥通车")
        assert receipt.permalink == f"https://www.threads.com/@riverbend_daily/post/{post.id}"
        assert (receipt.platform_id, receipt.at, receipt.sent) == (post.id, NOW, TEXT)


async def test_without_published_cards_the_link_shows_its_preview(tmp_path: Path) -> None:
    async with threads(tmp_path, cards_url=None) as stage:
        await stage.channel.send(stage.edition, "key")
        assert stage.double.posted[0].fields["media_type"] == "TEXT"
        assert (stage.channel.facts.card, stage.channel.facts.preview) == (None, True)


@pytest.mark.parametrize(("said", "body"), [("", ""), (HOSTILE, ""), ("", LONG)])
async def test_whatever_an_article_says_threads_takes_it_and_calls_nobody(tmp_path: Path, said: str, body: str) -> None:
    async with threads(tmp_path) as stage:
        edition = told(GIVEN, said, body)
        assert emoji_bytes(edition.text) <= 500
        await stage.channel.send(edition, "key")
        assert (stage.arrived(), stage.double.called) == (1, [])


async def test_a_picture_that_is_still_being_fetched_is_waited_for_in_the_same_container(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        stage.double.picture = "IN_PROGRESS"
        with pytest.raises(Unavailable) as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.retry_after == timedelta(seconds=30)
        [made] = stage.double.made.values()
        made.status = "FINISHED"
        await stage.channel.send(stage.edition, "key")
        assert (stage.arrived(), len(stage.double.made)) == (1, 1)


@pytest.mark.parametrize("trouble", ["ERROR", "2207052"])
async def test_words_go_alone_where_the_picture_cannot(tmp_path: Path, trouble: str) -> None:
    async with threads(tmp_path) as stage:
        stage.double.picture = trouble
        if trouble != "ERROR":
            stage.double.refuses_pictures = Wrong(1, "The media could not be fetched from this URI", int(trouble))
        receipt = await stage.channel.send(stage.edition, "key")
        assert stage.double.posted[0].fields["media_type"] == "TEXT"
        assert receipt.sent.startswith("without the picture (")


async def test_a_lost_answer_is_settled_by_the_container(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        assert isinstance(stage.channel, Findable)
        await _lose_the_answer(stage)
        found = await stage.channel.find(stage.edition, "key", _EARLIER)
        assert found is not None
        assert found.platform_id == stage.double.posted[0].id
        again = await stage.channel.send(stage.edition, "key")
        assert (stage.arrived(), again) == (1, found)


async def test_a_container_that_was_not_published_proves_that_nothing_is_out(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        assert isinstance(stage.channel, Findable)
        stage.faults.waiting.append(Fault.UNAVAILABLE)
        with pytest.raises(Unavailable):
            await stage.channel.send(stage.edition, "key")
        assert await stage.channel.find(stage.edition, "key", _EARLIER) is None
        await stage.channel.send(stage.edition, "key")
        assert (stage.arrived(), len(stage.double.made)) == (1, 1)


async def test_what_is_out_but_not_listed_leaves_doubt_and_is_not_published_again(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        stage.double.lists = False
        await _lose_the_answer(stage)
        with pytest.raises(Uncertain, match="may be listed late"):
            await stage.channel.send(stage.edition, "key")
        assert stage.arrived() == 1


async def test_after_a_restart_the_profiles_own_posts_tell(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        others = [Thread(f"19{number}", f"公交改道 {number}", NOW) for number in range(150)]
        stage.double.posted = [Thread("7", TEXT, _EARLIER), *others]
        assert isinstance(stage.channel, Findable)
        found = await stage.channel.find(stage.edition, "key", _EARLIER)
        assert found is not None
        assert (found.platform_id, found.at) == ("7", _EARLIER)
        stage.double.posted.pop(0)
        with pytest.raises(Uncertain):
            await stage.channel.find(stage.edition, "key", _EARLIER)


async def test_a_worker_that_dies_while_publishing_leaves_the_container_to_the_next(
    tmp_path: Path, ledger: Ledger
) -> None:
    begun = ledger.begun("main", lambda: NOW)
    async with threads(tmp_path, begun=begun) as stage:
        await _lose_the_answer(stage)
        heir = opened(stage.given, tmp_path, begun=begun)
        assert isinstance(heir, Findable)
        assert await heir.send(stage.edition, "key") == await heir.find(stage.edition, "key", _EARLIER)
        assert (stage.arrived(), len(stage.double.made)) == (1, 1)
        await heir.close()


async def test_a_worker_that_dies_before_publishing_leaves_a_container_that_is_published_once(
    tmp_path: Path, ledger: Ledger
) -> None:
    begun = ledger.begun("main", lambda: NOW)
    async with threads(tmp_path, begun=begun) as stage:
        stage.double.picture = "IN_PROGRESS"
        with pytest.raises(Unavailable):
            await stage.channel.send(stage.edition, "key")
        [made] = stage.double.made.values()
        made.status = "FINISHED"
        heir = opened(stage.given, tmp_path, begun=begun)
        await heir.send(stage.edition, "key")
        assert (stage.arrived(), len(stage.double.made)) == (1, 1)
        assert await begun.get("key") is None
        await heir.close()


async def test_nothing_is_published_that_could_not_be_written_down(tmp_path: Path) -> None:
    async with threads(tmp_path, begun=_Away()) as stage:
        with pytest.raises(Unavailable, match="the ledger is away"):
            await stage.channel.send(stage.edition, "key")
        assert stage.arrived() == 0


async def test_a_container_that_got_lost_is_made_anew(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        stage.double.loses = True
        with pytest.raises(Unavailable, match="made anew"):
            await stage.channel.send(stage.edition, "key")
        await stage.channel.send(stage.edition, "key")
        assert (stage.arrived(), len(stage.double.made)) == (1, 2)


async def test_a_container_that_gets_lost_after_a_lost_answer_leaves_doubt(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        stage.faults.waiting.append(Fault.THROTTLE)
        with pytest.raises(Unavailable):
            await stage.channel.send(stage.edition, "key")
        stage.double.loses = True
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")


@pytest.mark.parametrize("status", ["EXPIRED", "gone"])
async def test_a_container_that_is_spent_is_made_anew(tmp_path: Path, status: str) -> None:
    async with threads(tmp_path) as stage:
        stage.double.picture = "IN_PROGRESS"
        with pytest.raises(Unavailable):
            await stage.channel.send(stage.edition, "key")
        stage.double.picture = "FINISHED"
        [made] = stage.double.made.values()
        made.status = status
        if status == "gone":
            stage.double.made.clear()
        with pytest.raises(Unavailable, match="made anew"):
            await stage.channel.send(stage.edition, "key")
        await stage.channel.send(stage.edition, "key")
        assert stage.arrived() == 1


async def test_a_post_of_a_thread_answers_the_one_before_or_stands_by_itself(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        assert isinstance(stage.channel, Threadable)
        first = await stage.channel.send(stage.edition, "key")
        await stage.channel.reply(first, replace(stage.edition, text="2/3", card=None), "key-1")
        assert stage.double.posted[1].fields["reply_to_id"] == first.platform_id
        stage.double.posted.pop(0)
        await stage.channel.reply(first, replace(stage.edition, text="3/3", card=None), "key-2")
        assert "reply_to_id" not in stage.double.posted[1].fields


async def test_a_long_story_becomes_a_thread_that_is_taken_whole(tmp_path: Path) -> None:
    async with threads(tmp_path, long="thread") as stage:
        edition = told({**GIVEN, "long": "thread"}, body=LONG)
        assert isinstance(stage.channel, Threadable)
        above = await stage.channel.send(edition.post(0), "key-0")
        for number in range(1, len(edition.more) + 1):
            above = await stage.channel.reply(above, edition.post(number), f"key-{number}")
        assert stage.arrived() == 1 + len(edition.more) > 2
        assert above.sent.startswith(f"{stage.arrived()}/{stage.arrived()}")


async def test_a_withdrawn_post_that_is_gone_is_a_success(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        assert isinstance(stage.channel, Withdrawable)
        receipt = await stage.channel.send(stage.edition, "key")
        assert (await stage.channel.withdraw(receipt, "key-2")).sent == "deleted"
        assert stage.arrived() == 0
        assert (await stage.channel.withdraw(receipt, "key-3")).sent.startswith("it was gone")


@pytest.mark.parametrize(
    ("wrong", "expected", "account"),
    [
        (Wrong(190, "Error validating access token: Session has expired"), Refused, True),
        (Wrong(10, "Application does not have permission for this action"), Refused, True),
        (Wrong(9, "Application request limit reached: posts", 2207042), Unavailable, False),
        (Wrong(1, "An unknown error has occurred.", status=500), Uncertain, False),
        (Wrong(100, "Invalid parameter"), Refused, False),
    ],
)
async def test_each_code_is_one_of_the_three(
    tmp_path: Path, wrong: Wrong, expected: type[Exception], account: bool
) -> None:
    async with threads(tmp_path) as stage:
        stage.double.refuses = wrong
        with pytest.raises(expected) as caught:
            await stage.channel.send(stage.edition, "key")
        assert getattr(caught.value, "account", False) is account
        assert stage.arrived() == 0


async def test_a_text_that_is_too_long_is_refused_as_this_post(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        with pytest.raises(Refused, match="500 characters") as caught:
            await stage.channel.send(replace(stage.edition, text="河" * 501), "key")
        assert not caught.value.account


async def test_check_says_who_we_are_what_is_left_of_the_day_and_when_the_token_dies(tmp_path: Path) -> None:
    async with threads(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        stage.double.expires_at = int(datetime(2036, 1, 20, 8, 0, tzinfo=UTC).timestamp())
        found = await stage.channel.check()
        assert [one.ok for one in found] == [True] * 4
        assert [one.detail for one in found[:2]] == ["@riverbend_daily", "0 of 250"]
        assert found[3].detail == "until 2036-01-20 08:00 UTC"
        stage.double.used = 250
        stage.double.scopes.remove("threads_delete")
        assert [one.ok for one in await stage.channel.check()] == [True, False, False, True]
        stage.double.token = "another"
        assert [one.ok for one in await stage.channel.check()] == [False]
