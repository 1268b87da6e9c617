"""Whole conversations at the desk, over HTTP, in both languages and on both databases."""

from datetime import datetime, timedelta

import pytest

from bot.ledger import Ledger
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Receipt, State
from tests.desk.conftest import Office
from tests.fakes.stories import article, planned_story

MINUTE = timedelta(minutes=1)


def nothing_against(*_: object) -> None:
    return None


async def states(ledger: Ledger, story: int) -> dict[str, State]:
    return {row.channel: row.state for row in await ledger.deliveries.of_story(story)}


async def send(ledger: Ledger, channel: str, now: datetime, permalink: str | None = None) -> None:
    """Let the channel's next delivery go out."""
    claim = await ledger.claims.next([channel], "worker", now, MINUTE, nothing_against)
    assert claim is not None
    assert await ledger.claims.sent(claim, Receipt("7", now, permalink), now)


async def test_a_story_is_held_released_and_cancelled_in_chinese(either: Office) -> None:
    ledger = either.ledger
    story = await planned_story(ledger, either.now + MINUTE, "telegram-zh", "partners", headline="河湾大桥修复通车")
    queue = await either.ask(either.chen, "/queue")
    assert queue == f"待发 1 条\n\n#{story} 河湾大桥修复通车\n今天 16:01 发出 → telegram-zh、partners"

    held = await either.ask(either.chen, f"/hold {story} 数字待核实")
    assert "telegram-zh：已压下\npartners：已压下" in held
    assert f"/release {story}" in held
    assert await states(ledger, story) == {"telegram-zh": State.HELD, "partners": State.HELD}
    history = await ledger.history.of_story(story)
    assert [(one.who, one.why) for one in history if one.verb is Verb.HELD] == [("陈静", "数字待核实")] * 2

    assert "telegram-zh：已压下（陈静：数字待核实）" in await either.ask(either.chen, f"/story {story}")
    released = await either.ask(either.chen, f"/release {story} telegram-zh")
    assert "telegram-zh：已放行，今天 16:01 发出" in released
    assert "partners" not in released
    cancelled = await either.ask(either.chen, f"/cancel {story} 重复")
    assert "telegram-zh：已取消，不会再发\npartners：已取消，不会再发" in cancelled
    assert set((await states(ledger, story)).values()) == {State.CANCELLED}
    assert await either.ask(either.chen, "/queue") == "眼下没有待发的稿件。"


async def test_a_story_is_held_released_and_cancelled_in_english(either: Office) -> None:
    ledger = either.ledger
    later = either.now + timedelta(days=1)
    story = await planned_story(ledger, later, "telegram-en", "partners", headline="Bridge reopens")
    assert "goes out tomorrow 16:00 → telegram-en, partners" in await either.ask(either.ana, "/queue")
    held = await either.ask(either.ana, f"/hold {story} partners figures to be checked")
    assert held.startswith(f"Hold #{story} Bridge reopens\nReason: figures to be checked\n\npartners: held\n")
    assert "telegram-en" not in held
    released = await either.ask(either.ana, f"/release {story}")
    assert "telegram-en: was not held, goes out tomorrow 16:00" in released
    assert "partners: released, goes out tomorrow 16:00" in released
    await send(ledger, "partners", later, "https://example.org/p/7")
    either.now = later
    cancelled = await either.ask(either.ana, f"/cancel {story}")
    assert "telegram-en: cancelled, it will not go out" in cancelled
    assert "partners: sent today 16:00, too late to cancel, see it" in cancelled
    [reason] = {one.why for one in await ledger.history.of_story(story) if one.verb is Verb.CANCELLED}
    assert reason == "no reason given"


async def test_a_story_shows_where_it_stands_and_why(office: Office) -> None:
    ledger = office.ledger
    story = await planned_story(ledger, office.now, "telegram-zh", "weekly", headline="早市搬家")
    await send(ledger, "telegram-zh", office.now, "https://t.me/riverbend_daily/7")
    await ledger.lanes.pause("weekly", "the bot was kicked", office.now)
    [posted] = await office.posts(office.chen, f"/story {story}")
    assert posted.text.splitlines()[-2:] == [
        'telegram-zh：今天 16:00 已发（发布后 0 分钟），<a href="https://t.me/riverbend_daily/7">查看</a>',
        "weekly：已压下（频道已暂停：the bot was kicked）",
    ]
    released = await office.ask(office.chen, f"/release {story}")
    assert "weekly：已放行；频道暂停中，恢复后才会发" in released


