"""A reprint from another site does not post twice, and never in place of what an editor stopped."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.decision import Verb
from bot.model.delivery import Act, State
from bot.model.story import Article, Block, BlockKind, Byline
from bot.press import Press
from bot.rules.identity import fingerprint, keys
from bot.settings import Desk, Newsroom, Route
from bot.settings.sections import When
from bot.work.compose import KIN_RETRY, Compose
from bot.work.outlet import Outlet
from tests.fakes.pairs import articles
from tests.fakes.scripted import FACTS, Scripted

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
BRIDGE = articles()[0]
EVERYBODY = Route(channels=("main",))
PORTAL_ONLY = Route(channels=("hk",), when=When(sources=("portal",)))


def printed(source: str, *, body: tuple[Block, ...] = BRIDGE.blocks) -> Article:
    headline = f"{BRIDGE.headline} {source}"
    return replace(
        BRIDGE, headline=headline, blocks=body, link=f"https://{source}.example.org/1", byline=Byline(credit=source)
    )


class Room:
    """A composing room over a ledger with two channels: one for every story, one for the portal's."""

    def __init__(self, ledger: Ledger, now: datetime, folder: Path) -> None:
        self.ledger, self.now = ledger, now
        facts = replace(FACTS, card=None, editable=True)
        outlets = {name: Outlet(name, Scripted(name, facts=facts), f"lane of {name}") for name in ("main", "hk")}
        press = Press(Newsroom(name="河湾日报"), SHIPPED, None, folder / "cards")
        desk = Desk(grace=timedelta(0), not_older_than=None)
        self._compose = Compose(
            ledger, press, outlets, (EVERYBODY, PORTAL_ONLY), desk, lambda: self.now, lambda _: None
        )

    async def take(self, made: Article, source: str, *, fresh: bool = True) -> int:
        names, look = keys(source, made), fingerprint(made)
        return (await self.ledger.stories.record(source, made, names, look, self.now, fresh=fresh)).story

    async def compose(self, story: int) -> timedelta | None:
        return await self._compose.compose(story)

    async def rows(self, story: int) -> list[tuple[str, Act, State]]:
        return [(row.channel, row.act, row.state) for row in await self.ledger.deliveries.of_story(story)]

    async def whys(self, story: int, channel: str) -> list[str]:
        history = await self.ledger.history.of_story(story)
        return [one.why for one in history if one.channel == channel and one.verb is Verb.NOT_ROUTED]


@pytest.fixture
def room(ledger: Ledger, now: datetime, tmp_path: Path) -> Room:
    return Room(ledger, now, tmp_path)


async def test_the_channel_of_the_first_gets_no_second_post(room: Room) -> None:
    first = await room.take(printed("daily"), "daily")
    second = await room.take(printed("agency"), "agency")
    for story in (first, second):
        assert await room.compose(story) is None
    assert await room.rows(first) == [("main", Act.POST, State.PLANNED)]
    assert await room.rows(second) == []
    assert await room.whys(second, "main") == [f"a reprint of #{first}"]
    assert await room.ledger.stories.waiting() == ()


async def test_a_reprint_waits_for_the_first_to_be_composed(room: Room) -> None:
    first = await room.take(printed("daily"), "daily")
    second = await room.take(printed("agency"), "agency")
    assert await room.compose(second) == KIN_RETRY
    await room.compose(first)
    assert await room.compose(second) is None
    assert await room.rows(second) == []


async def test_a_channel_that_only_the_reprint_is_routed_to_gets_it_once(room: Room) -> None:
    first = await room.take(printed("daily"), "daily")
    second = await room.take(printed("portal"), "portal")
    await room.compose(first)
    await room.compose(second)
    assert await room.rows(second) == [("hk", Act.POST, State.PLANNED)]


async def test_a_correction_of_a_reprint_does_not_touch_the_post_of_the_first(room: Room) -> None:
    first = await room.take(printed("daily"), "daily")
    second = await room.take(printed("agency"), "agency")
    for story in (first, second):
        await room.compose(story)
    corrected = (*BRIDGE.blocks, Block(BlockKind.PARAGRAPH, "更正：限速四十公里。"))
    assert await room.take(printed("agency", body=corrected), "agency") == second
    await room.compose(second)
    assert await room.rows(second) == []
    assert await room.rows(first) == [("main", Act.POST, State.PLANNED)]


async def test_a_reprint_of_what_an_editor_cancelled_stays_in_the_house(room: Room) -> None:
    first = await room.take(printed("daily"), "daily")
    await room.compose(first)
    await room.ledger.deliveries.cancel(first, "陈静", "未经证实", room.now)
    second = await room.take(printed("portal"), "portal")
    await room.compose(second)
    assert await room.rows(second) == [("hk", Act.POST, State.HELD)]
    assert await room.whys(second, "main") == [f"a reprint of #{first}"]


async def test_a_reprint_of_old_news_waits_for_an_editor(room: Room) -> None:
    await room.take(printed("daily"), "daily", fresh=False)
    second = await room.take(printed("agency"), "agency")
    assert await room.compose(second) is None
    assert await room.rows(second) == [("main", Act.POST, State.HELD)]


async def test_a_reprint_that_became_a_story_of_its_own_posts(room: Room) -> None:
    first = await room.take(printed("daily"), "daily")
    second = await room.take(printed("agency"), "agency")
    for story in (first, second):
        await room.compose(story)
    await room.take(printed("agency", body=articles()[2].blocks), "agency")
    await room.compose(second)
    assert await room.rows(second) == [("main", Act.POST, State.PLANNED)]
