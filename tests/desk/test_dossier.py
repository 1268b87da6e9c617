"""A story is found and looked at closely: its parts, its revisions, every delivery; and what goes out next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model.story import Article, Block, BlockKind
from bot.rules import identity
from tests.desk.conftest import Office, seen
from tests.fakes.stories import article, planned_story

OUT = datetime.fromtimestamp(1_795_000_000, UTC)
"""When the double of Telegram says that posts came out."""


async def taken(office: Office, made: Article) -> int:
    """It came from its site, and has been composed."""
    keys, print_ = identity.keys("site", made), identity.fingerprint(made)
    recorded = await office.ledger.stories.record("site", made, keys, print_, office.now)
    await office.floor.works()
    return recorded.story


async def revised(office: Office) -> int:
    """A story that went out everywhere and was revised, with the edits sent."""
    first = article()
    first = replace(first, byline=replace(first.byline, published=OUT - timedelta(minutes=9)))
    story = await taken(office, first)
    await office.ledger.deliveries.release(story, "test", "", office.now)
    office.now += timedelta(minutes=12)
    await office.floor.works()
    body = "桥面今早恢复双向通行，货车除外。"
    blocks = (Block(BlockKind.PARAGRAPH, body), Block(BlockKind.HEADING, "背景", level=2))
    await taken(office, replace(first, headline="河湾大桥今早修复通车", blocks=blocks))
    office.now += timedelta(minutes=1)
    await office.floor.works()
    return story


async def test_a_story_turns_to_its_revisions_parts_and_every_delivery(either: Office) -> None:
    story = await revised(either)
    [shown] = await either.posts(either.chen, f"/story {story}")
    assert "telegram-zh：11月18日 19:06 已发（发布后 9 分钟），查看" in seen(shown)
    assert shown.buttons[-1] == ["正文", "改版", "发稿"]
    await either.press(either.chen, "改版", shown)
    assert "第 2 版，今天 16:12\n标题：河湾大桥<u>今早</u>修复通车" in shown.text.replace("<b>", "").replace("</b>", "")
    assert "最初收到：河湾大桥修复通车" in seen(shown)
    await either.press(either.chen, f"看 #{story}", shown)
    await either.press(either.chen, "正文", shown)
    assert "▌背景" in seen(shown)
    assert "来源：河湾日报" in seen(shown)
    [sent] = await either.posts(either.ana, f"/story {story} deliveries")
    got = either.floor.got()
    assert "河湾大桥今早修复通车" in got["weekly"][0]
    assert "6 deliveries" in seen(sent)
    assert "weekly (correction): sent 18 Nov 19:06 (9 min after publication), see it; revision 2" in seen(sent)
    assert 'href="https://t.me/riverbend_daily/' in sent.text
    [changes] = await either.posts(either.ana, f"/story #{story} revisions")
    assert "<u>今早</u>" in changes.text
    assert "There is no story 999" in await either.ask(either.ana, "/story 999 parts")


async def test_a_story_is_found_by_words_number_link_and_the_link_of_a_post(office: Office) -> None:
    story = await taken(office, article())
    office.now += timedelta(minutes=2)
    await office.floor.works()
    for words in (str(story), "大桥 通车", "https://example.org/河湾大桥修复通车", "https://t.me/riverbend_daily/1"):
        assert f"#{story} 河湾大桥修复通车" in await office.ask(office.chen, f"/story {words}"), words


async def test_many_deliveries_and_the_queue_are_turned_page_by_page(office: Office) -> None:
    stories = [
        await planned_story(office.ledger, office.now + timedelta(minutes=minute), "weekly", headline=f"消息{minute}号")
        for minute in range(1, 20)
    ]
    [queue] = await office.posts(office.ana, "/queue")
    assert "19 waiting (page 1 of 3)" in seen(queue)
    assert "消息1号\ngoes out today 16:01 → weekly" in seen(queue)
    await office.press(office.ana, "2/3 ›", queue)
    assert "page 2 of 3" in seen(queue)
    assert "消息9号\ngoes out today 16:09 → weekly" in seen(queue)
    await office.press(office.ana, "‹ 1/3", queue)
    assert "page 1 of 3" in seen(queue)
    assert len(stories) == 19


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("/next", "到今天 17:00 为止要发的", "后天"),
        ("/next 60m", "#1 一小时内", "#2"),
        ("接下来 2小时", "#2 两小时内", "#3"),
        ("/next 18:30", "#2 两小时内", "#3"),
        ("/next 1m", "没有要发的", "#1"),
        ("/next soon", "“soon”看不懂", "#1"),
    ],
)
async def test_what_goes_out_by_then_is_told(office: Office, asked: str, there: str, not_there: str) -> None:
    for minutes, headline in ((30, "一小时内"), (110, "两小时内"), (2880, "后天")):
        await planned_story(office.ledger, office.now + timedelta(minutes=minutes), "weekly", headline=headline)
    said = await office.ask(office.chen, asked)
    assert there in said
    assert not_there not in said


async def test_what_goes_out_by_then_does(office: Office) -> None:
    story = await office.floor.story()
    said = await office.ask(office.ana, "/next 60m")
    assert f"#{story} 河湾大桥修复通车\ngoes out today 16:01 → telegram-zh, weekly, partners" in said
    office.now += timedelta(minutes=60)
    await office.floor.works()
    assert office.floor.got()["partners"] == ["河湾大桥修复通车"]
    assert "Nothing goes out until" in await office.ask(office.ana, "/next 60m")
