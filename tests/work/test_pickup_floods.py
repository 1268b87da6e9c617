"""Many old entries at once are held as one group, and an editor lets them go or drops them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.ledger import Ledger
from bot.ledger.floods import UNREAD, WAITS
from bot.model.delivery import Act
from bot.model.story import Story
from bot.rules import clearance
from bot.sources.feed import FeedSettings, open_source
from bot.sources.kind import Tools
from bot.web.fetch import Fetcher
from bot.work.pickup import Pickup, Tally
from tests.fakes.serve import serve
from tests.fakes.site import Site
from tests.fakes.stories import article

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MANY = 60
PLACES = ("quay", "market", "bridge", "school", "mill", "library", "ferry", "orchard", "station", "theatre")
LONG = (
    "The {place} of street number {n} opens again after {n} weeks of repairs by {n} men and their {place} crew. " * 12
)
SHORT = "The {place} {n} opens again."


def rss(base: str, now: datetime, text: str, numbers: range) -> bytes:
    items = "".join(
        f"<item><title>The {PLACES[n % 10]} {n} opens</title><link>{base}/a/{n}.html</link><guid>n{n}</guid>"
        f"<pubDate>{now - n * DAY:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>{text.format(n=n, place=PLACES[n % 10])}</description></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>Riverbend Daily</title>{items}</channel></rss>'.encode()


def page(n: int) -> bytes:
    text = "".join(f"<p>{LONG.format(n=n, place=PLACES[n % 10])} Part {part}.</p>" for part in range(3))
    return (
        f"<html lang='en'><body><article><h1>The {PLACES[n % 10]} {n} opens</h1>{text}</article></body></html>".encode()
    )


@dataclass
class House:
    ledger: Ledger
    site: Site
    base: str
    now: datetime
    fetcher: Fetcher

    def __post_init__(self) -> None:
        settings = FeedSettings.model_validate({"kind": "feed", "url": f"{self.base}/feed.xml"})
        self.source = open_source("river", settings, Tools(self.fetcher, ZoneInfo("UTC"), Path()))
        self.pickup = Pickup(self.ledger, {"river": self.source}, lambda: self.now, lambda _: None)

    async def look(self) -> Tally:
        self.now += HOUR
        return await self.pickup.look("river")

    async def flood(self, text: str = LONG) -> None:
        self.site.feed = rss(self.base, self.now, text, range(1))
        await self.look()
        self.site.feed = rss(self.base, self.now, text, range(2, 2 + MANY))
        await self.look()

    async def stories(self) -> tuple[Story, ...]:
        return tuple(one for one in await self.ledger.stories.recent(200) if one.article.guid != "n0")


@pytest.fixture
async def house(ledger: Ledger, now: datetime) -> AsyncIterator[House]:
    site, fetcher = Site(), Fetcher(private=["127.0.0.0/8"])
    async with serve(site.app) as base:
        await ledger.notes.register(["river"], now)
        yield House(ledger, site, base, now, fetcher)
    await fetcher.close()


async def test_a_flood_is_recorded_held_and_told_in_one_notice(house: House) -> None:
    await house.flood()
    stories = await house.stories()
    assert (len(stories), {one.held for one in stories}) == (MANY, {WAITS})
    assert await house.ledger.stories.waiting() == ()
    [notice] = await house.ledger.notices.untold()
    assert notice.subject == "source river flood"
    assert "60 old or undated entries" in notice.text
    assert "the oldest is “The bridge" in notice.text or "the oldest is “The market 61" in notice.text
    [flood] = await house.ledger.floods.waiting()
    assert (flood.source, flood.stories) == ("river", MANY)
    assert (flood.oldest[0], flood.newest[0]) == ("The market 61 opens", "The bridge 2 opens")


async def test_an_editor_lets_the_whole_flood_go_however_old_it_is(house: House) -> None:
    await house.flood()
    assert await house.ledger.floods.release("river", "Lin Yifan", "we want them", house.now) == MANY
    stories = await house.stories()
    assert set(await house.ledger.stories.waiting()) == {one.id for one in stories}
    assert {one.held for one in stories} == {None}
    assert {clearance.objection(Act.POST, one, house.now, not_older_than=HOUR) for one in stories} == {None}
    assert await house.ledger.floods.of("river") is None
    history = await house.ledger.history.of_story(stories[0].id)
    assert [(one.verb, one.who, one.why) for one in history][-1] == ("released", "Lin Yifan", "we want them")


async def test_a_flood_that_is_dropped_stays_remembered(house: House) -> None:
    await house.flood()
    assert await house.ledger.floods.drop("river", "Lin Yifan", "the site moved", house.now) == MANY
    assert await house.ledger.stories.waiting() == ()
    assert {one.held for one in await house.stories()} == {None}
    assert await house.ledger.floods.release("river", "Lin Yifan", "no, wait", house.now) == 0
    assert (await house.look()).new == 0


async def test_pages_of_a_flood_of_teasers_are_read_when_it_has_been_let_go(house: House) -> None:
    house.site.pages.update({f"{n}.html": page(n) for n in range(2, 2 + MANY)})
    await house.flood(SHORT)
    assert await house.ledger.floods.release("river", "Lin Yifan", "", house.now) == MANY
    assert {one.held for one in await house.stories()} == {UNREAD}
    for _ in range(3):
        await house.look()
    stories = await house.stories()
    assert {(one.held, one.revision, len(one.article.paragraphs)) for one in stories} == {(None, 2, 3)}
    assert len(await house.ledger.stories.waiting()) == MANY


async def test_what_was_let_go_and_has_no_page_goes_as_it_is(house: House) -> None:
    await house.flood(SHORT)
    await house.ledger.floods.release("river", "Lin Yifan", "", house.now)
    house.site.feed = rss(house.base, house.now, SHORT, range(40, 2 + MANY))  # the others have left the feed
    for _ in range(2):
        await house.look()
    assert len(await house.ledger.stories.waiting()) == MANY
    assert {one.held for one in await house.stories()} == {None}


async def test_one_story_of_a_flood_can_be_let_go_alone(house: House) -> None:
    await house.flood()
    one, *others = await house.stories()
    await house.ledger.deliveries.release(one.id, "Lin Yifan", "this one", house.now)
    assert await house.ledger.stories.waiting() == (one.id,)
    flood = await house.ledger.floods.of("river")
    assert flood is not None
    assert flood.stories == len(others)


async def test_a_story_from_before_the_first_look_can_be_let_go(ledger: Ledger, now: datetime) -> None:
    old = await ledger.stories.record("river", article(), ["guid:river:1"], "f", now, fresh=False)
    await ledger.deliveries.release(old.story, "Lin Yifan", "", now)
    assert await ledger.stories.waiting() == (old.story,)
    story = await ledger.stories.get(old.story)
    assert story is not None
    assert story.released


async def test_a_flood_that_is_known_by_its_words_asks_nobody(house: House) -> None:
    house.site.feed = rss(house.base, house.now, LONG, range(2, 2 + MANY))
    await house.look()
    house.site.feed = house.site.feed.replace(b"<guid>n", b"<guid>moved-")
    assert (await house.look()).known == MANY
    assert await house.ledger.notices.untold() == ()


async def test_the_desk_is_told_of_a_flood_whose_source_is_gone_from_the_settings(house: House) -> None:
    await house.flood()
    for notice in await house.ledger.notices.untold():
        await house.ledger.notices.told(notice.id, house.now)
    await house.pickup.left_behind()
    assert await house.ledger.notices.untold() == ()
    await Pickup(house.ledger, {}, lambda: house.now, lambda _: None).left_behind()
    [notice] = await house.ledger.notices.untold()
    assert notice.subject == "source river flood"
    assert f"{MANY} old entries of it are held, and it is no longer in the settings" in notice.text


async def test_teasers_of_a_source_that_is_gone_go_as_they_are(house: House) -> None:
    """Nobody will read their pages any more."""
    await house.flood(SHORT)
    assert await house.ledger.floods.release("river", "陈静", "", house.now) == MANY
    await house.ledger.floods.unread("river", house.now)
    assert len(await house.ledger.stories.waiting()) == MANY
