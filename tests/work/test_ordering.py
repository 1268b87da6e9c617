"""What editors order, from the order to what is planned: words, pictures, approvals, corrections."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.errors import OrderError, PressError, TooLong
from bot.ledger import Ledger
from bot.model.channel import Facts
from bot.model.decision import Verb
from bot.model.delivery import BREAKING, Act, Delivery, State
from bot.model.edition import Words
from bot.model.ledger import Verdict
from bot.model.order import CARD_ONLY, Correction, Kind, Way, Wording
from bot.model.story import Article
from bot.press import Press
from bot.press.job import Occasion
from bot.rules.follow import Corrections
from bot.settings import Desk, Newsroom, Route
from bot.settings.approval import Approval
from bot.work.compose import Compose
from bot.work.ordering import Ordering
from bot.work.outlet import Outlet
from bot.work.typesetting import Typesetting
from tests.fakes.scripted import FACTS, Scripted
from tests.fakes.stories import article

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
WORDS_ONLY = replace(FACTS, card=None)
FIXED = replace(WORDS_ONLY, editable=False)
MINUTE = timedelta(minutes=1)
RULES = Approval(sections={"时政": 2}, words=("洪水",))


class Room:
    """The desk over a ledger: one channel that edits, one that does not, and one that no route names."""

    def __init__(self, ledger: Ledger, now: datetime, folder: Path, *, signs: bool = False) -> None:
        self.ledger, self.now = ledger, now
        self.outlets = {
            "main": self.outlet("main", WORDS_ONLY, signs=signs),
            "fixed": self.outlet("fixed", FIXED),
            "other": self.outlet("other", WORDS_ONLY),
        }
        self.desk = Desk(grace=timedelta(0), not_older_than=timedelta(hours=6), approval=RULES)
        self.routes = (Route(channels=("main", "fixed")),)
        self.press = Press(Newsroom(name="河湾日报"), SHIPPED, None, folder / "cards")
        self.compose = Compose(ledger, self.press, self.outlets, self.routes, self.desk, self.clock, lambda _: None)
        door = (ledger, self.press, self.outlets, self.routes, self.desk, self.clock)
        self.order = Ordering(*door, folder / "pictures")

    def outlet(self, name: str, facts: Facts, *, signs: bool = False, policy: Corrections = "said") -> Outlet:
        return Outlet(name, Scripted(name, facts=facts), f"lane of {name}", policy, signs=signs)

    def clock(self) -> datetime:
        return self.now

    async def story(self, made: Article | None = None, *, print_: str = "1") -> int:
        recorded = await self.ledger.stories.record("inbox", made or article(), ["k"], print_, self.now)
        await self.compose.compose(recorded.story)
        return recorded.story

    async def send(self, channel: str) -> str:
        """As dispatch does; what was sent."""
        claim = await self.ledger.claims.next([channel], "w", self.now, MINUTE, lambda *_: None)
        assert claim is not None
        door = self.outlets[channel].channel
        receipt = await door.send(claim.edition, claim.key)
        await self.ledger.claims.sent(claim, receipt, self.now)
        return claim.edition.text

    async def row(self, story: int, channel: str) -> Delivery:
        rows: Sequence[Delivery] = await self.ledger.deliveries.of_story(story)
        return [row for row in rows if row.channel == channel][-1]


@pytest.fixture
def room(ledger: Ledger, now: datetime, tmp_path: Path) -> Room:
    return Room(ledger, now, tmp_path)


async def test_a_rule_of_the_newsroom_holds_a_story_until_enough_editors_approved_it(room: Room) -> None:
    story = await room.story(replace(article(), section="时政"))
    row = await room.row(story, "main")
    assert (row.state, row.reason) == (State.HELD, "needs the approval of 2 editors: section 时政")
    await room.ledger.orders.approve(story, "陈静", "", room.now)
    await room.ledger.orders.approve(story, "林晓", "", room.now)
    await room.compose.compose(story)
    assert "河湾大桥修复通车" in await room.send("main")


async def test_a_revision_with_a_word_that_forces_it_has_to_be_approved_again(room: Room) -> None:
    story = await room.story(article())
    await room.ledger.orders.approve(story, "陈静", "", room.now)
    await room.story(article(body="洪水昨夜退去。"), print_="2")
    assert (await room.row(story, "main")).reason == "needs the approval of an editor: the word “洪水”"


async def test_the_approving_editor_is_printed_where_the_article_names_none(
    ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    room = Room(ledger, now, tmp_path, signs=True)
    plain = article()
    story = await room.story(replace(plain, section="时政", byline=replace(plain.byline, editor=None)))
    for who in ("陈静", "林晓"):
        await ledger.orders.approve(story, who, "", now)
    await room.compose.compose(story)
    assert "责任编辑：林晓" in await room.send("main")


async def test_the_articles_own_editor_stays(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    room = Room(ledger, now, tmp_path, signs=True)
    story = await room.story()
    await ledger.orders.approve(story, "林晓", "", now)
    await room.compose.compose(story)
    assert "责任编辑：陈静" in await room.send("main")


async def test_a_scheduled_story_keeps_its_moment_when_it_is_recomposed(room: Room) -> None:
    story = await room.story()
    at = room.now + 30 * MINUTE
    await room.ledger.orders.schedule(story, at, "陈静", "", room.now)
    await room.story(article(body="新的一版。"), print_="2")
    assert [(await room.row(story, channel)).due_at for channel in ("main", "fixed")] == [at, at]


async def test_a_new_revision_waits_for_the_embargo_with_its_reason(room: Room) -> None:
    story = await room.story()
    until = room.now + 30 * MINUTE
    await room.ledger.orders.embargo(story, until, "陈静", "", room.now)
    await room.story(article(body="新的一版。"), print_="2")
    row = await room.row(story, "main")
    assert (row.revision, row.due_at, row.reason) == (2, until, f"embargoed until {until:%Y-%m-%d %H:%M} UTC")


async def test_a_story_is_not_too_old_when_its_embargo_ends(room: Room) -> None:
    story = await room.story()
    until = room.now + timedelta(hours=9)
    await room.ledger.orders.embargo(story, until, "陈静", "", room.now)
    room.now = until
    await room.story(article(body="新的一版。"), print_="2")
    assert (await room.row(story, "main")).state is State.PLANNED


async def test_breaking_is_composed_as_breaking(room: Room) -> None:
    story = await room.story()
    assert (await room.order.now(story, "陈静", "")).done
    await room.compose.compose(story)
    row = await room.row(story, "main")
    assert (row.priority, row.due_at) == (BREAKING, room.now)
    assert "突发" in row.edition.text


async def test_what_is_pinned_before_it_goes_is_made_as_pinned_for_that_channel(room: Room) -> None:
    story = await room.story()
    await room.ledger.pins.pin(story, ["main"], None, "陈静", room.now)
    assert await room.ledger.orders.to_renew() == (story,)
    known, given = await room.ledger.stories.get(story), await room.ledger.orders.given(story)
    assert known is not None
    press = Typesetting(room.ledger, room.press)
    jobs = [await press.job(known, given, one, (), "", Act.POST, correction=False) for one in ("main", "fixed")]
    assert [one.occasion for one in jobs] == [Occasion.PINNED, Occasion.POST]
    await room.compose.compose(story)
    await room.ledger.pins.unpin(story, "陈静", "", room.now)
    assert await room.ledger.orders.to_renew() == (story,)


async def test_an_added_channel_is_composed_against_the_routes_and_the_history_says_by_whom(room: Room) -> None:
    story = await room.story()
    await room.order.add(story, "other", "陈静", "of interest there")
    await room.compose.compose(story)
    assert (await room.row(story, "other")).state is State.PLANNED
    why = [one.why for one in await room.ledger.history.of_story(story) if one.channel == "other"]
    assert "added by 陈静: of interest there (the routes: no route names this channel)" in why


async def test_a_skipped_channel_stays_skipped_at_the_next_revision(room: Room) -> None:
    story = await room.story()
    await room.order.skip(story, "fixed", "陈静", "too local")
    await room.story(article(body="新的一版。"), print_="2")
    assert (await room.row(story, "fixed")).state is State.CANCELLED
    assert (await room.row(story, "fixed")).revision == 1
    assert (await room.row(story, "main")).revision == 2


async def test_an_editors_words_are_told_as_they_stand_and_only_where_they_were_meant(room: Room) -> None:
    story = await room.story()
    await room.order.edit(story, Wording("大桥今早通车", "一句话就够了。", ("大桥",)), "陈静", "main")
    await room.compose.compose(story)
    text = await room.send("main")
    assert ("大桥今早通车" in text, "一句话就够了。" in text, "桥面今早恢复" in text) == (True, True, False)
    assert (await room.row(story, "main")).edition.words is Words.EDITOR
    assert "河湾大桥修复通车" in await room.send("fixed")


async def test_nothing_of_a_story_leaves_before_an_editors_words_are_set(room: Room) -> None:
    story = await room.story()
    await room.order.edit(story, Wording(summary="一句话就够了。"), "陈静")
    assert await room.ledger.claims.next(["main"], "w", room.now, MINUTE, lambda *_: None) is None
    assert await room.ledger.orders.to_renew() == (story,)
    await room.compose.compose(story)
    assert await room.ledger.orders.to_renew() == ()
    assert "一句话就够了。" in await room.send("main")


async def test_words_that_do_not_fit_are_refused_at_once_with_length_and_limit(room: Room) -> None:
    story = await room.story()
    room.outlets["fixed"] = room.outlet("fixed", replace(FIXED, limit=120))
    with pytest.raises(TooLong) as caught:
        await room.order.edit(story, Wording(summary="很长的一句话，" * 30), "陈静")
    assert (caught.value.channel, caught.value.limit) == ("fixed", 120)
    assert caught.value.count > 200
    assert (await room.ledger.orders.given(story)).worded == ()


async def test_a_later_revision_keeps_the_editors_words_and_tells_the_desk(room: Room) -> None:
    story = await room.story()
    await room.order.edit(story, Wording(summary="一句话就够了。"), "陈静")
    await room.story(article(body="新的一版。"), print_="2")
    assert "一句话就够了。" in (await room.row(story, "main")).edition.text
    told = [notice.text for notice in await room.ledger.notices.untold()]
    assert f"#{story} 河湾大桥修复通车: revision 2 is told in the words of 陈静, written before it" in told


async def test_an_editor_without_words_is_asked_for_some(room: Room) -> None:
    story = await room.story()
    with pytest.raises(OrderError, match="write a headline"):
        await room.order.edit(story, Wording(), "陈静")


async def test_a_picture_is_chosen_or_left_out(room: Room) -> None:
    story = await room.story()
    assert await room.order.pictures(story) == ()
    await room.ledger.orders.picture(story, CARD_ONLY, "陈静", room.now)
    assert await room.compose.compose(story) is None
    known = await room.ledger.stories.get(story)
    assert known is not None
    assert known.orders.picture == CARD_ONLY


async def test_a_picture_that_an_editor_sends_is_kept_without_what_it_tells_of_its_place(
    room: Room, tmp_path: Path
) -> None:
    story = await room.story()
    with io.BytesIO() as file:
        Image.new("RGB", (1200, 800), "teal").save(file, "PNG")
        assert (await room.order.picture(story, file.getvalue(), "陈静")).done
    [kept] = (tmp_path / "pictures").iterdir()
    assert kept.read_bytes().startswith(b"\xff\xd8")
    with pytest.raises(PressError, match="no kind that can be drawn"):
        await room.order.picture(story, b"not a picture", "陈静")


async def test_a_story_written_at_the_desk_goes_where_the_routes_say(room: Room) -> None:
    made = await room.order.post("停水通知", "今晚九点起停水。\n\n明早六点恢复。", "zh", "陈静")
    await room.compose.compose(made.story)
    known = await room.ledger.stories.get(made.story)
    assert known is not None
    assert (known.source, known.article.paragraphs) == ("desk", ("今晚九点起停水。", "明早六点恢复。"))
    assert "停水通知" in await room.send("main")


async def test_a_correction_previews_what_each_channel_will_do(room: Room) -> None:
    story = await room.story()
    await room.send("main")
    await room.send("fixed")
    ways = {
        kind: [
            (one.channel, one.way)
            for one in await room.order.effects(story, Correction(kind, "时间有误", "今早", "明早"))
        ]
        for kind in Kind
    }
    assert ways == {
        Kind.TYPO: [("main", Way.EDIT), ("fixed", Way.NOTHING)],
        Kind.UPDATE: [("main", Way.EDIT), ("fixed", Way.NOTHING)],
        Kind.CORRECTION: [("main", Way.EDIT), ("fixed", Way.REPLY)],
    }


async def test_a_correction_is_marked_and_says_what_it_corrects(room: Room) -> None:
    story = await room.story()
    await room.send("main")
    await room.send("fixed")
    await room.order.correct(story, Correction(Kind.CORRECTION, "恢复通车的时间应为明早。", "今早", "明早"), "陈静")
    await room.compose.compose(story)
    edit, reply = await room.row(story, "main"), await room.row(story, "fixed")
    assert (edit.act, reply.act) == (Act.EDIT, Act.POST)
    for row in (edit, reply):
        assert "更正" in row.edition.text
        assert "恢复通车的时间应为明早" in row.edition.text
    said = [(one.verb, one.who) for one in await room.ledger.history.of_story(story)]
    assert (Verb.CORRECTED, "陈静") in said


async def test_a_typo_is_edited_silently(room: Room) -> None:
    story = await room.story()
    await room.send("main")
    await room.send("fixed")
    await room.order.correct(story, Correction(Kind.TYPO, old="双向", new="双向六车道"), "陈静")
    await room.compose.compose(story)
    row = await room.row(story, "main")
    assert (row.act, row.revision) == (Act.EDIT, 2)
    assert "双向六车道" in row.edition.text
    assert "更正" not in row.edition.text
    assert (await room.row(story, "fixed")).revision == 1
    assert await room.ledger.corrections.unseen() == ()


async def test_what_could_not_be_corrected_is_listed_until_somebody_has_seen_it(room: Room) -> None:
    story = await room.story()
    await room.send("fixed")
    await room.story(article(body="新的一版。"), print_="2")
    [listed] = await room.ledger.corrections.unseen()
    assert (listed.story, listed.revision, listed.channel) == (story, 2, "fixed")
    assert await room.ledger.corrections.seen(story, "陈静", room.now) == 1
    assert await room.ledger.corrections.unseen() == ()


async def test_a_correction_of_words_that_do_not_stand_there_is_refused(room: Room) -> None:
    story = await room.story()
    with pytest.raises(OrderError, match="does not stand in the article"):
        await room.order.correct(story, Correction(Kind.TYPO, old="下午", new="上午"), "陈静")


async def test_the_unchanged_page_does_not_take_the_desks_correction_back(room: Room) -> None:
    story = await room.story()
    await room.order.correct(story, Correction(Kind.TYPO, old="今早", new="明早"), "陈静")
    again = await room.ledger.stories.record("inbox", article(), ["k"], "1", room.now)
    assert (again.story, again.revision, again.verdict) == (story, 2, Verdict.KNOWN)


async def test_of_three_revisions_the_last_wins_and_none_is_missing_from_the_history(room: Room) -> None:
    story = await room.story()
    await room.send("main")
    await room.order.correct(story, Correction(Kind.CORRECTION, "时间应为明早。", "今早", "明早"), "陈静")
    await room.compose.compose(story)
    await room.story(article(body="第三版的文字。"), print_="3")
    rows = [row for row in await room.ledger.deliveries.of_story(story) if row.channel == "main"]
    assert [(row.act, row.revision, row.state) for row in rows] == [
        (Act.POST, 1, State.SENT),
        (Act.EDIT, 2, State.CANCELLED),
        (Act.EDIT, 3, State.PLANNED),
    ]
    assert [one.revision for one in await room.ledger.stories.revisions(story)] == [1, 2, 3]
    told = [notice.text for notice in await room.ledger.notices.untold()]
    assert f"#{story} 河湾大桥修复通车: revision 3 of its source takes the place of the desk's correction" in told


async def test_a_rejected_story_comes_held_at_its_next_revision(room: Room) -> None:
    story = await room.story()
    await room.ledger.orders.reject(story, "陈静", "not ours", room.now)
    await room.story(article(body="新的一版。"), print_="2")
    row = await room.row(story, "main")
    assert (row.revision, row.state, row.reason) == (2, State.HELD, "rejected: not ours")
    assert await room.ledger.deliveries.release(story, "林晓", "", room.now) == 2


@pytest.mark.parametrize("channel", ["nowhere", "Main"])
async def test_an_unknown_channel_is_named_with_those_that_are_known(room: Room, channel: str) -> None:
    story = await room.story()
    with pytest.raises(OrderError, match="known are main, fixed, other"):
        await room.order.skip(story, channel, "陈静", "")
