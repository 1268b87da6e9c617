"""What went wrong is put right from the phone, and the house is run from it, in both languages."""

from datetime import datetime, timedelta

from bot.desk.verbs.running import PANIC
from bot.ledger import Ledger
from bot.ledger.floods import WAITS
from bot.model.decision import Verb
from bot.model.delivery import Outcome, Receipt, State
from bot.model.source import Memory
from tests.desk.conftest import ANA, CHANNELS, CHEN, Office
from tests.fakes.stories import article, planned_story

MINUTE = timedelta(minutes=1)


def nothing_against(*_: object) -> None:
    return None


async def uncertain(office: Office, channel: str = "weekly", **more: str) -> int:
    """A story of which nobody knows whether it is out, and the alarm about it."""
    story = await planned_story(office.ledger, office.now, channel, headline="大桥通车")
    claim = await office.ledger.claims.next([channel], "worker", office.now, MINUTE, nothing_against)
    assert claim is not None
    assert await office.ledger.claims.uncertain(claim, "no outcome within the lease", office.now)
    text = f"#{story} 大桥通车 → {channel}: uncertain, it may be out: no outcome within the lease"
    await office.ledger.notices.add(f"delivery {claim.delivery.id}", text, office.now)
    return story


async def failed(office: Office, channel: str = "weekly") -> int:
    story = await planned_story(office.ledger, office.now, channel, headline="大桥通车")
    claim = await office.ledger.claims.next([channel], "worker", office.now, MINUTE, nothing_against)
    assert claim is not None
    assert await office.ledger.claims.failed(claim, Outcome.REFUSED, "HTTP 403", office.now)
    await office.ledger.notices.add(f"delivery {claim.delivery.id}", f"#{story} 大桥通车: failed: HTTP 403", office.now)
    return story


async def state(ledger: Ledger, story: int) -> State:
    [row] = await ledger.deliveries.of_story(story)
    return row.state


async def test_an_alarm_of_something_uncertain_is_settled_by_one_tap(either: Office) -> None:
    story = await uncertain(either)
    await either.bots[0].run_notices()
    [alarm] = [posted for posted in either.api.posted if posted.chat == CHEN]
    assert alarm.buttons == [[f"#{story} weekly 已发出", "没发出，重发"]]
    [toast] = await either.press(either.chen, "没发出，重发", alarm)
    assert "weekly：按您所见没有发出，马上再发" in toast
    assert await state(either.ledger, story) is State.PLANNED
    assert alarm.buttons == []
    [english] = [posted for posted in either.api.posted if posted.chat == ANA]
    [toast] = await either.press(either.ana, f"#{story} weekly is out", english)
    assert "weekly: nothing uncertain there, nothing changed 陈静 decided today 16:00: tried again." in toast
    assert await state(either.ledger, story) is State.PLANNED


async def test_settle_asks_which_and_takes_words_and_buttons(office: Office) -> None:
    story = await uncertain(office)
    [asked] = await office.posts(office.ana, f"/settle {story}")
    assert "Please look at weekly: is it out?" in asked.text
    await office.press(office.ana, f"#{story} weekly is out", asked)
    assert "as you saw, it counts as sent" in asked.text
    [row] = await office.ledger.deliveries.of_story(story)
    assert row.state is State.SENT
    assert [(one.who, one.why) for one in await office.ledger.history.of_story(story) if one.verb is Verb.SENT] == [
        ("Ana", "seen on the channel")
    ]
    other = await uncertain(office, "partners")
    assert "按您所见没有发出" in await office.ask(office.chen, f"存疑 {other} partners 没发")
    assert "没有存疑的" in await office.ask(office.chen, f"/settle {story}")


