"""WebSub over real HTTP: subscribe, be asked back, take what is signed, renew, and look seldom meanwhile."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bot.ledger import Ledger
from bot.model.subscription import Standing, Subscription
from bot.site.hubs import AFTER_A_NO
from bot.sources.politeness import spread
from bot.work.pickup import SELDOM, Pickup
from bot.work.subscribing import FIRST_WAIT, Subscribing
from tests.fakes.door import PUBLIC, Door, a_door
from tests.fakes.hub import Hub
from tests.fakes.serve import serve
from tests.fakes.site import Site

EVERY = timedelta(minutes=5)
ITEM = "<item><title>{title}</title><link>https://example.org/{number}</link><guid>{number}</guid><description>{body}</description></item>"
BODY = "河湾大桥今早恢复双向通行，首班公交六点十分过桥，沿线站点同时恢复停靠。" * 20
FEED = '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>河湾日报</title>{head}{items}</channel></rss>'


def feed(*numbers: int, hub: str = "") -> bytes:
    head = f'<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="https://example.org/feed"/>' if hub else ""
    items = "".join(ITEM.format(title=f"第{number}条", number=number, body=BODY[number:]) for number in numbers)
    return FEED.format(head=head, items=items).encode()


@dataclass
class House:
    """A feed, its hub, and the parts of the house that deal with both."""

    site: Site
    hub: Hub
    hub_url: str
    door: Door
    pickup: Pickup
    subscribing: Subscribing

    async def look(self) -> None:
        await self.pickup.look("feed")

    async def subscribe(self) -> Subscription:
        """Look, ask the hub, and wait until it has asked back."""
        await self.look()
        before = len(self.hub.answers)
        await self.subscribing.run()
        async with asyncio.timeout(60):
            while len(self.hub.answers) == before and not (self.hub.silent or self.hub.status != 202):
                await asyncio.sleep(0.01)
        return await self.subscription()

    async def subscription(self) -> Subscription:
        found = await self.door.ledger.subscriptions.of("feed")
        assert found is not None
        return found

    async def next_look(self) -> timedelta:
        [note] = await self.door.ledger.notes.all()
        return note.next_look - self.door.now

    async def headlines(self) -> list[str]:
        return sorted(story.article.headline for story in await self.door.read())


@contextlib.asynccontextmanager
async def a_house(url: str, now: datetime, *, websub: bool = True, public: bool = True) -> AsyncIterator[House]:
    site, hub = Site(), Hub()
    ledger = await Ledger.open(url)
    async with serve(site.app) as base, serve(hub.app) as hub_url:
        settings = {"feed": {"kind": "feed", "url": f"{base}/feed.xml", "every": EVERY, "websub": websub}}
        async with a_door(ledger, now, settings) as door:
            hub.reach = str(door.client.base_url)
            site.feed = feed(1, hub=f"{hub_url}/")
            pickup = Pickup(ledger, door.sources, lambda: door.now, lambda _: None, reachable=public)
            address = f"https://{PUBLIC}/" if public else None
            yield House(site, hub, hub_url, door, pickup, Subscribing(ledger, door.sources, address, lambda: door.now))
    await ledger.close()


@pytest.fixture
async def house(ledger_url: str, now: datetime) -> AsyncIterator[House]:
    async with a_house(ledger_url, now) as opened:
        yield opened


@pytest.fixture
async def here(sqlite_url: str, now: datetime) -> AsyncIterator[House]:
    async with a_house(sqlite_url, now) as opened:
        yield opened


async def test_a_hub_that_a_feed_names_is_subscribed_to_and_answered(house: House) -> None:
    subscription = await house.subscribe()
    [asked] = house.hub.asked
    assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", "https://example.org/feed")
    assert asked["hub.callback"] == f"https://{PUBLIC}/in/feed/{subscription.word}"
    assert asked["hub.secret"] == subscription.secret
    assert house.hub.verified == ["https://example.org/feed"]
    assert subscription.standing is Standing.ACTIVE
    assert subscription.active(house.door.now + timedelta(days=9))


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_what_the_hub_brings_signed_is_read_as_what_a_look_brings(here: House, method: str) -> None:
    await here.subscribe()
    assert await here.hub.distribute(feed(2, 1), method=method) == 202
    assert here.door.woken == ["feed"]
    assert await here.headlines() == ["第1条", "第2条"]
    stories = await here.door.ledger.stories.recent(9)
    new = next(story for story in stories if story.article.headline == "第2条")
    assert new.id in await here.door.ledger.stories.waiting()
    assert (await here.door.ledger.history.of_story(new.id))[0].why == "brought by the hub"


async def test_what_is_brought_is_not_brought_again_by_the_next_look(here: House) -> None:
    await here.subscribe()
    await here.hub.distribute(feed(2))
    await here.headlines()
    here.site.feed = feed(2, 1, hub=f"{here.hub_url}/")
    await here.look()
    stories = await here.door.ledger.stories.recent(9)
    assert [story.revision for story in stories] == [1, 1]


@pytest.mark.parametrize("forged", [{"sign": False}, {"secret": "another"}, {"method": "md5"}], ids=str)
async def test_what_is_not_signed_by_the_hub_is_thanked_for_and_ignored(here: House, forged: dict[str, str]) -> None:
    await here.subscribe()
    assert await here.hub.distribute(feed(2, 1), **forged) == 202  # type: ignore[arg-type]
    assert here.door.woken == []
    assert await here.headlines() == ["第1条"]


async def test_while_a_hub_brings_what_is_new_the_feed_is_looked_at_seldom(here: House) -> None:
    await here.look()
    assert await here.next_look() == spread(EVERY, "feed")
    await here.subscribe()
    await here.look()
    assert await here.next_look() == spread(EVERY * SELDOM, "feed")
    here.door.now += timedelta(days=11)
    here.site.feed = feed(2, 1, hub=f"{here.hub_url}/")
    await here.look()
    assert await here.next_look() == spread(EVERY, "feed")


async def test_a_lease_is_renewed_before_it_ends(here: House) -> None:
    here.hub.lease = 1000
    first = await here.subscribe()
    here.door.now += timedelta(seconds=799)
    await here.subscribing.run()
    assert len(here.hub.asked) == 1
    here.door.now += timedelta(seconds=2)
    renewed = await here.subscribe()
    assert len(here.hub.verified) == 2
    assert renewed.word == first.word
    assert renewed.lease_until == here.door.now + timedelta(seconds=1000)


async def test_after_the_lease_nothing_is_let_in(here: House) -> None:
    here.hub.lease = 1000
    await here.subscribe()
    here.door.now += timedelta(seconds=1001)
    assert await here.hub.distribute(feed(2, 1)) == 202
    assert await here.headlines() == ["第1条"]


async def test_a_hub_that_denies_is_asked_again_after_a_day(here: House) -> None:
    here.hub.deny = "no room"
    denied = await here.subscribe()
    assert (denied.standing, denied.problem) == (Standing.DENIED, "its hub denies the subscription: no room")
    here.hub.deny = ""
    here.door.now += AFTER_A_NO
    assert (await here.subscribe()).standing is Standing.ACTIVE


@pytest.mark.parametrize("trouble", ["silent", "refuses"])
async def test_a_hub_in_trouble_is_asked_ever_more_seldom_and_the_feed_looked_at_as_ever(
    here: House, trouble: str
) -> None:
    here.hub.silent, here.hub.status = (True, 202) if trouble == "silent" else (False, 500)
    await here.subscribe()
    for times, wait in ((2, FIRST_WAIT), (3, FIRST_WAIT * 2)):
        here.door.now += wait - timedelta(seconds=1)
        await here.subscribing.run()
        assert len(here.hub.asked) == times - 1
        here.door.now += timedelta(seconds=1)
        await here.subscribing.run()
        assert len(here.hub.asked) == times
    await here.look()
    assert await here.next_look() == spread(EVERY, "feed")


async def test_nobody_else_can_confirm_deny_or_learn_a_subscription(here: House) -> None:
    subscription = await here.subscribe()
    asked = here.hub.asked[0]
    others = [
        (asked, {}),  # nobody asked this time
        (asked, {"hub.topic": "https://example.org/other"}),
        (asked, {"hub.mode": "unsubscribe"}),
        (asked, {"hub.lease_seconds": "soon"}),
        ({**asked, "hub.callback": f"https://{PUBLIC}/in/feed/guessed"}, {}),
        ({**asked, "hub.callback": f"https://{PUBLIC}/in/other/{subscription.word}"}, {}),
    ]
    for one, changed in others:
        answer = await here.hub.verify(one, **changed)
        assert (answer.status_code, answer.text) == (404, "Not Found")
    assert await here.subscription() == subscription


@pytest.mark.parametrize(("websub", "public"), [(False, True), (True, False)])
async def test_where_the_settings_do_not_let_it_no_hub_is_asked(
    sqlite_url: str, now: datetime, *, websub: bool, public: bool
) -> None:
    async with a_house(sqlite_url, now, websub=websub, public=public) as house:
        await house.look()
        await house.subscribing.run()
        assert house.hub.asked == []
        assert await house.door.ledger.subscriptions.of("feed") is None


async def test_a_subscription_that_is_wanted_no_more_is_forgotten_and_lets_nothing_in(
    sqlite_url: str, now: datetime
) -> None:
    async with a_house(sqlite_url, now) as house:
        await house.subscribe()
        house.door.now += timedelta(days=9)
        await Subscribing(house.door.ledger, {}, f"https://{PUBLIC}/", lambda: house.door.now).run()
        assert await house.door.ledger.subscriptions.of("feed") is None
        assert await house.hub.distribute(feed(2, 1)) == 404


async def test_a_hub_named_in_the_header_alone_is_found_and_a_redirect_that_keeps_the_form_followed(
    here: House,
) -> None:
    here.site.feed = feed(1)
    here.site.headers["link"] = f'<{here.hub_url}/moved>; rel="hub", <https://example.org/header>; rel=self'
    await here.subscribe()
    assert here.hub.verified == ["https://example.org/header"]
