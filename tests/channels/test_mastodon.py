"""Mastodon and its kin: no doubles whatever is lost, pictures with their words, and nobody called by an article."""

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels import KINDS
from bot.errors import Refused, Unavailable, Uncertain
from bot.model.channel import Checkable, Editable, Facts, Findable, Pinnable, Threadable, Withdrawable
from bot.model.edition import Unit
from bot.work.outlet import Outlet
from tests.channels.stages.mastodon import TEXT, mastodon
from tests.channels.stages.stage import NOW, NOWHERE, Stage, opened
from tests.channels.stages.telling import LONG, told
from tests.fakes.faults import Fault
from tests.fakes.mastodon import VERSIONS, Status
from tests.fakes.serve import serve

BEFORE = NOW - timedelta(minutes=1)
GIVEN = {"kind": "mastodon", "token": "env:CRIER_TEST_TOOT", "server": "https://riverbend.example"}


async def _moved(request: Request) -> Response:
    return RedirectResponse(f"https://www.riverbend.example{request.url.path}", 301)


def gotosocial(folder: Path) -> AbstractAsyncContextManager[Stage]:
    return mastodon(folder, "gotosocial", kin="gotosocial")


def facts(**more: object) -> Facts:
    kind = KINDS["mastodon"]
    return kind.facts(kind.settings.model_validate({**GIVEN, **more}))


async def test_the_card_goes_with_the_words_and_says_what_it_shows(tmp_path: Path) -> None:
    async with mastodon(tmp_path, visibility="unlisted") as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [posted] = stage.double.posted
        assert [one["description"] for one in posted.media] == ["大桥通车"]
        assert (posted.body["visibility"], posted.body["language"]) == ("unlisted", "zh")
        assert (receipt.platform_id, receipt.at) == (posted.id, NOW)
        assert receipt.permalink == f"https://riverbend.example/@riverbend/{posted.id}"


@pytest.mark.parametrize("tag", ["zh-Hant", "zh"])
async def test_the_language_is_named_by_its_first_part_alone(tmp_path: Path, tag: str) -> None:
    async with mastodon(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, language=tag), "key")
        assert stage.double.posted[0].body["language"] == "zh"


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_CLOSE, Fault.ACCEPT_THEN_NONSENSE])
async def test_a_repeat_with_the_same_key_is_the_same_post(tmp_path: Path, fault: Fault) -> None:
    async with mastodon(tmp_path) as stage:
        stage.faults.waiting.append(fault)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        receipt = await stage.channel.send(stage.edition, "key")
        assert [post.id for post in stage.double.posted] == [receipt.platform_id]
        assert stage.double.asked.count("POST /api/v2/media") == 1


@pytest.mark.parametrize("fault", [Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_CLOSE, Fault.ACCEPT_THEN_NONSENSE])
async def test_where_keys_are_forgotten_a_lost_answer_is_settled_by_looking(tmp_path: Path, fault: Fault) -> None:
    async with gotosocial(tmp_path) as stage:
        stage.faults.waiting.append(fault)
        with pytest.raises(Uncertain):
            await stage.channel.send(stage.edition, "key")
        assert isinstance(stage.channel, Findable)
        found = await stage.channel.find(stage.edition, "key", BEFORE)
        assert found is not None
        assert (found.platform_id, found.sent) == (stage.double.posted[0].id, TEXT)


async def test_what_is_surely_not_out_is_not_found_however_many_posts_there_are(tmp_path: Path) -> None:
    async with gotosocial(tmp_path) as stage:
        assert isinstance(stage.channel, Findable)
        assert await stage.channel.find(stage.edition, "key", BEFORE) is None
        stage.double.posted = [Status(str(number), f"{number}路公交恢复", NOW, {}) for number in range(1, 46)]
        assert await stage.channel.find(stage.edition, "key", BEFORE) is None


