"""What is settled, tried again, cancelled or let go at the desk is seen on the platforms, in both languages."""

from datetime import timedelta

import pytest

from bot.ledger.floods import WAITS
from bot.model.delivery import Outcome
from tests.desk.conftest import Office
from tests.desk.test_running import nothing_against
from tests.fakes.stories import article

MINUTE = timedelta(minutes=1)


async def broken(office: Office, outcome: Outcome) -> int:
    """A story of which the try on weekly went wrong in that way."""
    story = await office.floor.story()
    office.now += MINUTE
    claim = await office.ledger.claims.next(["weekly"], "worker", office.now, MINUTE, nothing_against)
    assert claim is not None
    if outcome is Outcome.UNCERTAIN:
        await office.ledger.claims.uncertain(claim, "no answer", office.now)
    else:
        await office.ledger.claims.failed(claim, outcome, "HTTP 403", office.now)
    return story


@pytest.mark.parametrize(
    ("chinese", "outcome", "order", "posts"),
    [
        (True, Outcome.UNCERTAIN, "存疑 {} weekly 没发", 1),
        (False, Outcome.UNCERTAIN, "/settle {} weekly not out", 1),
        (True, Outcome.UNCERTAIN, "存疑 {} weekly 已发", 0),
        (False, Outcome.UNCERTAIN, "/settle {} weekly out", 0),
        (True, Outcome.REFUSED, "重发 {} weekly", 1),
        (False, Outcome.REFUSED, "/retry {}", 1),
        (True, None, "取消 {} weekly 重复", 0),
        (False, None, "/cancel {} weekly doubled", 0),
    ],
)
async def test_what_an_editor_says_of_a_try_reaches_the_platform(
    office: Office, chinese: bool, outcome: Outcome | None, order: str, posts: int
) -> None:
    story = await (broken(office, outcome) if outcome else office.floor.story())
    await office.ask(office.chen if chinese else office.ana, order.format(story))
    office.now += MINUTE
    await office.floor.works()
    assert len(office.floor.posts("weekly")) == posts
    assert len(office.floor.posts("telegram-zh")) == 1


@pytest.mark.parametrize(("what", "posts"), [("release", 2), ("drop", 0)])
@pytest.mark.parametrize("chinese", [True, False])
async def test_a_flood_goes_out_or_does_not(office: Office, chinese: bool, what: str, posts: int) -> None:
    for number in range(2):
        made = article(f"旧稿 {number}")
        await office.ledger.stories.record("site", made, [made.headline], "", office.now, fresh=False, held=WAITS)
    await office.ledger.notes.register(["site"], office.now)
    await office.ask(office.chen if chinese else office.ana, f"/flood site {what}")
    await office.floor.works()
    office.now += MINUTE
    await office.floor.works()
    assert len(office.floor.got()["partners"]) == posts