async def test_what_failed_is_tried_again_from_the_alarm_or_by_command(office: Office) -> None:
    story = await failed(office)
    await office.bots[0].run_notices()
    [alarm] = [posted for posted in office.api.posted if posted.chat == ANA]
    await office.press(office.ana, f"Retry #{story} weekly", alarm)
    assert await state(office.ledger, story) is State.PLANNED
    again = await failed(office, "partners")
    assert "partners：重新排定，马上再发" in await office.ask(office.chen, f"/retry {again}")
    assert "Nothing has failed" in await office.ask(office.ana, f"/retry {again}")


async def test_a_channel_is_paused_and_resumed_from_the_phone(either: Office) -> None:
    story = await planned_story(either.ledger, either.now + MINUTE, "weekly")
    assert "There is no channel “weakly”; did you mean weekly?" in await either.ask(either.ana, "/pause weakly")
    [paused] = await either.posts(either.chen, "/pause weekly 换密码")
    assert "weekly：已暂停。原因：换密码" in paused.text
    assert await state(either.ledger, story) is State.HELD
    [overview] = await either.posts(either.ana, "/channels")
    assert "<b>weekly</b>: paused (换密码), 0 waiting, 1 held" in overview.text
    assert "<b>partners</b>: well, 0 waiting, nothing out yet" in overview.text
    await either.press(either.ana, "Resume weekly", overview)
    assert await state(either.ledger, story) is State.PLANNED
    assert "weekly: not paused" in await either.ask(either.ana, "/resume weekly")


async def test_the_channels_tell_their_pace_and_one_tap_stops_and_starts_all(office: Office) -> None:
    story = await office.floor.story()
    office.now += MINUTE
    await office.floor.works()
    for number in range(1, 6):
        await office.ledger.breakers.failed("partners", number, "HTTP 503", office.now)
    [shown] = await office.posts(office.chen, "/channels")
    assert "<b>weekly</b>：正常，待发 0，1 秒内发了 1 条（上限 1），最近 " in shown.text
    assert "<b>partners</b>：没有回应（HTTP 503），今天 16:02 再试一条" in shown.text
    assert ["全部暂停"] in shown.buttons
    await office.press(office.chen, "全部暂停", shown)
    assert set(await office.ledger.lanes.paused()) == set(CHANNELS)
    await office.press(office.chen, "各频道", shown)
    await office.press(office.chen, "恢复 weekly", shown)
    [english] = await office.posts(office.ana, "/channels")
    assert "<b>weekly</b>: well, 0 waiting, 1 of 1 allowed in a second, last " in english.text
    await office.press(office.ana, "Resume all", english)
    assert await office.ledger.lanes.paused() == {}
    assert f"#{story}" not in await office.ask(office.ana, "/queue")


async def test_an_alarm_about_a_pause_that_is_over_is_told_to_nobody(office: Office) -> None:
    await office.ledger.lanes.pause("weekly", "the bot was kicked", office.now)
    await office.ledger.lanes.resume("weekly", "陈静", office.now)
    await office.bots[0].run_notices()
    assert office.told(ANA) == []


async def test_a_refused_account_is_resumed_by_the_button_of_its_alarm(office: Office) -> None:
    story = await planned_story(office.ledger, office.now + MINUTE, "weekly")
    await office.ledger.lanes.pause("weekly", "the bot was kicked", office.now)
    await office.bots[0].run_notices()
    [alarm] = [posted for posted in office.api.posted if posted.chat == CHEN]
    [toast] = await office.press(office.chen, "恢复 weekly", alarm)
    assert toast == "weekly：已恢复，1 条继续排队发出。"
    assert await state(office.ledger, story) is State.PLANNED