async def test_a_post_from_before_the_delivery_is_not_taken_for_it(tmp_path: Path) -> None:
    async with gotosocial(tmp_path) as stage:
        await stage.channel.send(stage.edition, "key")
        assert isinstance(stage.channel, Findable)
        assert await stage.channel.find(stage.edition, "key", NOW + timedelta(hours=1)) is None


async def test_a_post_of_the_same_link_in_other_words_leaves_doubt(tmp_path: Path) -> None:
    async with gotosocial(tmp_path) as stage:
        await stage.channel.send(replace(stage.edition, text="大桥通车 https://example.org/1"), "key-1")
        assert isinstance(stage.channel, Findable)
        with pytest.raises(Uncertain, match="in other words"):
            await stage.channel.find(stage.edition, "key-2", BEFORE)


@pytest.mark.parametrize("runs", sorted(set(VERSIONS) - {"mastodon"}))
@pytest.mark.parametrize("old", [False, True])
async def test_kin_that_keeps_no_keys_is_never_posted_to_as_if_it_did(tmp_path: Path, runs: str, old: bool) -> None:
    async with mastodon(tmp_path, runs, kin="mastodon") as stage:
        stage.double.version_one_only = old
        with pytest.raises(Refused, match="write kin: ") as caught:
            await stage.channel.send(stage.edition, "key")
        assert (caught.value.account, stage.arrived()) == (True, 0)


@pytest.mark.parametrize(
    ("runs", "limit", "unit", "keeps"),
    [
        ("mastodon", 1200, Unit.LINKS_AS_23, True),
        ("gotosocial", 7000, Unit.CODE_POINTS, False),
        ("pleroma", 5000, Unit.CODE_POINTS, False),
        ("pixelfed", 500, Unit.CODE_POINTS, False),
    ],
)
async def test_what_the_settings_leave_open_is_as_the_server_says(
    tmp_path: Path, runs: str, limit: int, unit: Unit, keeps: bool
) -> None:
    async with mastodon(tmp_path, runs) as stage:
        stage.double.limit = limit
        await stage.channel.send(stage.edition, "key")
        known = stage.channel.facts
        assert (known.limit, known.unit, known.key_life is not None) == (limit, unit, keeps)


async def test_the_first_story_is_composed_to_the_length_that_the_server_takes(tmp_path: Path) -> None:
    async with mastodon(tmp_path, "gotosocial") as stage:
        first = Outlet("main", stage.channel, "lane")
        assert ((await first.facts()).limit, (await first.facts()).key_life) == (5000, None)
        assert stage.double.asked == ["GET /api/v2/instance"]


@pytest.mark.parametrize("away", ["nobody there", "hangs"])
async def test_a_server_that_is_away_does_not_keep_a_story_from_being_composed(tmp_path: Path, away: str) -> None:
    async with mastodon(tmp_path) as stage:
        stage.double.hangs_at_first = away == "hangs"
        server = NOWHERE if away == "nobody there" else stage.given["server"]
        far = Outlet("main", opened({**stage.given, "server": server}, tmp_path), "lane")
        for _ in range(2):
            assert (await far.facts()).limit == 500
        assert len(stage.double.asked) == (away == "hangs")
        stage.faults.released.set()
        await far.channel.close()


async def test_what_a_dead_worker_posted_is_not_posted_again_though_composing_has_asked_the_server(
    tmp_path: Path,
) -> None:
    async with mastodon(tmp_path, "gotosocial") as stage:
        first = await stage.channel.send(stage.edition, "key")
        again = opened(stage.given, tmp_path)
        await Outlet("main", again, "lane").facts()
        assert await again.send(stage.edition, "key") == first
        await again.close()


async def test_one_pin_too_many_is_refused_and_the_account_is_not_to_blame(tmp_path: Path) -> None:
    async with mastodon(tmp_path, form="text") as stage:
        assert isinstance(stage.channel, Pinnable)
        for number in range(5):
            await stage.channel.pin(await stage.channel.send(replace(stage.edition, text=f"{number}"), f"key-{number}"))
        last = await stage.channel.send(stage.edition, "key")
        with pytest.raises(Refused, match="maximum number") as caught:
            await stage.channel.pin(last)
        assert not caught.value.account


