"""Stories are shown, worded, pictured, written and picked up from the phone, in both languages."""

import asyncio
import io

from PIL import Image
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.model.delivery import State
from tests.desk.conftest import ANA, CHEN, Office, seen, until

LONG = "桥面已经铺好，护栏换新，河湾居民今早就可以步行过桥。" * 200


def jpeg(colour: str = "navy", size: tuple[int, int] = (800, 600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


async def goes_out(office: Office, story: int) -> None:
    """An editor lets it go, its grace is over, and the daemon works."""
    await office.floor.works()
    await office.ledger.deliveries.release(story, "test", "", office.now)
    office.now = office.now.replace(hour=office.now.hour + 1)
    await office.floor.works()


async def test_a_preview_turns_from_channel_to_channel_with_card_words_and_length(office: Office) -> None:
    story = await office.floor.story()
    [shown] = await office.posts(office.chen, f"/preview {story}")
    assert f"预览　#{story}　telegram-zh（1/3）" in seen(shown)
    assert "<b>河湾大桥修复通车</b>\n\n桥面今早恢复双向通行。" in shown.text
    assert "/ 4096 字" in seen(shown)
    assert "句子取自原稿" in seen(shown)
    assert shown.buttons[0] == ["weekly ›"]
    await office.press(office.chen, "weekly ›", shown)
    assert "weekly（2/3）" in seen(shown)
    assert shown.buttons[0] == ["‹ telegram-zh", "partners ›"]
    await office.press(office.chen, "partners ›", shown)
    assert '"headline": "河湾大桥修复通车"' in seen(shown)

    [card] = await office.posts(office.ana, f"/preview {story} telegram-en")
    assert card.method == "sendPhoto"
    assert card.photo is not None
    with Image.open(io.BytesIO(card.photo)) as drawn:
        assert drawn.size == (1200, 630)
    assert "It does not go there" in seen(card)
    # A card does not hang on above the words of a channel that has none.
    before = len(office.api.posted)
    await office.press(office.ana, "telegram-zh ›", card)
    [other] = office.api.posted[before:]
    assert (other.method, "Preview" in other.text) == ("sendMessage", True)
    assert "There is no channel “weakly”; did you mean weekly?" in await office.ask(
        office.ana, f"/preview {story} weakly"
    )
    assert "There is no channel “xyz”." in await office.ask(office.ana, f"/preview {story} xyz")


async def test_a_reply_to_a_preview_is_what_that_channel_gets(either: Office) -> None:
    story = await either.floor.story()
    [shown] = await either.posts(either.chen, f"预览 {story} weekly")
    edited, again = await either.posts(
        either.chen, "标题：大桥今早通车\n步行和骑车都可以过。\n#河湾 #交通", replying=shown
    )
    assert "标题：大桥今早通车\n摘要：步行和骑车都可以过。\n话题：#河湾 #交通" in seen(edited)
    assert "只用于 weekly，1 条待发的会用新的文字" in seen(edited)
    assert "标题由 陈静 写，摘要由 陈静 写，话题由 陈静 写" in seen(again)
    assert "文字由编辑写" in seen(again)
    await goes_out(either, story)
    got = either.floor.got()
    assert "<b>大桥今早通车</b>" in got["weekly"][0]
    assert "步行和骑车都可以过。" in got["weekly"][0]
    assert "#交通" in got["weekly"][0]
    assert "桥面今早恢复双向通行。" in got["telegram-zh"][0]
    assert "It is out like this" in await either.ask(either.ana, f"/preview {story} weekly")


async def test_words_for_all_channels_are_asked_for_and_taken_back(office: Office) -> None:
    story = await office.floor.story()
    [which] = await office.posts(office.ana, f"/edit {story}")
    assert "For all channels" in seen(which)
    await office.press(office.ana, "Headline", which)
    assert "It is now: 河湾大桥修复通车" in office.told(office.ana["id"])[-1]
    edited, _ = await office.posts(office.ana, "Bridge open again")
    assert "headline: Bridge open again" in seen(edited)
    assert "3 waiting posts get the new words" in seen(edited)
    [shown] = await office.posts(office.chen, f"/preview {story}")
    assert "标题由 Ana 写（全部频道）" in seen(shown)
    await office.press(office.chen, "恢复原稿的字", shown)
    assert "已恢复原稿的文字" in office.told(office.chen["id"])[-2]
    assert "There were no words of an editor's" in await office.ask(office.ana, f"/edit {story} press")
    await office.ask(office.chen, f"改写 {story} 摘要 桥通了。")
    await goes_out(office, story)
    assert office.floor.got()["partners"] == ["河湾大桥修复通车"]
    assert all("桥通了。" in office.floor.got()[name][0] for name in ("telegram-zh", "weekly"))


async def test_words_that_are_too_long_are_answered_with_what_is_over(office: Office) -> None:
    story = await office.floor.story()
    [refused] = await office.posts(office.chen, f"/edit {story} weekly 摘要 {LONG[:3000]}结尾到此。{LONG[:1200]}")
    told = seen(refused)
    assert "weekly 放不下：" in told
    assert "/ 4096 字，超出" in told
    assert "超出的是：“" in told
    assert (await office.ledger.orders.given(story)).worded == ()
    edited, _ = await office.posts(office.chen, "短一些。")
    assert "摘要：短一些。" in seen(edited)
    assert "Too long for" in await office.ask(office.ana, f"/edit {story} summary {LONG[:4000]}{LONG[:80]}")
    assert await office.ask(office.ana, "never mind")
    await goes_out(office, story)
    assert "短一些。" in office.floor.got()["weekly"][0]


async def carded(office: Office) -> int:
    """A story that goes to the channel with cards, too."""
    story = await office.floor.story()
    await office.ledger.orders.add(story, "telegram-en", "Ana", "", office.now)
    await office.floor.works()
    return story


async def test_a_picture_that_is_sent_is_on_the_card_that_goes_out(office: Office) -> None:
    story = await carded(office)
    [which] = await office.posts(office.chen, f"/picture {story}")
    assert "原稿里没有图" in seen(which)
    told, shown = await office.posts(office.chen, "", picture=jpeg("red"))
    assert "用您发来的图" in seen(told)
    assert shown.method == "sendPhoto"
    assert "This picture cannot be used" in await office.ask(office.ana, f"/picture {story}", picture=b"no picture")
    [told, plain] = await office.posts(office.ana, f"/picture {story} none")
    assert "no picture" in seen(told)
    told, with_picture = await office.posts(office.ana, "", picture=jpeg("red"), replying=plain)
    assert "the picture you sent" in seen(told)
    await goes_out(office, story)
    [posted] = office.floor.posts("telegram-en")
    assert posted.photo == with_picture.photo
    assert posted.photo != plain.photo


async def test_a_story_is_written_in_the_chat_shown_and_posted_once(either: Office) -> None:
    assert "标题是什么" in await either.ask(either.chen, "/post")
    assert "正文呢" in await either.ask(either.chen, "今晚停水通知")
    [shown] = await either.posts(either.chen, "城东今晚十点起停水。\n\n明早六点恢复。")
    assert "草稿　telegram-zh（1/3）" in seen(shown)
    assert "城东今晚十点起停水。" in seen(shown)
    await either.press(either.chen, "weekly ›", shown)
    assert "草稿　weekly（2/3）" in seen(shown)
    await either.posts(either.chen, "城东今晚十点起停水。\n\n明早七点恢复。")
    [*_, last] = [one for one in either.api.posted if one.chat == either.chen["id"]]
    await either.press(either.chen, "发", last)
    story = (await either.ledger.stories.recent(1))[0]
    assert (story.source, story.article.language) == ("desk", "zh")
    await either.press(either.chen, "发", shown)
    assert len(await either.ledger.stories.recent(9)) == 1
    await goes_out(either, story.id)
    got = either.floor.got()
    assert "明早七点恢复。" in got["telegram-zh"][0]
    assert got["partners"] == ["今晚停水通知"]


async def test_a_story_is_written_in_english_in_one_message_with_a_picture(office: Office) -> None:
    [shown] = await office.posts(
        office.ana, "/post Water off tonight\nThe east of the town is without water.", picture=jpeg()
    )
    assert "Draft: telegram-zh (1/3)" in seen(shown)
    await office.press(office.ana, "Other headline", shown)
    [shown] = await office.posts(office.ana, "No water tonight")
    await office.press(office.ana, "Post it", shown)
    assert seen(shown).startswith("Taken: #")
    [story] = await office.ledger.stories.recent(9)
    assert (story.article.headline, story.article.language) == ("No water tonight", "en")
    assert (story.orders.picture or "").startswith("sent:")
    assert "There is no draft now" in await office.ask(office.ana, "/post yes")
    assert "There is no draft now" in await office.ask(office.ana, "/preview draft")
    await goes_out(office, story.id)
    assert office.floor.got()["partners"] == ["No water tonight"]


PAGE = """<html lang="zh"><head><title>河湾新桥明日试通行</title><meta charset="utf-8"></head><body><article>
<h1>河湾新桥明日试通行</h1><p>来源：河湾日报</p>
<p>河湾市交通局今天说，新桥明天早上七点开始试通行，为期三天，行人和非机动车优先。</p>
<p>试通行期间，桥上限速二十公里，货车仍走老桥。附近居民可以在东岸广场领取路线图。</p>
<p>交通局表示，三天后将根据车流情况决定是否正式开放，结果会在本报公布。</p></article></body></html>"""


def serve_page(office: Office, status: int = 200) -> str:
    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE, status)

    office.api.app.add_route("/news/7.html", page)
    return f"{office.base}/news/7.html"


async def test_a_link_that_is_pasted_becomes_a_story_that_waits_for_an_editor(either: Office) -> None:
    link = serve_page(either)
    told, shown = await either.posts(either.chen, link)
    assert "河湾新桥明日试通行" in seen(told)
    assert "压着等编辑决定" in seen(told)
    assert "新桥明天早上七点开始试通行" in seen(shown)
    [story] = await either.ledger.stories.recent(9)
    assert story.source == "desk"
    await either.floor.works()
    assert {row.state for row in await either.ledger.deliveries.of_story(story.id)} == {State.HELD}
    assert either.floor.got()["partners"] == []
    known, again = await either.posts(either.ana, f"/link {link}?utm_source=chat")
    assert "has this story already" in seen(known)
    assert "Held" in seen(again)
    letting_go = next(button for button in again.buttons[1] if button in ("Approve", "Release"))
    await either.press(either.ana, letting_go, again)
    either.now = either.now.replace(hour=either.now.hour + 1)
    await either.floor.works()
    assert either.floor.got()["partners"] == ["河湾新桥明日试通行"]


async def test_nobody_waits_behind_a_page_that_takes_its_time(office: Office) -> None:
    asked, gate = asyncio.Event(), asyncio.Event()

    async def page(request: Request) -> Response:
        asked.set()
        await gate.wait()
        return HTMLResponse(PAGE)

    office.api.app.add_route("/news/8.html", page)
    office.api.says(office.chen, f"{office.base}/news/8.html")
    await asked.wait()
    office.api.says(office.ana, "/id")
    await until(lambda: any("Your Telegram number" in said for said in office.told(office.ana["id"])))
    assert ("sendChatAction", str(office.chen["id"])) in [
        (method, str(fields.get("chat_id"))) for method, fields in office.api.calls
    ]
    assert office.told(office.chen["id"]) == []
    gate.set()
    await until(lambda: len(office.told(office.chen["id"])) == 2)
    assert "河湾新桥明日试通行" in office.told(office.chen["id"])[0]


async def test_a_link_to_nothing_or_inside_the_house_is_refused_with_the_reason(office: Office) -> None:
    assert "HTTP 404" in await office.ask(office.ana, serve_page(office, 404))
    assert "10.1.2.3 是内网地址" in await office.ask(office.chen, "http://10.1.2.3/news")
    assert "no number in" not in await office.ask(office.ana, "/link")
    assert await office.ledger.stories.recent(9) == ()


async def test_who_is_limited_words_only_what_is_theirs(shut: Office) -> None:
    editors = [
        {"id": CHEN, "name": "陈静", "channels": ["weekly"]},
        {"id": ANA, "name": "Ana", "language": "en", "sections": ["sport"]},
    ]
    await shut.open(editors=editors)
    story = await shut.floor.story(section="city")
    edited, _ = await shut.posts(shut.chen, f"/edit {story} 标题 大桥通车")
    assert "只用于 weekly" in seen(edited)
    assert "不归您决定" in await shut.ask(shut.chen, f"/edit {story} partners 标题 大桥通车")
    [shown] = await shut.posts(shut.ana, f"/preview {story} telegram-zh")
    assert "sport" in await shut.ask(shut.ana, f"/picture {story} none")
    assert "sport" in await shut.ask(shut.ana, "Headline: Mine", replying=shown)
    await goes_out(shut, story)
    assert "大桥通车" in shut.floor.got()["weekly"][0]
    assert shut.floor.got()["partners"] == ["河湾大桥修复通车"]
    assert "Mine" not in str(shut.floor.got())


async def test_a_story_that_waits_is_previewed_from_its_message_and_worded_by_reply(office: Office) -> None:
    story = await office.floor.story()
    await office.ledger.deliveries.hold(story, "test", "figures", office.now)
    await office.bots[0].run_notices()
    posted = next(one for one in office.api.posted if one.chat == CHEN and "预览" in str(one.buttons))
    before = len(office.api.posted)
    await office.press(office.chen, "预览", posted)
    [shown] = office.api.posted[before:]
    assert "已压下" in seen(shown)
    edited, _ = await office.posts(office.chen, "大桥通了，可以走。", replying=shown)
    assert "摘要：大桥通了，可以走。" in seen(edited)
    await goes_out(office, story)
    assert "大桥通了，可以走。" in office.floor.got()["telegram-zh"][0]