async def test_panic_stops_everything_and_one_button_resumes_what_it_stopped(office: Office) -> None:
    story = await planned_story(office.ledger, office.now + MINUTE, "weekly")
    await office.ledger.lanes.pause("partners", "the bot was kicked", office.now)
    [stopped] = await office.posts(office.ana, "/panic a leak")
    assert "Everything stops." in stopped.text
    paused = await office.ledger.lanes.paused()
    assert set(paused) == set(CHANNELS)
    assert paused["weekly"] == f"{PANIC}: Ana, a leak"
    assert await state(office.ledger, story) is State.HELD
    await office.press(office.ana, "Resume everything", stopped)
    assert set(await office.ledger.lanes.paused()) == {"partners"}
    assert await state(office.ledger, story) is State.PLANNED
    assert "没有因停发而暂停的频道" in await office.ask(office.chen, "/panic over")


async def test_sources_tell_how_they_do_and_one_is_looked_at_now(office: Office) -> None:
    await office.ledger.notes.register(["site", "inbox"], office.now)
    await office.ledger.notes.failed("site", "HTTP 503", office.now + timedelta(hours=1), office.now)
    await office.ledger.notes.looked("inbox", Memory(), office.now + MINUTE, office.now)
    [shown] = await office.posts(office.ana, "/sources")
    assert "<b>site</b>: in trouble (HTTP 503), looked at today 16:00, next today 17:00" in shown.text
    assert "<b>inbox</b>: well" in shown.text
    assert shown.buttons == [["Look at site now", "Pause site"], ["Look at inbox now", "Pause inbox"]]
    await office.press(office.ana, "Look at site now", shown)
    assert office.woken == ["site"]
    assert (await office.ledger.notes.due(office.now)) == ("site",)
    assert "没有叫“sight”的稿源，您是不是要写 site？" in await office.ask(office.chen, "/look sight")


async def test_a_source_is_paused_and_resumed_from_the_phone(either: Office) -> None:
    await either.ledger.notes.register(["site", "inbox"], either.now)
    assert "site: paused. Reason: they migrate" in await either.ask(either.ana, "/pause site they migrate")
    assert await either.ledger.notes.due(either.now) == ("inbox",)
    [shown] = await either.posts(either.chen, "/sources")
    assert "<b>site</b>：已暂停（they migrate）" in shown.text
    await either.press(either.chen, "恢复 site", shown)
    assert set(await either.ledger.notes.due(either.now)) == {"site", "inbox"}
    assert either.woken == ["site"]
    assert [(one.who, one.why) for one in await either.ledger.history.lately(2)] == [
        ("陈静", "site: the source is resumed"), ("Ana", "site: they migrate"),
    ]  # fmt: skip


async def test_a_flood_of_old_stories_is_let_go_or_dropped_by_one_tap(office: Office) -> None:
    for number in range(3):
        made = article(f"旧稿 {number}")
        await office.ledger.stories.record(
            "site", made, [f"{number}"], f"{number}", office.now, fresh=False, held=WAITS
        )
    await office.ledger.notes.register(["site"], office.now)
    await office.ledger.notices.add("source site flood", "site: 3 old entries came at once", office.now)
    await office.bots[0].run_notices()
    [alarm] = [posted for posted in office.api.posted if posted.chat == ANA]
    assert alarm.buttons == [["Let site go", "Drop site"]]
    [toast] = await office.press(office.ana, "Let site go", alarm)
    assert toast == "site: 3 stories were let go and go the usual way."
    assert len(await office.ledger.stories.waiting()) == 3
    assert await office.ask(office.chen, "/flood") == "没有大批旧稿在等。"


async def test_a_flood_of_a_source_that_is_gone_from_the_settings_is_dropped_from_the_desk(office: Office) -> None:
    story = article("旧稿")
    await office.ledger.stories.record("gone", story, ["1"], "1", office.now, fresh=False, held=WAITS)
    assert "gone" in await office.ask(office.chen, "/flood")
    await office.ask(office.chen, "/flood gone drop")
    assert await office.ledger.floods.waiting() == ()


