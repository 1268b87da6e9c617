"""After an outage a channel that digests what is late gets one post of it, and nothing of it is lost."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from bot.ledger import Ledger
from bot.model.channel import Facts
from bot.model.delivery import Delivery, State
from bot.model.edition import Markup
from bot.press import Press
from bot.rules.catching_up import SETTLES, key_of
from bot.rules.digesting import digest_article
from bot.rules.hours import Hours, Quiet
from bot.rules.lateness import WAITS, Late, Lateness
from bot.settings import Newsroom
from bot.work.catching_up import CatchingUp
from bot.work.dispatch import Dispatch
from bot.work.outlet import Outlet
from tests.fakes.scripted import FACTS, Scripted
from tests.fakes.stories import plan, planned_story

HOUR = timedelta(hours=1)
SIX = Lateness(6 * HOUR, Late.DIGEST)
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAPER = Facts("paper", "paper.json.j2", Markup.JSON, None, card=None)
HEADLINES = ("河湾大桥修复通车", "图书馆延长开放", "早市搬家")
PLAIN = replace(FACTS, kind="telegram", card=None)


class House:
    """One channel, its dispatch and its round, and a clock that is moved."""

    def __init__(self, ledger: Ledger, now: datetime, folder: Path, facts: Facts = PLAIN, **more: object) -> None:
        self.ledger, self.now, self.main = ledger, now, Scripted("main", facts=facts)
        self.outlet = Outlet("main", self.main, "lane of main", **{"lateness": SIX, **more})  # type: ignore[arg-type]
        self.press = Press(Newsroom(name="河湾日报", zone="Asia/Shanghai"), TEMPLATES, None, folder)
        self.catching_up = self.round()

    def round(self, **changed: object) -> CatchingUp:
        outlets = {"main": replace(self.outlet, **changed)}  # type: ignore[arg-type]
        return CatchingUp(self.ledger, self.press, outlets, lambda: self.now, ZoneInfo("Asia/Shanghai"))

    async def drain(self) -> None:
        outlets = {"main": self.outlet}
        work = Dispatch(self.ledger, outlets, "w", lambda: self.now, asyncio.Event(), not_older_than=None)
        await work.drain("lane of main")

    async def late(self) -> list[int]:
        """Stories that were planned before an outage of seven hours, found late at its end."""
        made = [await planned_story(self.ledger, self.now, "main", headline=headline) for headline in HEADLINES]
        self.now += 7 * HOUR
        await self.drain()
        return made

    async def only(self, story: int) -> Delivery:
        [row] = await self.ledger.deliveries.of_story(story)
        return row


@pytest.fixture
def house(ledger: Ledger, now: datetime, tmp_path: Path) -> House:
    return House(ledger, now, tmp_path)


async def test_what_is_late_goes_out_as_one_digest_once_nothing_new_joins(house: House) -> None:
    stories = await house.late()
    assert {(await house.only(one)).reason for one in stories} == {WAITS}
    assert await house.ledger.desk_messages.waiting(datetime(2026, 1, 1, tzinfo=UTC)) == ()
    await house.catching_up.round()
    await house.drain()
    assert house.main.posted == []
    house.now += SETTLES
    for _ in range(3):
        await house.catching_up.round()
        await house.drain()
    [(_, text)] = house.main.posted
    assert all(headline in text for headline in HEADLINES)
    rows = [await house.only(one) for one in stories]
    assert {row.state for row in rows} == {State.CANCELLED}
    [number] = {int(row.reason.removeprefix("told in the digest #")) for row in rows}
    assert (await house.only(number)).state is State.SENT
    [notice] = await house.ledger.notices.untold()
    assert notice.text == f"main: 3 late stories are told in the digest #{number}, 0 had no room"


async def test_the_digest_keeps_the_quiet_hours_of_its_channel(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    quiet = Hours(ZoneInfo("UTC"), Quiet(time(14), time(16)))
    house = House(ledger, now, tmp_path, hours=quiet)
    await house.late()  # 15:00
    house.now += SETTLES
    await house.catching_up.round()
    await house.drain()
    assert house.main.posted == []
    house.now += HOUR
    await house.drain()
    assert len(house.main.posted) == 1


async def test_a_digest_that_is_filed_already_is_found_and_not_made_twice(house: House) -> None:
    stories = await house.late()
    waiting = await house.ledger.digests.late("main")
    article = digest_article(key_of(row.id for row, _ in waiting), "要闻速览", [story for _, story in waiting])
    number = await house.ledger.digests.plan(
        "desk", article, {"main": True}, [plan(0, "main", house.now, lane="lane of main")], "w", house.now, {}
    )
    house.now += SETTLES
    await house.catching_up.round()
    await house.drain()
    assert {(await house.only(one)).reason for one in stories} == {f"told in the digest #{number}"}
    assert len(house.main.posted) == 1


async def test_two_workers_that_look_at_once_make_one_digest(house: House) -> None:
    await house.late()
    house.now += SETTLES
    await asyncio.gather(house.catching_up.round(), house.round().round())
    await house.drain()
    assert len(house.main.posted) == 1


async def test_what_moved_meanwhile_stops_the_whole_digest(house: House) -> None:
    stories = await house.late()
    waiting = await house.ledger.digests.late("main")
    await house.ledger.deliveries.release(stories[0], "chen", "", house.now)
    article = digest_article(uuid4().hex, "要闻速览", [story for _, story in waiting])
    told = [row.id for row, _ in waiting]
    made = plan(0, "main", house.now, lane="lane of main")
    filed = await house.ledger.digests.catch_up("desk", article, {}, made, told, [], "w", house.now)
    assert filed is None
    assert [(await house.only(one)).state for one in stories] == [State.PLANNED, State.HELD, State.HELD]
    assert len(await house.ledger.stories.recent(9)) == 3


async def test_what_an_editor_holds_meanwhile_is_not_told(house: House) -> None:
    stories = await house.late()
    await house.ledger.deliveries.hold(stories[0], "chen", "等核实", house.now)
    house.now += SETTLES
    await house.catching_up.round()
    await house.drain()
    [(_, text)] = house.main.posted
    assert HEADLINES[0] not in text
    assert [(await house.only(one)).state for one in stories] == [State.HELD, State.CANCELLED, State.CANCELLED]


async def test_what_has_no_room_waits_for_an_editor(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    house = House(ledger, now, tmp_path, replace(PLAIN, limit=46))
    stories = await house.late()
    house.now += SETTLES
    for _ in range(2):
        await house.catching_up.round()
        await house.drain()
    [(_, text)] = house.main.posted
    rows = {headline: await house.only(one) for headline, one in zip(HEADLINES, stories, strict=True)}
    left = {headline: row.reason for headline, row in rows.items() if row.state is State.HELD}
    assert left
    assert all(headline not in text and why.startswith("no room in the digest #") for headline, why in left.items())
    assert all(headline in text for headline in rows.keys() - left.keys())


async def test_a_kind_without_digests_hands_what_is_late_to_an_editor(
    ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    house = House(ledger, now, tmp_path, PAPER)
    stories = await house.late()
    house.now += SETTLES
    await house.catching_up.round()
    for one in stories:
        row = await house.only(one)
        assert (row.state, row.reason.endswith("(no such template): an editor releases it")) == (State.HELD, True)
    assert set(await ledger.desk_messages.waiting(datetime(2026, 1, 1, tzinfo=UTC))) == set(stories)
    [notice] = await ledger.notices.untold()
    assert "3 stories are late" in notice.text


async def test_a_channel_that_makes_no_digest_any_more_leaves_nothing_waiting_for_one(house: House) -> None:
    stories = await house.late()
    await house.round(lateness=Lateness(6 * HOUR)).round()
    assert {(await house.only(one)).reason for one in stories} == {
        "this channel makes no digest of what is late: an editor releases it"
    }


async def test_whoever_withdraws_a_story_hears_in_which_digest_it_stands(house: House) -> None:
    stories = await house.late()
    house.now += SETTLES
    await house.catching_up.round()
    [told] = await house.ledger.notices.untold()
    await house.ledger.notices.told(told.id, house.now)
    number = int((await house.only(stories[0])).reason.removeprefix("told in the digest #"))
    for state in ("still going to main", "out on main"):
        await house.ledger.withdrawals.withdraw(stories[0], ["main"], "chen", "错", house.now)
        [notice] = await house.ledger.notices.untold()
        assert notice.text == f"#{stories[0]} {HEADLINES[0]}: stands in the digest #{number}, {state}"
        await house.ledger.notices.told(notice.id, house.now)
        await house.drain()
    await house.ledger.withdrawals.withdraw(number, ["main"], "chen", "", house.now)
    await house.ledger.withdrawals.withdraw(stories[0], ["main"], "chen", "错", house.now)
    assert await house.ledger.notices.untold() == ()
