"""What stands among the paragraphs and is no part of the article."""

import pytest

from bot.rules.margins import in_the_margin, without_counters


@pytest.mark.parametrize(
    "line",
    [
        "阅读 1234",
        "阅读量：3.2万 | 评论（56）",
        "1024次浏览 · 3条评论",
        "1,204 views",
        "12 comments | 3 shares",
        "相关阅读：河湾大桥通车",
        "【延伸阅读】",
        "Read also: Bridge reopens",
        "READ MORE",
        "Related stories",
        "更新时间：2026-11-24 10:05",
        "最后更新于 2026年11月24日",
        "Last updated: Nov 24, 2026 10:05",
        "Updated on 24 November 2026",
        "广告",
        "— Advertisement —",
        "Story continues below advertisement",
        "[广告] 河湾陶瓷 冬季特惠",
        "长按识别二维码关注我们",
        "Sign up for our daily newsletter",
    ],
)
def test_a_counter_a_pointer_and_an_advertisement_are_not_the_article(line: str) -> None:
    assert in_the_margin(line)


@pytest.mark.parametrize(
    "line",
    [
        "阅读是一件安静的事。",
        "评论员说，三十人参加了比赛。",
        "共有三十人参加。",
        "1,204 people came on the first day.",
        "Read more slowly, she told the class.",
        "Related work is under way downstream.",
        "广告牌昨天拆了。",
        "相关部门说，桥明天开放。",
        "更多的人走上街头。",
        "Shares rose by 3 per cent.",
        "3 shares were sold.",
        "更新后的桥面宽了两米。",
        "Updated plans show forty homes.",
        "",
    ],
)
def test_a_sentence_that_begins_alike_is(line: str) -> None:
    assert not in_the_margin(line)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("来源：河湾日报 阅读：1204 次", "来源：河湾日报 "),
        ("By Ann Lee (1,204 views)", "By Ann Lee "),
        ("昨天点击量很大，有评论说好。", "昨天点击量很大，有评论说好。"),
    ],
)
def test_a_counter_inside_a_line_is_taken_out_of_it(line: str, read: str) -> None:
    assert without_counters(line) == read