@pytest.mark.parametrize("unlisted", [False, True])
async def test_a_server_that_says_nothing_of_itself_is_posted_to_and_trusted_with_nothing(
    tmp_path: Path, unlisted: bool
) -> None:
    async with mastodon(tmp_path) as stage:
        stage.double.nameless, stage.double.unlisted = True, unlisted
        await stage.channel.send(stage.edition, "key")
        assert (stage.arrived(), stage.channel.facts.limit, stage.channel.facts.key_life) == (1, 500, None)


async def test_a_post_of_a_worker_that_died_is_not_made_again_where_keys_turn_out_to_be_forgotten(
    tmp_path: Path,
) -> None:
    async with mastodon(tmp_path, "gotosocial") as stage:
        first = await stage.channel.send(stage.edition, "key")
        again = opened(stage.given, tmp_path)
        assert await again.send(stage.edition, "key") == first
        assert stage.arrived() == 1
        await again.send(replace(stage.edition, text="另一篇", link=None), "key-2")
        assert stage.arrived() == 2
        await again.close()


async def test_where_the_picture_is_refused_the_words_go_alone_and_the_receipt_says_so(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        (tmp_path / "card.png").write_bytes(b"GIF89a")
        receipt = await stage.channel.send(stage.edition, "key")
        assert (stage.shown(), stage.double.posted[0].media) == ([TEXT], [])
        assert receipt.sent.startswith("without the picture (HTTP 422: File type")


async def test_a_card_whose_file_is_gone_does_not_keep_the_words_back(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        (tmp_path / "card.png").unlink()
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture (its file is gone)")


@pytest.mark.parametrize(
    ("fault", "wait"),
    [(Fault.THROTTLE, timedelta(seconds=7)), (Fault.UNAVAILABLE, None), (Fault.ACCEPT_THEN_500, None)],
)
async def test_trouble_with_the_picture_is_never_doubt_about_the_post(
    tmp_path: Path, fault: Fault, wait: timedelta | None
) -> None:
    async with gotosocial(tmp_path) as stage:
        stage.double.media_faults.waiting.append(fault)
        with pytest.raises(Unavailable) as caught:
            await stage.channel.send(stage.edition, "key")
        assert (caught.value.retry_after, stage.arrived()) == (wait, 0)


async def test_a_picture_that_is_still_processed_is_waited_for_and_not_sent_twice(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        stage.double.processing = True
        with pytest.raises(Unavailable, match="still being processed"):
            await stage.channel.send(stage.edition, "key")
        stage.double.processing = False
        await stage.channel.send(stage.edition, "key")
        assert (len(stage.double.media), len(stage.double.posted[0].media)) == (1, 1)


async def test_a_picture_that_was_taken_to_be_worked_on_is_asked_for_before_it_is_used(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        stage.double.works_on = 2
        for _ in range(2):
            with pytest.raises(Unavailable, match="still being processed"):
                await stage.channel.send(stage.edition, "key")
        await stage.channel.send(stage.edition, "key")
        assert (len(stage.double.media), len(stage.double.posted[0].media)) == (1, 1)
        assert stage.double.asked.count("POST /api/v1/statuses") == 1


async def test_a_picture_that_the_server_could_not_read_in_the_end_is_left_out(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        stage.double.spoilt = True
        receipt = await stage.channel.send(stage.edition, "key")
        assert receipt.sent.startswith("without the picture (HTTP 422: Error processing")


async def test_a_server_without_the_newer_upload_gets_the_picture_by_the_older(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        stage.double.no_newer_media = True
        await stage.channel.send(stage.edition, "key")
        assert len(stage.double.posted[0].media) == 1


async def test_a_server_that_deletes_without_a_word_has_deleted(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        stage.double.silent_deletes = True
        assert isinstance(stage.channel, Withdrawable)
        assert (await stage.channel.withdraw(receipt, "key-2")).sent == "deleted"


async def test_as_a_text_there_is_no_picture_and_the_server_draws_the_links_preview(tmp_path: Path) -> None:
    async with mastodon(tmp_path, form="text") as stage:
        await stage.channel.send(stage.edition, "key")
        assert (stage.double.posted[0].media, facts(form="text").card) == ([], None)


async def test_a_correction_brings_its_own_card_and_without_one_the_old_stays(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        [posted] = stage.double.posted
        assert isinstance(stage.channel, Editable)
        await stage.channel.edit(receipt, replace(stage.edition, text="改", card=None), "key-2")
        assert [one["id"] for one in posted.media] == ["1"]
        await stage.channel.edit(receipt, replace(stage.edition, text="再改"), "key-3")
        assert ([one["id"] for one in posted.media], posted.text) == (["3"], "再改")


async def test_an_edit_that_changes_nothing_is_a_success(tmp_path: Path) -> None:
    async with mastodon(tmp_path, form="text") as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        assert isinstance(stage.channel, Editable)
        assert await stage.channel.edit(receipt, stage.edition, "key-2") == receipt
        assert stage.double.posted[0].edits == 0


async def test_what_somebody_has_deleted_cannot_be_edited_but_is_withdrawn(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        receipt = await stage.channel.send(stage.edition, "key")
        assert isinstance(stage.channel, Withdrawable)
        assert isinstance(stage.channel, Editable)
        for _ in range(2):
            assert (await stage.channel.withdraw(receipt, "key-2")).platform_id == receipt.platform_id
        assert stage.arrived() == 0
        with pytest.raises(Refused, match="not found"):
            await stage.channel.edit(receipt, stage.edition, "key-3")


async def test_a_post_of_a_thread_answers_the_one_before_or_stands_by_itself(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        assert isinstance(stage.channel, Threadable)
        first = await stage.channel.send(stage.edition, "key")
        await stage.channel.reply(first, replace(stage.edition, text="2/3", card=None), "key-1")
        assert stage.double.posted[1].body["in_reply_to_id"] == first.platform_id
        stage.double.posted.pop(0)
        await stage.channel.reply(first, replace(stage.edition, text="3/3", card=None), "key-2")
        assert "in_reply_to_id" not in stage.double.posted[1].body


@pytest.mark.parametrize(("trouble", "said"), [("revoked", "token is invalid"), ("no right", "authorized scopes")])
async def test_what_is_wrong_with_the_account_is_told_apart(tmp_path: Path, trouble: str, said: str) -> None:
    async with mastodon(tmp_path, form="text") as stage:
        if trouble == "revoked":
            stage.double.token = "another"
        else:
            stage.double.rights.discard("write:statuses")
        with pytest.raises(Refused, match=said) as caught:
            await stage.channel.send(stage.edition, "key")
        assert caught.value.account


@pytest.mark.parametrize(
    ("runs", "kin", "said"), [("mastodon", "mastodon", "422"), ("gotosocial", "gotosocial", "400")]
)
async def test_a_text_that_is_too_long_is_refused_as_this_post(tmp_path: Path, runs: str, kin: str, said: str) -> None:
    async with mastodon(tmp_path, runs, kin=kin) as stage:
        with pytest.raises(Refused, match=f"{said}.*limit of") as caught:
            await stage.channel.send(replace(stage.edition, text="河" * 5001), "key")
        assert not caught.value.account


@pytest.mark.parametrize(
    ("more", "limit", "unit", "keeps"),
    [
        ({}, 500, Unit.LINKS_AS_23, True),
        ({"limit": 1000}, 1000, Unit.LINKS_AS_23, True),
        ({"kin": "gotosocial"}, 5000, Unit.CODE_POINTS, False),
        ({"kin": "pleroma"}, 5000, Unit.CODE_POINTS, False),
        ({"kin": "pixelfed"}, 500, Unit.CODE_POINTS, False),
    ],
)
def test_the_facts_follow_the_kin(more: dict[str, object], limit: int, unit: Unit, keeps: bool) -> None:
    known = facts(**more)
    assert (known.limit, known.unit, known.key_life is not None) == (limit, unit, keeps)


@pytest.mark.parametrize("kin", ["mastodon", "gotosocial"])
async def test_a_long_story_as_it_is_told_fits_the_server(tmp_path: Path, kin: str) -> None:
    async with mastodon(tmp_path, kin, kin=kin) as stage:
        await stage.channel.send(told({**GIVEN, "kin": kin}, body=LONG), "key")
        assert stage.arrived() == 1


async def test_a_long_story_goes_out_as_a_thread_of_posts_that_fit(tmp_path: Path) -> None:
    async with mastodon(tmp_path, long="thread") as stage:
        story = told({**GIVEN, "long": "thread"}, body=LONG)
        assert isinstance(stage.channel, Threadable)
        above = await stage.channel.send(story.post(0), "key")
        for number in range(1, len(story.more) + 1):
            above = await stage.channel.reply(above, story.post(number), f"key-{number}")
        assert [post.body.get("in_reply_to_id") for post in stage.double.posted[1:]] == [
            post.id for post in stage.double.posted[:-1]
        ]
        assert len(stage.double.posted) > 2


@pytest.mark.parametrize("said", [" @everyone", "@admin@riverbend.example", "（@all）", "@_@", "\u202e@mallory"])
async def test_nobody_is_called_whatever_an_article_says(tmp_path: Path, said: str) -> None:
    async with mastodon(tmp_path) as stage:
        await stage.channel.send(told(GIVEN, said), "key")
        assert (stage.arrived(), stage.double.called) == (1, [])


async def test_check_says_who_we_are_and_what_is_missing(tmp_path: Path) -> None:
    async with mastodon(tmp_path) as stage:
        assert isinstance(stage.channel, Checkable)
        found = await stage.channel.check()
        assert [(one.subject, one.ok) for one in found] == [
            ("server", True), ("limit", True), ("account", True), ("right", True)
        ]  # fmt: skip
        stage.double.rights.discard("write:media")
        missing = "give the application write:media and make a new token"
        assert (await stage.channel.check())[-1].detail == missing
        stage.double.token = "another"
        assert [one.ok for one in await stage.channel.check()] == [True, True, False]


@pytest.mark.parametrize(
    ("runs", "given", "limit", "details"),
    [
        ("mastodon", {}, 300, ["mastodon 4.5.2", "300 characters"]),
        ("mastodon", {"limit": 500}, 300, ["mastodon 4.5.2", "300 characters: write limit: 300"]),
        ("gotosocial", {}, 5000, ["gotosocial 0.19.1+git-2f0a8d6", "5000 characters"]),
        (
            "gotosocial",
            {"kin": "mastodon"},
            5000,
            ["gotosocial 0.19.1+git-2f0a8d6: write kin: gotosocial", "5000 characters"],
        ),
    ],
)
async def test_check_says_what_runs_there_and_what_to_write(
    tmp_path: Path, runs: str, given: dict[str, object], limit: int, details: list[str]
) -> None:
    async with mastodon(tmp_path, runs, **given) as stage:
        stage.double.limit = limit
        assert isinstance(stage.channel, Checkable)
        assert [one.detail for one in (await stage.channel.check())[:2]] == details


@pytest.mark.parametrize("routes", [(), (Route("/api/{rest:path}", _moved),)])
async def test_a_server_without_the_api_is_told_before_anything_is_posted(
    tmp_path: Path, routes: tuple[Route, ...]
) -> None:
    async with serve(Starlette(routes=routes)) as base:
        channel = opened({**GIVEN, "server": base}, tmp_path)
        async with mastodon(tmp_path) as stage:
            edition = stage.edition
        with pytest.raises(Refused, match="no Mastodon API at this address") as caught:
            await channel.send(edition, "key")
        assert caught.value.account
        await channel.close()