async def test_what_is_being_sent_can_be_neither_held_nor_cancelled(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    await office.ledger.claims.next(["telegram-zh"], "worker", office.now, MINUTE, nothing_against)
    assert "telegram-zh: is being sent, too late to hold" in await office.ask(office.ana, f"/hold {story}")
    assert "telegram-zh: is being sent, too late to cancel" in await office.ask(office.ana, f"/cancel {story}")
    assert await states(office.ledger, story) == {"telegram-zh": State.SENDING}


async def test_a_story_is_taken_back_where_it_is_out_too(either: Office) -> None:
    story = await planned_story(either.ledger, either.now, "telegram-zh", "partners", "weekly")
    for channel in ("telegram-zh", "partners"):
        await send(either.ledger, channel, either.now, f"https://example.org/{channel}")
    told = await either.ask(either.chen, f"/withdraw {story} 写错了")
    assert "telegram-zh：正在删除已发内容" in told
    assert "partners：撤不下来，请到平台处理" in told
    assert "weekly：还没发出，已取消" in told
    assert "partners: stays out, please take it down by hand" in await either.ask(either.ana, f"/withdraw #{story}")
    acts = [(row.channel, row.act) for row in await either.ledger.deliveries.of_story(story)]
    assert acts.count(("telegram-zh", Act.DELETE)) == 1
    history = await either.ledger.history.of_story(story)
    assert ("陈静", "写错了") in [(one.who, one.why) for one in history if one.verb is Verb.WITHDRAWN]
    assert "There is no story 999" in await either.ask(either.ana, "/withdraw 999")


async def test_the_same_command_twice_says_who_was_first(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    await office.ask(office.chen, f"/hold {story} 再核实")
    assert "was held already (陈静: 再核实)" in await office.ask(office.ana, f"/hold {story}")
    assert "没有压着" not in await office.ask(office.chen, f"/release {story}")
    assert "没有压着，马上发出" in await office.ask(office.chen, f"/release {story}")
    await office.ask(office.ana, f"/cancel {story} doubled")
    assert "之前已经取消（Ana：doubled）" in await office.ask(office.chen, f"/cancel {story}")
    assert "已经取消，不能放行" in await office.ask(office.chen, f"/release {story}")
    held = [one for one in await office.ledger.history.of_story(story) if one.verb is Verb.HELD]
    assert len(held) == 1


async def test_numbers_are_taken_as_people_write_them(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    full_width = str(story).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for written in (f"/hold #{story}", f"/hold ＃{full_width}", f"／hold {full_width}，待核实", f"/HOLD  # {story}"):
        assert f"#{story}" in await office.ask(office.chen, written), written
        assert await states(office.ledger, story) == {"telegram-zh": State.HELD}, written
        await office.ledger.deliveries.release(story, "e", "", office.now)


async def test_a_slip_in_a_channel_stops_nothing_and_is_answered_with_what_to_write(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh", "partners")
    slip = await office.ask(office.ana, f"/cancel {story} partner doubled")
    assert "There is no channel “partner”; did you mean partners? Nothing was changed." in slip
    assert f"Write: /cancel {story} partners" in slip
    elsewhere = await office.ask(office.chen, f"/cancel {story} weekly")
    assert "不发往 weekly，所以什么都没有改" in elsewhere
    assert set((await states(office.ledger, story)).values()) == {State.PLANNED}


async def test_several_channels_are_named_one_after_the_other(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh", "partners", "weekly")
    await office.ask(office.chen, f"/hold {story} Telegram-ZH、weekly：数字不对")
    assert await states(office.ledger, story) == {
        "telegram-zh": State.HELD, "partners": State.PLANNED, "weekly": State.HELD,
    }  # fmt: skip


async def test_a_reason_never_passes_for_the_houses_own_word_on_revisions(office: Office) -> None:
    story = await planned_story(office.ledger, office.now, "telegram-zh")
    await office.ask(office.ana, f"/cancel {story} superseded by the evening piece")
    [row] = await office.ledger.deliveries.of_story(story)
    assert row.reason == "“superseded by the evening piece”"


async def test_a_number_that_names_nothing_is_answered_with_where_to_look(office: Office) -> None:
    assert "没有编号为 99 的稿件" in await office.ask(office.chen, "/hold 99")
    assert "There is no story 99" in await office.ask(office.ana, "/story 99")
    assert "There is no story 99999999999999999999" in await office.ask(office.ana, "/cancel 99999999999999999999")
    assert "There is no story number in “the bridge”" in await office.ask(office.ana, "/hold the bridge")
    assert "/story words of the headline" in await office.ask(office.ana, "/release")


async def test_a_story_is_found_by_words_by_its_link_and_by_a_posts_link(office: Office) -> None:
    ledger = office.ledger
    bridge = await planned_story(ledger, office.now, "telegram-zh", headline="河湾大桥修复通车")
    closed = await planned_story(ledger, office.now, "weekly", headline="大桥夜间封闭")
    await send(ledger, "telegram-zh", office.now, "https://t.me/riverbend_daily/7")
    assert (await office.ask(office.chen, "/story 大桥 通车")).startswith(f"#{bridge} 河湾大桥修复通车\n来源：河湾日报")
    both = await office.ask(office.chen, "/story 大桥")
    assert both.startswith("“大桥”找到 2 篇，您要看哪一篇？")
    assert f"#{bridge} 河湾大桥修复通车（今天 16:00）" in both
    assert f"#{closed} 大桥夜间封闭" in both
    assert "标题里没有“大象”" in await office.ask(office.chen, "/story 大象")
    assert f"#{bridge} " in await office.ask(office.chen, "/story https://t.me/riverbend_daily/7")
    assert "No story belongs to this link" in await office.ask(office.ana, "/story http://[")


async def test_a_story_is_found_by_the_link_that_readers_have(office: Office) -> None:
    recorded = await office.ledger.stories.record(
        "site", article("渡口复航"), ["link:https://example.org/ferry"], "print", office.now
    )
    shown = await office.ask(office.chen, "/story https://example.org/ferry?utm_source=chat#top")
    assert shown.startswith(f"#{recorded.story} 渡口复航")
    assert "还没有编排到任何频道" in shown


async def test_why_a_story_does_not_go_to_a_channel_is_said(office: Office) -> None:
    recorded = await office.ledger.stories.record("site", article("渡口复航"), ["a"], "print", office.now)
    why = "route 2 wants language en; the story has zh"
    no = Decision(Verb.NOT_ROUTED, "routing", why, office.now, recorded.story, 1, "telegram-en")
    await office.ledger.deliveries.plan(recorded.story, 1, [], [no], office.now)
    assert "telegram-en：不发（路由 2 要求语言为 en，本稿为 zh）" in await office.ask(
        office.chen, f"/story {recorded.story}"
    )


async def test_the_queue_comes_in_pages_soonest_first_and_held_last(office: Office) -> None:
    numbers = [await planned_story(office.ledger, office.now + i * MINUTE, "telegram-zh") for i in range(11)]
    await office.ledger.deliveries.hold(numbers[0], "Ana", "wait", office.now)
    first = await office.ask(office.ana, "/queue")
    assert first.startswith("11 waiting (page 1 of 2)")
    assert [number for number in numbers if f"#{number} " in first] == numbers[1:9]
    assert first.endswith("Page 2: /queue 2")
    second = await office.ask(office.ana, "/queue ２")
    assert [number for number in numbers if f"#{number} " in second] == [numbers[0], *numbers[9:]]
    assert "held (wait) → telegram-zh" in second
    assert await office.ask(office.ana, "/queue 77") == second


async def test_a_hostile_headline_stays_words(office: Office) -> None:
    headline = "<b>Sale</b> & *stars* _lines_ </a> {{ 7 * 7 }} &lt; /cancel_1\nsecond line"
    story = await planned_story(office.ledger, office.now, "telegram-zh", headline=headline)
    plain = " ".join(headline.split())
    for asked in (f"/story {story}", f"/hold {story}", "/queue", "/story sale"):
        [posted] = await office.posts(office.ana, asked)
        assert posted.fields["parse_mode"] == "HTML"
        assert "&lt;b&gt;Sale" in posted.text
    assert f"#{story} {plain}" in await office.ask(office.ana, f"/story {story}")
    # One tap on "/cancel_1" in that headline sends it.
    assert "I do not understand" in await office.ask(office.ana, f"/cancel_{story}")
    assert (await states(office.ledger, story)) == {"telegram-zh": State.HELD}


async def test_help_and_number_are_told_to_editors_by_name(office: Office) -> None:
    assert (await office.ask(office.chen, "/start")).startswith("陈静，您好！")
    assert (await office.ask(office.ana, "/help")).startswith("Hello Ana.")
    assert (
        await office.ask(office.ana, "/id") == "Your Telegram number is 502, and the list of editors knows you as Ana."
    )


@pytest.mark.parametrize(
    ("chinese", "section", "line", "back"),
    [(True, "跟进", "/withdraw 撤稿，已经发出的也删除", "所有指令"), (False, "Follow up", "/withdraw", "All commands")],
)
async def test_the_help_is_short_and_opens_section_by_section(
    office: Office, chinese: bool, section: str, line: str, back: str
) -> None:
    who = office.chen if chinese else office.ana
    [shown] = await office.posts(who, "/help")
    whole = shown.text
    assert len(whole.splitlines()) < 30
    await office.press(who, section, shown)
    assert line in shown.text
    await office.press(who, back, shown)
    assert shown.text == whole


async def test_what_is_not_understood_is_answered_with_what_may_have_been_meant(office: Office) -> None:
    assert await office.ask(office.chen, "早上好") == "没看懂“早上好”。能用的指令请看 /help。"
    assert "did you mean /release?" in await office.ask(office.ana, "/realease 12")
    assert "I can read text only." in await office.ask(office.ana, "", sticker_set_name="x")


async def test_replies_show_no_link_previews(office: Office) -> None:
    [posted] = await office.posts(office.chen, "/help")
    assert '"is_disabled": true' in posted.fields["link_preview_options"]
