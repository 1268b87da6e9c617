"""A page that is gone twice, an hour apart, is told to the desk; nothing else is."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.ledger import Ledger
from bot.model.delivery import Receipt, State
from bot.model.source import Memory
from bot.sources.feed import FeedSettings, open_source
from bot.sources.kind import Tools
from bot.web.fetch import Fetcher
from bot.work.revisit import A_ROUND, Revisit
from tests.fakes.serve import serve
from tests.fakes.site import Site
from tests.fakes.stories import planned_story

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ZONE = ZoneInfo("Asia/Shanghai")


class Web:
    """Answers by what stands in `gone` and `status`; everything else is there."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.status: int | None = 404
        self.asked: list[str] = []

    async def page_status(self, link: str) -> int | None:
        self.asked.append(link)
        return self.status if link in self.gone else 200


class Hands:
    """The house with a clock that can be moved on."""

    def __init__(self, ledger: Ledger, now: datetime) -> None:
        self.ledger, self.now, self.web = ledger, now, Web()
        self.work = Revisit(ledger, {"inbox": self.web}, lambda: self.now, ZONE)

    async def posted(self, *channels: str) -> int:
        """A story that is out on the first channel and waits on the others; its number."""
        story = await planned_story(self.ledger, self.now, *(channels or ("main",)))
        claim = await self.ledger.claims.next(
            [channels[0] if channels else "main"], "test", self.now, MINUTE, lambda *_: None
        )
        assert claim is not None
        assert await self.ledger.claims.sent(claim, Receipt("1", self.now, None, "text"), self.now)
        return story

    async def link(self, story: int) -> str:
        found = await self.ledger.stories.get(story)
        assert found is not None
        assert found.article.link is not None
        return found.article.link

    async def later(self, by: timedelta) -> int:
        self.now += by
        return await self.work.round()

    async def notices(self) -> list[str]:
        return [notice.text for notice in await self.ledger.notices.untold()]


@pytest.fixture
def hands(ledger: Ledger, now: datetime) -> Hands:
    return Hands(ledger, now)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_twice_an_hour_apart_is_told_once(hands: Hands, status: int) -> None:
    story = await hands.posted()
    hands.web.gone, hands.web.status = {await hands.link(story)}, status
    assert await hands.later(2 * HOUR) == 0
    assert await hands.later(30 * MINUTE) == 0
    assert await hands.notices() == []
    assert await hands.later(31 * MINUTE) == 1
    (text,) = await hands.notices()
    assert text.startswith(f"#{story} ")
    assert f"its page is gone (HTTP {status} since 2026-11-24 18:00); withdraw what is out?" in text
    asked = len(hands.web.asked)
    assert await hands.later(5 * HOUR) == 0
    assert (len(hands.web.asked), len(await hands.notices())) == (asked, 1)


async def test_what_still_waits_is_held_and_what_is_out_stays(hands: Hands) -> None:
    story = await hands.posted("main", "texts")
    hands.web.gone = {await hands.link(story)}
    await hands.later(2 * HOUR)
    await hands.later(2 * HOUR)
    states = {one.channel: one.state for one in await hands.ledger.deliveries.of_story(story)}
    assert states == {"main": State.SENT, "texts": State.HELD}
    assert "what was waiting is held" in (await hands.notices())[0]


async def test_a_page_that_comes_back_is_forgotten(hands: Hands) -> None:
    story = await hands.posted()
    hands.web.gone = {await hands.link(story)}
    await hands.later(2 * HOUR)
    hands.web.gone = set()
    await hands.later(HOUR)
    hands.web.gone = {await hands.link(story)}
    assert await hands.later(2 * HOUR) == 0
    assert await hands.notices() == []


@pytest.mark.parametrize("status", [None, 403, 429, 500, 503])
async def test_an_answer_that_says_nothing_of_the_page_is_no_end_of_it(hands: Hands, status: int | None) -> None:
    story = await hands.posted()
    hands.web.gone, hands.web.status = {await hands.link(story)}, status
    for _ in range(3):
        assert await hands.later(2 * HOUR) == 0
    assert await hands.notices() == []


async def test_a_server_that_is_busy_in_between_does_not_start_the_hour_again(hands: Hands) -> None:
    story = await hands.posted()
    hands.web.gone = {await hands.link(story)}
    await hands.later(2 * HOUR)
    hands.web.status = 503
    await hands.later(HOUR)
    hands.web.status = 404
    assert await hands.later(HOUR) == 1


async def test_many_pages_of_one_source_at_once_are_a_site_that_moved(hands: Hands) -> None:
    numbers = [await hands.posted() for _ in range(5)]
    hands.web.gone = {await hands.link(number) for number in numbers}
    await hands.later(2 * HOUR)
    assert await hands.later(HOUR) == 5
    (text,) = await hands.notices()
    assert "inbox: the pages of 5 posted stories are gone" in text
    assert "has the site moved? Nothing was held or withdrawn" in text


async def test_only_posted_stories_of_the_last_days_are_asked_for_and_few_at_a_time(hands: Hands) -> None:
    await planned_story(hands.ledger, hands.now, "elsewhere")
    for _ in range(A_ROUND + 3):
        await hands.posted()
    await hands.later(HOUR)
    assert hands.web.asked == []
    await hands.later(HOUR)
    assert len(hands.web.asked) == A_ROUND
    await hands.later(5 * MINUTE)
    assert len(set(hands.web.asked)) == A_ROUND + 3 == len(hands.web.asked)
    await hands.later(timedelta(days=4))
    assert len(hands.web.asked) == A_ROUND + 3


async def test_a_source_asks_for_the_head_of_a_page_and_for_the_whole_where_that_says_no(now: datetime) -> None:
    site = Site(pages={"1.html": b"<h1>Ferry</h1>"})
    fetcher = Fetcher(private=["127.0.0.0/8"])
    async with serve(site.app) as base:
        settings = FeedSettings.model_validate({"kind": "feed", "url": f"{base}/feed.xml"})
        source = open_source("river", settings, Tools(fetcher, ZONE, Path()))
        assert await source.page_status(f"{base}/a/1.html") == 200
        assert await source.page_status(f"{base}/a/2.html") == 404
        assert site.methods == ["HEAD", "HEAD", "GET"]
    assert await source.page_status("http://127.0.0.1:9/a/1.html") is None
    await fetcher.close()


async def test_that_an_entry_left_its_feed_is_told_to_nobody(now: datetime) -> None:
    item = "<item><title>Ferry</title><link>/a/1.html</link><description>The ferry runs late.</description></item>"
    site = Site(feed=f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
    fetcher = Fetcher(private=["127.0.0.0/8"])
    async with serve(site.app) as base:
        settings = FeedSettings.model_validate({"kind": "feed", "url": f"{base}/feed.xml"})
        source = open_source("river", settings, Tools(fetcher, ZONE, Path()))
        look = await source.look(Memory(), now)
        site.feed = b"<rss version='2.0'><channel></channel></rss>"
        look = await source.look(look.memory, now + HOUR)
    await fetcher.close()
    assert (look.found, look.problems) == ((), ())
