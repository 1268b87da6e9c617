"""Bylines: a table of the forms in which pages sign, and of the sentences that only look like them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.model.story import Byline
from bot.sources.reading import bylines

HERE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in 河湾


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=HERE)


EVENING = local(2019, 2, 2, 22, 29)
DAY = local(2019, 2, 2)

SIGNED = [
    ("来源：河湾日报", Byline(credit="河湾日报")),
    ("来源:河湾日报", Byline(credit="河湾日报")),
    ("来源： 河湾日报", Byline(credit="河湾日报")),
    ("来源丨河湾日报", Byline(credit="河湾日报")),
    ("來源：河灣時報", Byline(credit="河灣時報")),
    ("稿源：河湾新闻网", Byline(credit="河湾新闻网")),
    ("信息来源：市民政局办公室", Byline(credit="市民政局办公室")),
    ("文章来源：河湾新闻网", Byline(credit="河湾新闻网")),
    ("稿件来源：河湾广播电视台", Byline(credit="河湾广播电视台")),
    ("来源：《河湾日报》", Byline(credit="河湾日报")),
    ("（来源：河湾日报）", Byline(credit="河湾日报")),
    ("[来源：河湾日报]", Byline(credit="河湾日报")),
    ("转自：河湾晚报", Byline(credit="河湾晚报")),
    ("转自河湾晚报", Byline(credit="河湾晚报")),
    ("来源：河湾日报客户端 字号 大 中 小", Byline(credit="河湾日报客户端")),
    ("责任编辑：林晓禾", Byline(editor="林晓禾")),
    ("责编：林晓禾", Byline(editor="林晓禾")),
    ("编辑：林晓禾", Byline(editor="林晓禾")),
    ("(责编：林晓禾、高远)", Byline(editor="林晓禾、高远")),
    ("【责任编辑：林晓禾】", Byline(editor="林晓禾")),
    ("责任编辑 林晓禾", Byline(editor="林晓禾")),
    ("责任编辑：陶　然", Byline(editor="陶然")),
    ("责任编辑：贺 知 秋", Byline(editor="贺知秋")),
    ("责任编辑：陶然_HW102", Byline(editor="陶然")),
    ("責任編輯：林曉禾", Byline(editor="林曉禾")),
    ("网络编辑：程远", Byline(editor="程远")),
    ("责任编辑：林晓禾　校对：高远", Byline(editor="林晓禾")),
    ("审核：高远 责编：林晓禾", Byline(editor="林晓禾")),
    ("作者：周望舒", Byline(author="周望舒")),
    ("作者 周望舒", Byline(author="周望舒")),
    ("文/周望舒", Byline(author="周望舒")),
    ("文｜周望舒", Byline(author="周望舒")),
    ("文/周望舒 图/高远", Byline(author="周望舒")),
    ("撰文：周望舒", Byline(author="周望舒")),
    ("记者 周望舒", Byline(author="周望舒")),
    ("记者：周望舒", Byline(author="周望舒")),
    ("本报记者 周望舒", Byline(author="周望舒")),
    ("通讯员 高远", Byline(author="高远")),
    ("记者 周望舒　编辑 林晓禾", Byline(author="周望舒", editor="林晓禾")),
    ("活动将持续到月底。（记者 周望舒）", Byline(author="周望舒")),
    ("本报讯（记者 周望舒）市图书馆昨天宣布延长开放时间。", Byline(author="周望舒")),
    ("河湾晚报讯（记者 沈青禾 通讯员 高远）向日葵开了。", Byline(author="沈青禾 高远")),
    ("2019-02-02 22:29  来源:河湾日报  责任编辑:林晓禾", Byline(EVENING, credit="河湾日报", editor="林晓禾")),
    ("2019-02-02 22:29来源:河湾日报责任编辑:林晓禾", Byline(EVENING, credit="河湾日报", editor="林晓禾")),
    ("2019年02月02日 22:29 来源：河湾日报", Byline(EVENING, credit="河湾日报")),
    ("2019年02月02日22:29 | 来源：河湾日报", Byline(EVENING, credit="河湾日报")),
    ("２０１９年０２月０２日　２２：２９　来源：河湾日报", Byline(EVENING, credit="河湾日报")),
    ("发布日期：2019-02-02 信息来源：市民政局 浏览次数：31", Byline(DAY, credit="市民政局")),
    ("发布时间：2019年2月2日 22:29", Byline(EVENING)),
    ("时间：2019-02-02 22:29:00", Byline(EVENING)),
    ("2019/2/2 22:29", Byline(EVENING)),
    ("2019.02.02", Byline(DAY)),
    ("二〇一九年二月二日", Byline(DAY)),
    ("02-02 22:29", Byline(local(2026, 2, 2, 22, 29))),
    ("更新时间：2019-02-02 22:29", Byline(updated=EVENING)),
    ("2小时前", Byline(local(2026, 11, 24, 10))),
    ("15分钟前  来源：河湾日报", Byline(local(2026, 11, 24, 11, 45), credit="河湾日报")),
    ("昨天 22:29", Byline(local(2026, 11, 23, 22, 29))),
    ("昨天", Byline(local(2026, 11, 23))),
    ("今天 08:00", Byline(local(2026, 11, 24, 8))),
    ("河湾新闻网 2019-02-02 22:29", Byline(EVENING)),
    ("2019-02-02 22:29 星期六", Byline(EVENING)),
    ("By Jane Doe", Byline(author="Jane Doe")),
    ("BY JANE DOE", Byline(author="Jane Doe")),
    ("by Jane Doe", Byline(author="Jane Doe")),
    ("By Jane Doe and John Roe", Byline(author="Jane Doe and John Roe")),
    ("By Jane Doe, Staff Writer", Byline(author="Jane Doe")),
    ("By Jane Doe | Riverbend Herald", Byline(author="Jane Doe")),
    ("By Ana María O'Neill-Cruz", Byline(author="Ana María O'Neill-Cruz")),
    ("Written by Jane Doe", Byline(author="Jane Doe")),
    ("Author: Jane Doe", Byline(author="Jane Doe")),
    ("Source: Riverbend Herald", Byline(credit="Riverbend Herald")),
    ("Editor: Paul Avery", Byline(editor="Paul Avery")),
    ("Edited by: Paul Avery", Byline(editor="Paul Avery")),
    ("By Jane Doe | Published February 2, 2019 10:29 PM", Byline(EVENING, author="Jane Doe")),
    ("Published: Feb. 2, 2019 at 10:29 p.m.", Byline(EVENING)),
    (
        "Published: February 2, 2019 10:29 PM Updated: February 3, 2019 8:00 AM",
        Byline(EVENING, local(2019, 2, 3, 8)),
    ),
    ("Last updated: 2 February 2019, 22:29", Byline(updated=EVENING)),
    ("Posted on February 2, 2019 by Jane Doe", Byline(DAY, author="Jane Doe")),
    ("2 February 2019 22:29 | Source: Riverbend Herald | Editor: Paul Avery",
     Byline(EVENING, credit="Riverbend Herald", editor="Paul Avery")),
    ("Sat, 02 Feb 2019 14:29:00 GMT", Byline(EVENING)),
    ("2 hours ago", Byline(local(2026, 11, 24, 10))),
    ("Updated yesterday at 9:15 am", Byline(updated=local(2026, 11, 23, 9, 15))),
]  # fmt: skip

UNSIGNED = [
    "本报编辑部设在老渡口旁边的小楼里。",
    "编辑部：欢迎读者来信",
    "河湾的饮用水来源于上游水库。",
    "水的来源：上游水库和地下井各占一半，冬天以井水为主。",
    "数据来源：市统计局",
    "图片来源：市园林中心",
    "记者 从市水务局获悉，水质全部达标。",
    "记者从市水务局获悉，水质全部达标。",
    "记者 在现场看到，木板已经全部换新。",
    "记者证今年继续免费换发。",
    "作者们在书市上签名。",
    "图/高远",
    "摄影：高远",
    "阅读：2019",
    "浏览次数：1284",
    "字号：大 中 小",
    "书市将于2026年12月5日在中央广场开幕。",
    "书市开幕时间定在2026年12月5日上午九点，欢迎全体市民带着旧书前来交换。",
    "老桥1998-2003年间修过两次。",
    "河湾大桥建于2019年2月2日。",
    "比分是22:29，主队落后。",
    "昨天的雨下了一整夜。",
    "联系电话：000-2019-0202",
    "来源：http://www.example.org/",
    "来源：网络",
    "by the river, the old mill still turns.",
    "By Monday the bridge will be open again.",
    "By the river stands the mill.",
    "The source of the river is in the hills.",
    "Her editor was not told.",
    "By Riverbend standards, it was a cold night, and few people came.",
    "The fair opens on 5 December 2026.",
    "The bridge was built on February 2, 2019, and repaired twice.",
    "Riverbend Today",
    "3 comments",
    "180 planks were replaced in 2019.",
    "Photo: Jane Doe",
    "5 min read",
]


@pytest.mark.parametrize(("text", "expected"), SIGNED, ids=[text for text, _ in SIGNED])
def test_a_byline_is_read_part_by_part(text: str, expected: Byline) -> None:
    assert bylines.read([text], HERE, NOW).byline == expected


@pytest.mark.parametrize("text", UNSIGNED)
def test_a_sentence_that_only_looks_like_a_byline_gives_nothing(text: str) -> None:
    assert bylines.read([text], HERE, NOW).byline == Byline()


def test_the_first_line_that_names_a_part_has_it() -> None:
    reading = bylines.read(["来源：河湾日报", "来源：河湾晚报"], HERE, NOW)
    assert reading.byline.credit == "河湾日报"


def test_a_line_that_is_nothing_but_a_byline_is_known_as_one() -> None:
    lines = ["老渡口步行桥重新通行", "2019-02-02 22:29 来源：河湾日报", "桥头加装了四盏灯。（记者 周望舒）"]
    assert bylines.read(lines, HERE, NOW).lines == {1}


def test_a_time_that_has_not_come_is_none_of_publication() -> None:
    assert bylines.read(["2026-12-24 10:00"], HERE, NOW).byline == Byline()
