"""A reprint joins the cluster of the first, in the transaction that records it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.ledger import Ledger
from bot.ledger.clusters import BOILERPLATE, MEMORY
from bot.ledger.store import connect
from bot.ledger.tables import anchors
from bot.model.decision import Verb
from bot.model.ledger import Recorded, Verdict
from bot.model.story import Article, Block, BlockKind, Byline
from bot.rules.identity import fingerprint, keys
from tests.fakes.pairs import articles
from tests.fakes.stories import plan

LONG = [one for one in articles() if one.language == "zh" and sum(map(len, one.paragraphs)) > 200]
BRIDGE, GARDEN = LONG[:2]


def at(made: Article, site: str, *, credit: str = "河湾日报", headline: str | None = None) -> Article:
    return replace(
        made, headline=headline or made.headline, link=f"https://{site}.example.org/{headline or made.headline}",
        byline=Byline(credit=credit),
    )  # fmt: skip


def with_more(made: Article, *paragraphs: str) -> Article:
    return replace(made, blocks=(*made.blocks, *(Block(BlockKind.PARAGRAPH, one) for one in paragraphs)))


async def record(ledger: Ledger, source: str, made: Article, now: datetime, *, fresh: bool = True) -> Recorded:
    return await ledger.stories.record(source, made, keys(source, made), fingerprint(made), now, fresh=fresh)


async def cluster(ledger: Ledger, story: int) -> int:
    found = await ledger.stories.get(story)
    assert found is not None
    return found.cluster


async def test_a_story_is_the_first_of_its_own_cluster(ledger: Ledger, now: datetime) -> None:
    for made in (BRIDGE, GARDEN):
        recorded = await record(ledger, "daily", at(made, "daily"), now)
        assert await cluster(ledger, recorded.story) == recorded.story


async def test_a_reprint_keeps_its_credit_and_says_whose_it_is(ledger: Ledger, now: datetime) -> None:
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    copy = at(BRIDGE, "portal", credit="临江晚报", headline="桥修好了")
    second = await record(ledger, "portal", copy, now)
    assert second.verdict is Verdict.NEW
    story = await ledger.stories.get(second.story)
    assert story is not None
    assert (story.cluster, story.article) == (first.story, copy)
    joined = [one.why for one in await ledger.history.of_story(second.story) if one.verb is Verb.JOINED]
    told = f"joined the cluster of #{first.story}: 100% of its text stands there, 100% of that text here"
    assert joined == [f"{told}; credit 临江晚报 kept"]


async def test_a_reprint_of_a_reprint_joins_the_first(ledger: Ledger, now: datetime) -> None:
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    longer = with_more(at(BRIDGE, "portal"), *GARDEN.paragraphs[:1])
    second = await record(ledger, "portal", longer, now)
    third = await record(ledger, "third", replace(at(BRIDGE, "third"), blocks=longer.blocks), now)
    assert {await cluster(ledger, one.story) for one in (second, third)} == {first.story}
    [decision] = [one for one in await ledger.history.of_story(third.story) if one.verb is Verb.JOINED]
    assert decision.why.startswith(f"joined the cluster of #{first.story} with #{second.story}: 100%")


async def test_the_same_text_at_a_second_address_of_one_newsroom_is_the_same_story(
    ledger: Ledger, now: datetime
) -> None:
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    moved = replace(at(BRIDGE, "daily"), link="https://daily.example.org/elsewhere", guid="another")
    again = await record(ledger, "daily", moved, now)
    assert (again.story, again.verdict) == (first.story, Verdict.KNOWN)
    corrected = await record(ledger, "daily", with_more(moved, "更正：限速六十公里。"), now)
    assert (corrected.story, corrected.revision) == (first.story, 2)


async def test_a_newsrooms_follow_up_is_a_story_of_its_own(ledger: Ledger, now: datetime) -> None:
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    update = with_more(
        at(BRIDGE, "daily", headline="大桥通车第二天"), "通车第二天，早高峰每小时过桥两千八百辆，比封闭前多。"
    )
    second = await record(ledger, "daily", update, now + timedelta(days=1))
    assert await cluster(ledger, second.story) == second.story != first.story


async def test_an_update_is_no_reprint_of_whoever_reprinted_the_first_version(ledger: Ledger, now: datetime) -> None:
    news = "通车第二天，早高峰每小时过桥两千八百辆，比封闭前多出三百辆，桥东的小学门口却堵了。"
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    await record(ledger, "portal", at(BRIDGE, "portal"), now)
    update = await record(ledger, "daily", with_more(at(BRIDGE, "daily", headline="第二天"), news), now)
    assert await cluster(ledger, update.story) == update.story
    elsewhere = await record(ledger, "third", with_more(at(BRIDGE, "third"), news), now)
    assert await cluster(ledger, elsewhere.story) == update.story
    theirs = await record(
        ledger, "portal", with_more(at(BRIDGE, "portal", headline="又讯"), *GARDEN.paragraphs[:1]), now
    )
    assert await cluster(ledger, theirs.story) == theirs.story
    assert first.story != update.story


async def test_the_surest_key_names_the_story_where_keys_know_two(ledger: Ledger, now: datetime) -> None:
    first = await ledger.stories.record("daily", BRIDGE, ["link"], "1", now)
    second = await ledger.stories.record("daily", GARDEN, ["guid"], "2", now)
    found = await ledger.stories.record("daily", GARDEN, ["guid", "link"], "2", now)
    assert (found.story, found.verdict) == (second.story, Verdict.KNOWN)
    assert first.story != second.story


async def test_a_print_of_an_older_crier_is_no_revision(ledger: Ledger, now: datetime) -> None:
    made = at(BRIDGE, "daily")
    await ledger.stories.record("daily", made, keys("daily", made), "print of another version", now)
    assert (await record(ledger, "daily", made, now)).verdict is Verdict.KNOWN


@pytest.mark.parametrize("rounds", range(3))
async def test_reprints_recorded_at_once_make_one_cluster(ledger: Ledger, now: datetime, rounds: int) -> None:
    made = LONG[rounds]
    recorded = await asyncio.gather(*(record(ledger, f"s{n}", at(made, f"s{n}"), now) for n in range(6)))
    assert len({one.story for one in recorded}) == 6
    assert {await cluster(ledger, one.story) for one in recorded} == {min(one.story for one in recorded)}


async def test_a_text_that_comes_again_a_season_later_is_news(ledger: Ledger, now: datetime) -> None:
    await record(ledger, "daily", at(BRIDGE, "daily"), now)
    later = await record(ledger, "portal", at(BRIDGE, "portal"), now + MEMORY + timedelta(seconds=1))
    assert await cluster(ledger, later.story) == later.story


async def test_a_reprint_that_becomes_another_text_leaves_and_one_that_follows_stays(
    ledger: Ledger, now: datetime
) -> None:
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    copy = at(BRIDGE, "portal")
    second = await record(ledger, "portal", copy, now)
    await record(ledger, "portal", with_more(copy, "更正：限速六十公里。"), now)
    assert await cluster(ledger, second.story) == first.story
    await record(ledger, "portal", replace(copy, blocks=GARDEN.blocks), now)
    assert await cluster(ledger, second.story) == second.story
    last = (await ledger.history.of_story(second.story))[-1]
    assert (last.verb, last.why.partition(":")[0]) == (Verb.LEFT, f"left the cluster of #{first.story}")


async def test_a_corrected_text_is_found_by_its_new_passages(ledger: Ledger, now: datetime) -> None:
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    await record(ledger, "daily", replace(at(BRIDGE, "daily"), blocks=GARDEN.blocks), now)
    copy = await record(ledger, "portal", at(GARDEN, "portal"), now)
    assert await cluster(ledger, copy.story) == first.story


async def test_what_stands_in_many_stories_leads_to_none_and_is_kept_no_more_often(
    ledger: Ledger, ledger_url: str, now: datetime
) -> None:
    boilerplate = "本栏目由河湾市融媒体中心与各镇通讯员共同采写，欢迎读者来信来电提供线索，一经采用即付稿酬，文责自负。"
    for number, made in enumerate(articles() * 2):
        if made.language == "zh":
            only = replace(
                made, blocks=(Block(BlockKind.PARAGRAPH, boilerplate), made.blocks[number // 42 % len(made.blocks)])
            )
            await record(ledger, f"s{number}", at(only, f"s{number}", headline=f"{number}"), now)
    store = connect(ledger_url)
    async with store.read() as connection:
        counted = select(func.count()).select_from(anchors).group_by(anchors.c.hash)
        most = max((await connection.execute(counted)).scalars())
    await store.engine.dispose()
    assert 10 <= most <= BOILERPLATE


async def test_a_wire_story_is_found_however_often_it_was_reprinted(ledger: Ledger, now: datetime) -> None:
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    for number in range(BOILERPLATE + 3):
        copy = await record(ledger, f"s{number}", at(BRIDGE, f"s{number}"), now)
        assert await cluster(ledger, copy.story) == first.story


async def test_relatives_are_the_others_with_what_became_of_them(ledger: Ledger, now: datetime) -> None:
    first = await record(ledger, "daily", at(BRIDGE, "daily"), now)
    second = await record(ledger, "portal", at(BRIDGE, "portal"), now, fresh=False)
    await ledger.deliveries.plan(first.story, 1, [plan(first.story, "main", now)], [], now)
    stories = [await ledger.stories.get(one.story) for one in (first, second)]
    assert stories[0] is not None
    assert stories[1] is not None
    [reprint] = await ledger.clusters.relatives(stories[0])
    [original] = await ledger.clusters.relatives(stories[1])
    assert (reprint.story, reprint.waiting, reprint.remembered, reprint.deliveries) == (second.story, False, True, ())
    assert (original.story, original.remembered) == (first.story, False)
    assert [row.channel for row in original.deliveries] == ["main"]
