"""From a fresh story to promises on paper, each with its reason."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ledger import Ledger
from bot.model.channel import Facts
from bot.model.decision import Verb
from bot.model.delivery import Act, Delivery, Receipt, State
from bot.model.edition import Markup
from bot.model.story import Article
from bot.press import Press
from bot.rules.follow import Corrections
from bot.rules.lateness import WAITS, Late, Lateness
from bot.settings import Desk, Newsroom, Route
from bot.settings.sections import When
from bot.work.compose import TEMPLATE_RETRY, Compose
from bot.work.outlet import Outlet
from tests.fakes.scripted import FACTS, Scripted
from tests.fakes.stories import article

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
ZH = Route(channels=("zh",), when=When(languages=("zh",)))
EN = Route(channels=("en",), when=When(languages=("en",)))
DESK = Desk(grace=timedelta(seconds=60), not_older_than=timedelta(hours=6))
WORDS_ONLY = replace(FACTS, card=None)


class Room:
    """A composing room over a ledger, with two channels and a clock that can be moved."""

    def __init__(self, ledger: Ledger, now: datetime, folder: Path, facts: Facts = WORDS_ONLY) -> None:
        self.ledger, self.now, self.folder = ledger, now, folder
        self.woken: list[str] = []
        self.outlets = {name: Outlet(name, Scripted(name, facts=facts), f"lane of {name}") for name in ("zh", "en")}
        self.compose = self._open()

    def _open(self, routes: Sequence[Route] = (ZH, EN)) -> Compose:
        own = self.folder / "own"
        (own / "posts").mkdir(parents=True, exist_ok=True)
        press = Press(Newsroom(name="河湾日报"), SHIPPED, own, self.folder / "cards")
        return Compose(self.ledger, press, self.outlets, routes, DESK, lambda: self.now, self.woken.append)

    def reroute(self, *routes: Route) -> None:
        self.compose = self._open(routes)

    async def record(self, made: Article, *, key: str = "k", fingerprint: str = "1") -> int:
        return (await self.ledger.stories.record("inbox", made, [key], fingerprint, self.now)).story

    async def rows(self, story: int) -> list[tuple[str, Act, State, int]]:
        found: Sequence[Delivery] = await self.ledger.deliveries.of_story(story)
        return [(row.channel, row.act, row.state, row.revision) for row in found]

    async def why(self, story: int) -> list[tuple[Verb, str | None, str]]:
        return [(one.verb, one.channel, one.why) for one in await self.ledger.history.of_story(story)]


@pytest.fixture
def room(ledger: Ledger, now: datetime, tmp_path: Path) -> Room:
    return Room(ledger, now, tmp_path)


async def test_each_channel_gets_its_edition_or_its_reason(room: Room) -> None:
    story = await room.record(article())
    assert await room.compose.compose(story) is None
    [row] = await room.ledger.deliveries.of_story(story)
    assert (row.channel, row.state, row.due_at) == ("zh", State.PLANNED, room.now + DESK.grace)
    assert "河湾大桥修复通车" in row.edition.text
    assert (Verb.ROUTED, "zh", "route 1 takes language zh") in await room.why(story)
    assert (Verb.NOT_ROUTED, "en", "route 2 wants language en; the story has zh") in await room.why(story)
    assert room.woken == ["lane of zh"]
    assert await room.ledger.stories.waiting() == ()


async def test_composing_twice_plans_once(room: Room) -> None:
    story = await room.record(article())
    for _ in range(2):
        await room.compose.compose(story)
    assert await room.rows(story) == [("zh", Act.POST, State.PLANNED, 1)]


async def test_a_correction_in_time_replaces_what_is_planned(room: Room) -> None:
    story = await room.record(article())
    await room.compose.compose(story)
    await room.record(article(body="更正:明早恢复。"), fingerprint="2")
    await room.compose.compose(story)
    assert await room.rows(story) == [("zh", Act.POST, State.CANCELLED, 1), ("zh", Act.POST, State.PLANNED, 2)]
    assert (Verb.SUPERSEDED, "zh", "superseded by revision 2") in await room.why(story)


async def test_a_correction_of_what_is_out_is_an_edit_without_grace(room: Room) -> None:
    story = await room.record(article())
    await room.compose.compose(story)
    room.now += DESK.grace
    claim = await room.ledger.claims.next(["zh"], "w", room.now, timedelta(minutes=1), lambda *_: None)
    assert claim is not None
    receipt = await room.outlets["zh"].channel.send(claim.delivery.edition, claim.delivery.key)
    await room.ledger.claims.sent(claim, receipt, room.now)
    await room.record(article(body="更正:明早恢复。"), fingerprint="2")
    await room.compose.compose(story)
    assert (await room.rows(story))[1:] == [("zh", Act.EDIT, State.PLANNED, 2)]
    assert (await room.ledger.deliveries.of_story(story))[1].due_at == room.now


async def posted(room: Room) -> int:
    """A story that is out on its channel."""
    story = await room.record(article())
    await room.compose.compose(story)
    room.now += DESK.grace
    claim = await room.ledger.claims.next(["zh"], "w", room.now, timedelta(minutes=1), lambda *_: None)
    assert claim is not None
    receipt = await room.outlets["zh"].channel.send(claim.delivery.edition, claim.delivery.key)
    await room.ledger.claims.sent(claim, receipt, room.now)
    return story


CORRECTION = "桥面今早恢复双向通行。更正:此前报道称共换拉索48根,应为52根。"


@pytest.mark.parametrize(
    ("policy", "body", "posts"),
    [
        ("said", CORRECTION, True),
        ("said", "桥面明早恢复双向通行。", False),
        ("always", "桥面明早恢复双向通行。", True),
        ("never", CORRECTION, False),
    ],
)
async def test_where_a_platform_cannot_edit_a_correction_may_be_a_post_of_its_own(
    ledger: Ledger, now: datetime, tmp_path: Path, policy: Corrections, body: str, posts: bool
) -> None:
    room = Room(ledger, now, tmp_path, replace(WORDS_ONLY, editable=False))
    room.outlets["zh"] = replace(room.outlets["zh"], corrections=policy)
    story = await posted(room)
    await room.record(article(body=body), fingerprint="2")
    await room.compose.compose(story)
    expected = [("zh", Act.POST, State.SENT, 1), *([("zh", Act.POST, State.PLANNED, 2)] if posts else [])]
    assert await room.rows(story) == expected
    assert len(await room.ledger.notices.untold()) == (0 if posts else 1)


async def test_a_correction_is_posted_once_and_answers_what_it_corrects(
    ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    room = Room(ledger, now, tmp_path, replace(WORDS_ONLY, editable=False))
    story = await posted(room)
    await room.record(article(body=CORRECTION), fingerprint="2")
    await room.compose.compose(story)
    claim = await room.ledger.claims.next(["zh"], "w", room.now, timedelta(minutes=1), lambda *_: None)
    assert claim is not None
    assert [receipt.platform_id for receipt in claim.out] == ["zh/1"]
    await room.ledger.claims.sent(claim, Receipt("zh/2", room.now), room.now)
    await room.record(article(body=CORRECTION + "市民说好。"), fingerprint="3")
    await room.compose.compose(story)
    assert [revision for *_, revision in await room.rows(story)] == [1, 2]
    await room.ledger.withdrawals.withdraw(story, ["zh"], "陈静", "a mistake", room.now)
    deletion = await room.ledger.claims.next(["zh"], "w", room.now, timedelta(minutes=1), lambda *_: None)
    assert deletion is not None
    assert [receipt.platform_id for receipt in deletion.out] == ["zh/1", "zh/2"]


async def test_where_a_platform_cannot_edit_the_desk_hears_that_what_is_out_stays_wrong(
    ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    room = Room(ledger, now, tmp_path, replace(WORDS_ONLY, editable=False))
    story = await room.record(article())
    await room.compose.compose(story)
    room.now += DESK.grace
    claim = await room.ledger.claims.next(["zh"], "w", room.now, timedelta(minutes=1), lambda *_: None)
    assert claim is not None
    receipt = await room.outlets["zh"].channel.send(claim.delivery.edition, claim.delivery.key)
    await room.ledger.claims.sent(claim, receipt, room.now)
    await room.record(article(body="桥面明早恢复双向通行。"), fingerprint="2")
    await room.compose.compose(story)
    assert await room.rows(story) == [("zh", Act.POST, State.SENT, 1)]
    [notice] = await room.ledger.notices.untold()
    assert notice.text.endswith("revision 2 cannot reach zh")


async def test_what_an_editor_cancelled_stays_cancelled_when_the_story_changes(room: Room) -> None:
    story = await room.record(article())
    await room.compose.compose(story)
    await room.ledger.deliveries.cancel(story, "陈静", "not ours", room.now)
    await room.record(article(body="更正"), fingerprint="2")
    await room.compose.compose(story)
    assert await room.rows(story) == [("zh", Act.POST, State.CANCELLED, 1)]
    assert (Verb.NOT_ROUTED, "zh", "stays cancelled: not ours") in await room.why(story)


async def test_what_an_editor_holds_stays_held_when_the_story_changes(room: Room) -> None:
    story = await room.record(article())
    await room.compose.compose(story)
    await room.ledger.deliveries.hold(story, "陈静", "wait for the mayor", room.now)
    await room.record(article(body="更正"), fingerprint="2")
    await room.compose.compose(story)
    [_, row] = await room.ledger.deliveries.of_story(story)
    assert (row.state, row.reason) == (State.HELD, "wait for the mayor")


async def test_a_revision_that_no_route_takes_any_more_takes_back_what_was_planned(room: Room) -> None:
    story = await room.record(article())
    await room.compose.compose(story)
    await room.record(article(language="en"), fingerprint="2")
    await room.compose.compose(story)
    assert await room.rows(story) == [("zh", Act.POST, State.CANCELLED, 1), ("en", Act.POST, State.PLANNED, 2)]


async def test_stale_news_wait_for_an_editor_who_is_told(room: Room) -> None:
    made = article()
    stale = replace(made, byline=replace(made.byline, published=room.now - timedelta(hours=9)))
    story = await room.record(stale)
    await room.compose.compose(story)
    [row] = await room.ledger.deliveries.of_story(story)
    assert row.state is State.HELD
    assert "9 hours old" in row.reason
    [notice] = await room.ledger.notices.untold()
    assert "9 hours old" in notice.text


async def test_a_broken_template_holds_its_own_channel_up_and_no_other(
    ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    room = Room(ledger, now, tmp_path)
    room.reroute(Route(channels=("zh", "en")))
    broken = room.folder / "own" / "posts" / "mine.html.j2"
    broken.write_text("<b>{{ headlin }}</b>", encoding="utf-8")
    spoilt = replace(WORDS_ONLY, template="mine.html.j2", markup=Markup.HTML)
    room.outlets["en"] = Outlet("en", Scripted("en", facts=spoilt), "lane of en")
    story = await room.record(article())
    assert await room.compose.compose(story) == TEMPLATE_RETRY
    assert await room.rows(story) == [("zh", Act.POST, State.PLANNED, 1)]
    [notice] = await room.ledger.notices.untold()
    assert notice.text == f"mine.html.j2:1: 'headlin' is undefined (story {story})"
    broken.write_text("<b>{{ headline }}</b>", encoding="utf-8")
    assert await room.ledger.stories.waiting() == (story,)
    room.now += TEMPLATE_RETRY
    assert await room.compose.compose(story) is None
    assert (await room.rows(story))[1:] == [("en", Act.POST, State.PLANNED, 1)]


async def test_an_edit_knows_that_it_is_one_and_what_it_changes(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    room = Room(ledger, now, tmp_path)
    posts = room.folder / "own" / "posts"
    (posts / "zh.edit.html.j2").write_text("{{ route }} {{ mark }}", encoding="utf-8")
    room.reroute(ZH.model_copy(update={"name": "evening"}))
    story = await room.record(article(body="桥面48根拉索已更换。"))
    await room.compose.compose(story)
    room.now += DESK.grace
    claim = await room.ledger.claims.next(["zh"], "w", room.now, timedelta(minutes=1), lambda *_: None)
    assert claim is not None
    receipt = await room.outlets["zh"].channel.send(claim.delivery.edition, claim.delivery.key)
    await room.ledger.claims.sent(claim, receipt, room.now)
    await room.record(article(body="桥面52根拉索已更换。"), fingerprint="2")
    await room.compose.compose(story)
    rows = await room.ledger.deliveries.of_story(story)
    assert rows[1].edition.text == "evening 更新：正文“48”改为“52”"


async def test_what_waits_for_the_digest_of_late_stories_is_no_notice_each(room: Room) -> None:
    lateness = Lateness(timedelta(hours=6), Late.DIGEST)
    room.outlets["zh"] = replace(room.outlets["zh"], lateness=lateness)
    story = await room.record(article())
    room.now += timedelta(hours=7)
    await room.compose.compose(story)
    [row] = await room.ledger.deliveries.of_story(story)
    assert (row.state, row.reason) == (State.HELD, WAITS)
    assert await room.ledger.notices.untold() == ()
