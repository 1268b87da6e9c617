"""A reader sends something in by /submit: it is kept for the editors, and everything else is still a polite no."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from bot.desk.contributions import PATIENCE, Contributions
from bot.desk.people import BREATH
from bot.model.decision import Verb
from bot.model.desk import Invitation, Role
from bot.model.story import Story
from bot.sources.submission import Submissions, SubmissionSettings
from bot.work.pickup import Pickup
from tests.desk.conftest import Office
from tests.fakes.stories import planned_story

NO = "抱歉，我只为本编辑部的编辑服务，帮不上您。"
TEXT = "河湾公园的香樟开花了\n昨天傍晚路过，香了半条街。"
THANKS = "谢谢您，李敏！来稿已经送到编辑手里。"


@pytest.fixture
def box() -> Submissions:
    return Submissions("readers", SubmissionSettings(kind="submission", per_day=4, per_sender=3))


@pytest.fixture
async def open_desk(shut: Office, box: Submissions) -> Office:
    await shut.open(readers=Contributions(shut.ledger, box, lambda _: None))
    return shut


async def stories(office: Office, box: Submissions) -> tuple[Story, ...]:
    await Pickup(office.ledger, {"readers": box}, lambda: office.now, lambda _: None).receive("readers")
    return await office.ledger.stories.recent(9)


async def test_a_text_behind_the_verb_goes_to_the_editors(open_desk: Office, box: Submissions) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    assert await open_desk.ask(reader, f"/submit {TEXT}") == THANKS
    [story] = await stories(open_desk, box)
    assert (story.article.headline, story.article.paragraphs) == (
        "河湾公园的香樟开花了",
        ("昨天傍晚路过，香了半条街。",),
    )
    assert (story.article.byline.author, story.article.byline.credit) == ("李敏", "读者投稿")
    assert story.held == "submitted by 李敏: an editor decides"


async def test_the_next_message_after_the_verb_is_what_was_meant(open_desk: Office, box: Submissions) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    assert "署名 李敏" in await open_desk.ask(reader, "/submit")
    assert await open_desk.ask(reader, TEXT) == THANKS
    assert await open_desk.ask(reader, "还有一句") == NO
    assert len(await stories(open_desk, box)) == 1


async def test_an_hour_later_it_is_no_longer_meant(open_desk: Office, box: Submissions) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    await open_desk.ask(reader, "/submit")
    open_desk.now += PATIENCE + timedelta(minutes=1)
    assert await open_desk.ask(reader, TEXT) == NO
    assert await stories(open_desk, box) == ()


async def test_a_link_alone_stays_a_link_and_is_not_fetched(open_desk: Office, box: Submissions) -> None:
    reader = open_desk.api.person(900, "Min", "en")
    assert "with the editors" in await open_desk.ask(reader, "/submit https://example.org/photos/camphor")
    [story] = await stories(open_desk, box)
    assert (story.article.headline, story.article.blocks) == ("example.org", ())
    assert story.article.link == "https://example.org/photos/camphor"


async def test_one_person_may_send_three_a_day_and_all_of_them_four(open_desk: Office, box: Submissions) -> None:
    for number, person in enumerate([900, 900, 900, 900, 901, 902]):
        reader = open_desk.api.person(person, "李敏", "zh-hans")
        answer = await open_desk.ask(reader, f"/submit 第{number}篇来稿")
        assert (answer == THANKS) is (number in (0, 1, 2, 4))
    assert len(await stories(open_desk, box)) == 4


async def test_the_contact_is_for_editors_only(open_desk: Office, box: Submissions) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    await open_desk.ask(reader, f"/submit {TEXT}")
    [story] = await stories(open_desk, box)
    assert story.article.guid is not None
    contact = await open_desk.ledger.arrivals.contact("readers", story.article.guid.removeprefix("submission "))
    assert contact is not None
    assert "(900)" in contact
    assert "(900)" in await open_desk.ask(open_desk.chen, f"/contact {story.id}")
    assert "(900)" not in await open_desk.ask(reader, f"/contact {story.id}")
    assert "(900)" not in await open_desk.ask(open_desk.chen, f"/story {story.id}")
    assert "900)" not in repr(story.article)


async def test_of_the_newsrooms_own_stories_nobody_is_to_be_reached(open_desk: Office) -> None:
    own = await planned_story(open_desk.ledger, open_desk.now, "telegram-zh")
    assert "不是读者投稿" in await open_desk.ask(open_desk.chen, f"/contact {own}")
    assert "/contact 12" in await open_desk.ask(open_desk.chen, "/contact")
    assert "99" in await open_desk.ask(open_desk.chen, "/contact 99")


@pytest.mark.parametrize("text", ["/queue", "/release 1", "hello", "/submitted x"])
async def test_everything_else_is_still_a_polite_no(open_desk: Office, box: Submissions, text: str) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    await open_desk.ask(reader, "/submit")
    open_desk.now += PATIENCE * 2
    assert await open_desk.ask(reader, text) == NO
    assert await stories(open_desk, box) == ()


async def test_a_command_after_the_verb_is_no_contribution(open_desk: Office, box: Submissions) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    await open_desk.ask(reader, "/submit")
    assert await open_desk.ask(reader, "/queue") == NO
    assert await open_desk.ask(reader, TEXT) == THANKS


async def test_where_the_newsroom_takes_nothing_the_verb_is_nothing(office: Office) -> None:
    reader = office.api.person(900, "李敏", "zh-hans")
    assert await office.ask(reader, f"/submit {TEXT}") == NO
    office.now += BREATH


async def test_an_editors_message_is_never_taken_for_a_readers(open_desk: Office, box: Submissions) -> None:
    await open_desk.ask(open_desk.chen, f"/submit {TEXT}")
    assert await stories(open_desk, box) == ()


async def test_a_contributor_of_the_desk_sends_in_stories_too(open_desk: Office, box: Submissions) -> None:
    invitation = Invitation("word", Role.CONTRIBUTOR, "陈静", open_desk.now + timedelta(hours=1))
    await open_desk.ledger.people.invite(invitation, open_desk.now)
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    await open_desk.ask(reader, "/start word")
    assert await open_desk.ask(reader, f"/submit {TEXT}") == THANKS
    assert len(await stories(open_desk, box)) == 1


@pytest.mark.parametrize(
    ("chinese", "text", "question", "heading", "answered", "alarm"),
    [
        (True, TEXT, "照片是您拍的吗？", "编辑想问", "谢谢，您的答复", "投稿人 李敏 答复：是我拍的"),
        (False, "The camphor is in bloom\nAll the street smells of it.", "Is the picture yours?", "an editor asks",
         "your answer is with", "answered by 李敏: 是我拍的"),
    ],
)  # fmt: skip
async def test_an_editor_asks_back_and_the_bot_carries_question_and_answer(
    open_desk: Office, box: Submissions, chinese: bool, text: str, question: str, heading: str, answered: str,
    alarm: str,
) -> None:  # fmt: skip
    reader = open_desk.api.person(900, "李敏", "zh-hans" if chinese else "en")
    editor = open_desk.chen if chinese else open_desk.ana
    await open_desk.ask(reader, f"/submit {text}")
    [story] = await stories(open_desk, box)
    await open_desk.ask(editor, f"/ask {story.id}")
    assert "李敏" in await open_desk.ask(editor, question)
    assert heading in open_desk.told(900)[-1]
    assert question in open_desk.told(900)[-1]
    await open_desk.bots[0].stop()
    bot = await open_desk.open(readers=Contributions(open_desk.ledger, box, lambda _: None))
    assert answered in await open_desk.ask(reader, "是我拍的")
    assert await open_desk.ask(editor, "/id")
    await bot.run_notices()
    assert alarm in "\n".join(open_desk.told(editor["id"]))
    verbs = [one.verb for one in await open_desk.ledger.history.of_story(story.id)]
    assert verbs[-2:] == [Verb.ASKED, Verb.ANSWERED]
    open_desk.now += timedelta(hours=1)
    assert "编辑服务" in await open_desk.ask(reader, "还在吗") or not chinese


@pytest.mark.parametrize(
    ("chinese", "text", "polite", "done"),
    [
        (True, TEXT, "欢迎您继续来稿", "这篇不会发出"),
        (False, "The camphor is in bloom\nAll the street smells of it.", "glad to hear from you", "Nothing of it goes"),
    ],
)
async def test_a_polite_no_reaches_the_contributor_and_nothing_goes_out(
    open_desk: Office, box: Submissions, chinese: bool, text: str, polite: str, done: str
) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans" if chinese else "en")
    editor = open_desk.chen if chinese else open_desk.ana
    await open_desk.ask(reader, f"/submit {text}")
    [story] = await stories(open_desk, box)
    await open_desk.floor.works()
    assert done in await open_desk.ask(editor, f"/decline {story.id} 最近同类来稿太多")
    assert polite in open_desk.told(900)[-1]
    assert "最近同类来稿太多" in open_desk.told(900)[-1]
    open_desk.now += timedelta(hours=1)
    await open_desk.floor.works()
    assert open_desk.floor.got() == {"telegram-zh": [], "telegram-en": [], "weekly": [], "partners": []}


async def test_an_approved_contribution_goes_out_under_its_credit(open_desk: Office, box: Submissions) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    await open_desk.ask(reader, f"/submit {TEXT}")
    [story] = await stories(open_desk, box)
    await open_desk.floor.works()
    await open_desk.bots[0].run_notices()
    [posted] = [one for one in open_desk.api.posted if one.chat == open_desk.ana["id"]]
    assert ["Ask back", "Decline"] in posted.buttons
    await open_desk.press(open_desk.ana, posted.buttons[0][0], posted)
    open_desk.now += timedelta(minutes=5)
    await open_desk.floor.works()
    [post] = open_desk.floor.posts("telegram-zh")
    assert "读者投稿" in post.text
    assert "agreed to its publication" in (await open_desk.ledger.history.of_story(story.id))[0].why


async def test_who_blocked_the_bot_or_wrote_by_the_form_is_reached_by_hand(open_desk: Office, box: Submissions) -> None:
    reader = open_desk.api.person(900, "李敏", "zh-hans")
    await open_desk.ask(reader, f"/submit {TEXT}")
    [story] = await stories(open_desk, box)
    open_desk.api.blocked_by.add(900)
    assert "Telegram (900)" in await open_desk.ask(open_desk.ana, f"/ask {story.id} Is it yours?")
    assert [one.verb for one in await open_desk.ledger.history.of_story(story.id)].count(Verb.ASKED) == 0
    own = await planned_story(open_desk.ledger, open_desk.now, "telegram-zh")
    assert "不是读者投稿" in await open_desk.ask(open_desk.chen, f"/ask {own} 谁写的")
    assert "不是读者投稿" in await open_desk.ask(open_desk.chen, f"/decline {own}")


async def test_a_picture_is_kept_with_its_words(shut: Office, box: Submissions) -> None:
    await shut.open(readers=Contributions(shut.ledger, box, lambda _: None, shut.folder / "submissions"))
    reader = shut.api.person(900, "李敏", "zh-hans")
    assert await shut.ask(reader, f"/submit {TEXT}", picture=b"\x89PNG\r\n\x1a\nx") == THANKS
    [story] = await stories(shut, box)
    [kept] = (shut.folder / "submissions").iterdir()
    assert kept.read_bytes() == b"\x89PNG\r\n\x1a\nx"
    assert f"submissions/{kept.name}" in (story.held or "")


@pytest.mark.parametrize(("who", "take", "taken"), [
    ("chen", "用投稿人的图", "用投稿人的图"), ("ana", "Use the reader’s picture", "the reader’s picture")
])  # fmt: skip
async def test_a_readers_picture_is_shown_to_the_editors_who_may_take_it(
    shut: Office, box: Submissions, who: str, take: str, taken: str
) -> None:
    await shut.open(readers=Contributions(shut.ledger, box, lambda _: None, shut.folder / "submissions"))
    reader, editor = shut.api.person(900, "李敏", "zh-hans"), getattr(shut, who)
    await shut.ask(reader, f"/submit {TEXT}", picture=photograph())
    [story] = await stories(shut, box)
    await shut.floor.works()
    await shut.bots[0].run_notices()
    [posted] = [one for one in shut.api.posted if one.chat == editor["id"] and one.method == "sendPhoto"]
    assert "香樟" in posted.text
    await shut.press(editor, take, posted)
    assert any(taken in text for text in shut.told(editor["id"]))
    assert (await shut.ledger.orders.given(story.id)).orders.picture is not None
    assert [take] not in posted.buttons


def photograph() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "seagreen").save(out, "JPEG")
    return out.getvalue()