async def test_the_status_is_a_matrix_with_what_is_late_and_what_helps(office: Office) -> None:
    doubtful = await uncertain(office)
    late = await planned_story(office.ledger, office.now - timedelta(hours=1), "weekly", "partners", headline="早市")
    await office.ledger.lanes.pause("partners", "the bot was kicked", office.now)
    [status] = await office.posts(office.chen, "/status")
    assert f"<b>#{late}</b> 早市\n　⏳ weekly <b>晚了</b>\n　⏸ partners" in status.text
    assert "待发 1，压着 1，存疑 1，失败 0\n暂停的频道：partners" in status.text
    await office.press(office.chen, f"#{doubtful} weekly 已发出", status)
    assert await state(office.ledger, doubtful) is State.SENT
    assert "At a glance" in await office.ask(office.ana, "/status")


async def test_today_tells_what_went_out_and_how_long_after_publication(office: Office) -> None:
    await planned_story(office.ledger, office.now, "weekly", headline="大桥通车")
    claim = await office.ledger.claims.next(["weekly"], "worker", office.now, MINUTE, nothing_against)
    assert claim is not None
    await office.ledger.claims.sent(claim, Receipt("7", office.now, "https://example.org/7"), office.now)
    assert "今天收稿 1 篇，发出 1 条，待发 0 条" in await office.ask(office.chen, "/today")
    assert "→ weekly" in await office.ask(office.ana, "/today")
    office.now += timedelta(days=1)
    assert "Nothing has gone out yet today." in await office.ask(office.ana, "/today")


async def test_the_log_tells_who_did_what_page_by_page(office: Office) -> None:
    for _ in range(7):
        story = await planned_story(office.ledger, office.now + MINUTE, "weekly")
        await office.ask(office.chen, f"/hold {story} 待核实")
        await office.ask(office.ana, f"/release {story}")
    [log] = await office.posts(office.ana, "/log")
    assert f"Ana: released <b>#{story}</b> weekly" in log.text
    assert "陈静: held" in log.text
    assert log.buttons == [["2/2 ›"]]
    await office.press(office.ana, "2/2 ›", log)
    assert log.text.count("陈静") == 1
    assert "dispatch" not in await office.ask(office.chen, "/log")


async def test_the_log_tells_an_act_on_many_stories_once(office: Office) -> None:
    for _ in range(3):
        await planned_story(office.ledger, office.now + MINUTE, "weekly")
    await office.ask(office.chen, "/pause weekly 换密码")
    log = await office.ask(office.chen, "/log")
    assert log.count("换密码") == 2  # of the channel, and of all that it holds
    assert "#1、#2、#3 weekly" in log


async def test_at_night_only_what_is_urgent_is_told_and_the_rest_in_the_morning(shut: Office) -> None:
    shut.now = datetime.fromisoformat("2026-11-24T23:30:00+08:00")
    bot = await shut.open(quiet="23:00-07:00")
    await shut.ledger.notices.add("source site", "site: HTTP 503", shut.now)
    await shut.ledger.lanes.pause("weekly", "the bot was kicked", shut.now)
    await bot.run_notices()
    [night] = shut.told(ANA)
    assert "weekly: paused" in night
    assert "site" not in night
    shut.now = datetime.fromisoformat("2026-11-25T07:00:00+08:00")
    await bot.run_notices()
    assert "site: HTTP 503" in shut.told(ANA)[-1]
    assert await shut.ledger.notices.untold() == ()


async def test_alarms_come_once_to_the_desks_own_topic(shut: Office) -> None:
    shut.api.group(-200, "夜班")
    bot = await shut.open(chat=-200, topic=7)
    story = await uncertain(shut)
    await bot.run_notices()
    await bot.run_notices()
    [alarm] = shut.api.posted
    assert (alarm.chat, alarm.fields["message_thread_id"]) == (-200, "7")
    await shut.press(shut.ana, f"#{story} weekly 已发出", alarm)
    answer = shut.api.posted[-1]
    assert (answer.chat, answer.fields["message_thread_id"]) == (-200, "7")
    assert "as you saw, it counts as sent" in answer.text
