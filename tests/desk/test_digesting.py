"""What went out becomes a digest: previewed at the desk, and sent by the same ledger once an editor says so."""

from datetime import timedelta

import pytest

from bot.model.delivery import State
from tests.desk.conftest import Office, seen

HEADLINES = ("河湾大桥修复通车", "图书馆延长开放", "早市搬家")


async def out(office: Office) -> list[int]:
    """Three stories that every platform has."""
    made = [await office.floor.story(headline) for headline in HEADLINES]
    for _ in range(4):
        office.now += timedelta(minutes=2)
        await office.floor.works()
    return made


async def sends(office: Office) -> None:
    for _ in range(2):
        office.now += timedelta(minutes=2)
        await office.floor.works()


@pytest.mark.parametrize(
    ("chinese", "asks", "button", "tells", "yes"),
    [
        (True, "今天发了 3 篇", "给 telegram-zh", "共 3 篇", ("签发", "放行")),
        (False, "3 stories went out today", "For telegram-zh", "tells 3 stories", ("Approve", "Release")),
    ],
)
async def test_a_digest_is_previewed_and_goes_out_once_confirmed_with_what_is_pinned_on_top(
    office: Office, chinese: bool, asks: str, button: str, tells: str, yes: tuple[str, str]
) -> None:
    who = office.chen if chinese else office.ana
    stories = await out(office)
    await office.ask(who, f"/pin {stories[1]} telegram-zh")
    [which] = await office.posts(who, "/digest")
    assert asks in seen(which)
    before = len(office.api.posted)
    await office.press(who, button, which)
    told, shown = office.api.posted[before:][-2:]
    assert tells in seen(told)
    assert all(headline in shown.text for headline in HEADLINES)
    await sends(office)
    assert len(office.floor.posts("telegram-zh")) == 3
    captions = [caption for row in shown.buttons for caption in row]
    await office.press(who, next(one for one in yes if one in captions), shown)
    await sends(office)
    post = office.floor.posts("telegram-zh")[-1]
    assert post.text.index(HEADLINES[1]) < post.text.index(HEADLINES[0])
    assert "头条" in post.text
    assert len(office.floor.posts("telegram-zh")) == 4
    assert len(office.floor.posts("weekly")) == 3


async def test_the_digest_is_a_story_of_its_own_that_is_withdrawn_like_any_other(office: Office) -> None:
    await out(office)
    told = await office.ask(office.ana, "/digest 24h telegram-zh weekly")
    number = int(told.split("#")[1].split()[0])
    await office.ask(office.ana, f"/release {number}")
    await sends(office)
    rows = await office.ledger.deliveries.of_story(number)
    assert {(row.channel, row.state) for row in rows} == {("telegram-zh", State.SENT), ("weekly", State.SENT)}
    assert "made anew, not corrected" in await office.ask(office.ana, f"/correct {number} update rain again")
    await office.ask(office.ana, f"/withdraw {number} wrong order")
    await sends(office)
    assert len(office.floor.posts("telegram-zh")) == 3
    assert "tells 3 stories" in await office.ask(office.ana, "/digest 24 weekly")


async def test_whoever_withdraws_a_story_is_told_of_the_digest_it_stands_in(office: Office) -> None:
    stories = await out(office)
    told = await office.ask(office.ana, "/digest 24h telegram-zh")
    number = int(told.split("#")[1].split()[0])
    await office.ask(office.ana, f"/withdraw {stories[0]} wrong")
    texts = [notice.text for notice in await office.ledger.notices.untold()]
    assert f"#{stories[0]} {HEADLINES[0]}: stands in the digest #{number}, still going to telegram-zh" in texts


async def test_nothing_to_tell_is_said(office: Office) -> None:
    assert "今天没有发出过稿件" in await office.ask(office.chen, "速览")
    assert "There is nothing to tell" in await office.ask(office.ana, "/digest 6 weekly")
    assert "radio" in await office.ask(office.ana, "/digest radio")
    assert await office.ledger.stories.recent(5) == ()
