"""A list or a table that carries facts is told whole where there is room for it, and nowhere torn."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press.telling import Teller, Told
from bot.press.templates import Templates
from bot.rules.lengths import Length, tell
from bot.rules.passages import joined
from bot.rules.summarising import analyse
from tests.fakes.articles import NOW, ZONE
from tests.fakes.golden import KINDS

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
BOATS = (("渡口", "首班", "末班"), ("青石渡口", "5:40", "21:30"), ("柳湾渡口", "6:10", "20:00"))
CLOSED = ("12月1日至3日：临江路<桥北至码头段>", "12月4日：杏园路全线", "12月5日8时至12时：南门巷")
LIST, TABLE, P = BlockKind.LIST, BlockKind.TABLE, BlockKind.PARAGRAPH
ROOMY = ("telegram-text", "email", "wechat", "matrix", "slack", "discord", "line", "dingtalk", "feishu")
SHORT = ("telegram-photo", "x", "weibo", "mastodon", "bluesky", "threads", "whatsapp", "wecom", "apprise")


def article(*blocks: Block) -> Article:
    byline = Byline(credit="河湾日报", editor="陈静")
    return Article("渡口冬季班次调整", blocks, "zh", byline=byline, link="https://example.org/boats")


def paragraph(text: str) -> Block:
    return Block(P, text)


TIMETABLE = article(
    paragraph("河湾两处渡口12月1日起执行冬季班次。"),
    paragraph("调整后的首末班时间如下："),
    Block(TABLE, rows=BOATS),
    paragraph("票价不变，仍为2元。"),
)
CLOSURES = article(
    paragraph("因管网改造，三条道路12月分段封闭。"), Block(LIST, items=CLOSED), paragraph("公交绕行方案当天公布。")
)


def told(written: Article, kind: str, **facts: Any) -> Told:
    teller = Teller(Templates(SHIPPED, None), ZONE)
    return teller.tell(Story(1, "inbox", 1, written, NOW, NOW), analyse(written), KINDS[kind])


@pytest.mark.parametrize("kind", ROOMY)
def test_a_timetable_is_told_whole_between_the_words_around_it(kind: str) -> None:
    text = told(TIMETABLE, kind).text
    before, after = text.index("如下："), text.index("票价不变")
    assert all(cell in text[before:after] for row in BOATS for cell in row)


@pytest.mark.parametrize("kind", ROOMY)
def test_a_list_of_closures_is_told_whole(kind: str) -> None:
    text = told(CLOSURES, kind).text
    assert all(word in text for item in CLOSED for word in re.split("[<>]", item))


@pytest.mark.parametrize("kind", SHORT)
@pytest.mark.parametrize("written", [TIMETABLE, CLOSURES], ids=["table", "list"])
def test_a_short_platform_tells_neither_the_list_nor_what_only_leads_up_to_it(kind: str, written: Article) -> None:
    made = told(written, kind)
    assert "青石渡口" not in made.text
    assert "如下" not in made.text
    assert "杏园路" not in made.text
    assert "lists and tables left out: 1" in made.notes


@pytest.mark.parametrize(("kind", "marks"), [("email", "<td"), ("wechat", "<td"), ("matrix", "<td")])
def test_where_there_is_html_it_is_a_table_and_a_list(kind: str, marks: str) -> None:
    assert told(TIMETABLE, kind).text.count(marks) == 9
    assert told(CLOSURES, kind).text.count("<li>") == 3
    assert "临江路&lt;桥北" in told(CLOSURES, kind).text


def test_in_a_message_each_row_is_a_line() -> None:
    assert (
        "渡口 · 首班 · 末班\n青石渡口 · 5:40 · 21:30\n柳湾渡口 · 6:10 · 20:00\n"
        in told(TIMETABLE, "telegram-text").text
    )
    assert "\n• 12月4日：杏园路全线\n" in told(CLOSURES, "telegram-text").text
    assert "• 12月4日：杏园路全线\n\n• 12月5日" in told(CLOSURES, "dingtalk").text


def test_a_list_that_carries_no_facts_is_not_told() -> None:
    links = article(paragraph("大桥今早通车。"), Block(LIST, items=("联系我们", "版权声明")))
    assert analyse(links).lists == ()
    assert "版权" not in told(links, "email").text


def test_words_that_lead_up_to_a_list_make_it_worth_telling() -> None:
    streets = article(paragraph("以下道路今晚封闭："), Block(LIST, items=("临江路", "杏园路")))
    assert "如下" not in told(streets, "email").text
    assert "<li>杏园路</li>" in told(streets, "email").text


def test_a_list_longer_than_a_post_is_left_to_the_article() -> None:
    endless = article(
        paragraph("停水时间如下："), Block(LIST, items=tuple(f"{n}栋：12月{n}日8时" for n in range(1, 200)))
    )
    assert analyse(endless).lists == ()


@pytest.mark.parametrize("length", Length)
@pytest.mark.parametrize("written", [TIMETABLE, CLOSURES], ids=["table", "list"])
def test_no_summary_has_a_list_in_it(length: Length, written: Article) -> None:
    summary = joined(tell(analyse(written), length, "zh"))
    assert summary
    assert "青石渡口" not in summary
    assert "杏园路" not in summary
