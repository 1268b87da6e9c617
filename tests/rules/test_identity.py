"""Which story an article is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.model.story import Article, Block, BlockKind, Byline, Picture, Related
from bot.rules.identity import canonical, fingerprint, keys

ARTICLE = Article(
    headline="河湾市图书馆延长开放时间",
    blocks=(Block(BlockKind.PARAGRAPH, "自下周一起,图书馆每晚开放到十点。"),),
    language="zh",
    link="https://example.org/news/1?utm_source=weibo",
    guid="n1",
)


@pytest.mark.parametrize(
    ("link", "same"),
    [
        ("https://Example.org/a?utm_source=x&id=3#top", "https://example.org/a?id=3"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:8080/a", "https://example.org:8080/a"),
        ("http://example.org:80/a/", "https://example.org/a"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/a?b=", "https://example.org/a?b="),
        ("https://example.org/文章?页=2", "https://example.org/%E6%96%87%E7%AB%A0?%E9%A1%B5=2"),
        ("https://example.org/%e6%96%87%E7%AB%A0?%E9%A1%B5=2", "https://example.org/%E6%96%87%E7%AB%A0?%E9%A1%B5=2"),
        ("https://m.example.org/a?from=timeline&isappinstalled=0", "https://example.org/a"),
        ("https://www.example.org/a?from=2019", "https://example.org/a?from=2019"),
        ("https://example.org/a?b=2&a=1&ref=rss", "https://example.org/a?a=1&b=2"),
        ("https://example.org/a/amp?amp=1", "https://example.org/a"),
        ("https://example.org/a/index.html", "https://example.org/a"),
        ("https://example.org/#/news/7", "https://example.org/#/news/7"),
        ("https://example.org/%C4%E3?t=%C4%E3", "https://example.org/%C4%E3?t=%C4%E3"),
        ("http://[no address", "http://[no address"),
    ],
)
def test_an_address_loses_what_does_not_name_the_article(link: str, same: str) -> None:
    assert canonical(link) == same


def test_the_same_link_from_two_sources_is_the_same_story() -> None:
    other = replace(ARTICLE, guid=None, link="https://example.org/news/1?spm=a1")
    assert set(keys("feed", ARTICLE)) & set(keys("inbox", other))


def test_the_same_guid_at_two_sources_is_not() -> None:
    first, second = (replace(ARTICLE, link=None) for _ in range(2))
    assert not set(keys("feed", first)) & set(keys("other", second))


def test_a_link_that_several_entries_share_names_no_story() -> None:
    assert keys("feed", ARTICLE, shared_links=[ARTICLE.link or ""]) == ("guid:feed:n1",)


def test_a_guid_that_several_entries_share_names_no_story_either() -> None:
    assert keys("feed", ARTICLE, shared_guids=["n1"]) == ("link:https://example.org/news/1",)


def test_the_address_of_a_front_page_names_no_story() -> None:
    assert keys("feed", replace(ARTICLE, link="https://www.example.org/?utm_source=feed")) == ("guid:feed:n1",)


def test_without_guid_and_link_headline_and_day_stand_for_the_article() -> None:
    monday = replace(ARTICLE, guid=None, link=None, byline=Byline(published=datetime(2026, 11, 23, 1, tzinfo=UTC)))
    tuesday = replace(monday, byline=Byline(published=datetime(2026, 11, 24, 1, tzinfo=UTC)))
    corrected = replace(monday, blocks=(Block(BlockKind.PARAGRAPH, "更正:每晚九点。"),))
    assert keys("inbox", monday) == keys("inbox", corrected)
    assert keys("inbox", monday) != keys("inbox", tuesday)


@pytest.mark.parametrize(
    "change",
    [
        {"blocks": (Block(BlockKind.PARAGRAPH, "自下周一起, 图书馆每晚开放到十点。 "),)},
        {"tags": ("图书馆",)},
        {"related": (Related("明日天气"),)},
        {"byline": Byline(updated=datetime(2026, 11, 24, tzinfo=UTC))},
        {"blocks": tuple(Block(BlockKind.PARAGRAPH, piece) for piece in ("自下周一起,", "图书馆每晚开放到十点。"))},
        {"blocks": (Block(BlockKind.PARAGRAPH, "自下周一起,图书馆每晚开\u200b放到十点。"),)},
        *(
            {
                "blocks": (
                    Block(BlockKind.PARAGRAPH, "自下周一起,图书馆每晚开放到十点。"),
                    Block(BlockKind.PARAGRAPH, line),
                )
            }
            for line in ("阅读 1,234  评论 56", "相关阅读：河湾大桥通车", "广告")
        ),
    ],
    ids=[
        "full-width and spaces",
        "tags",
        "related stories",
        "time",
        "paragraphs",
        "unseen",
        "counters",
        "box",
        "advert",
    ],
)
def test_what_readers_do_not_read_is_no_change(change: dict[str, object]) -> None:
    spaced = replace(ARTICLE, blocks=(Block(BlockKind.PARAGRAPH, "自下周一起, 图书馆每晚开放到十点。"),))
    assert fingerprint(replace(spaced, **change)) == fingerprint(spaced)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "图书馆延长开放"},
        {"lead": "好消息"},
        {"blocks": (Block(BlockKind.PARAGRAPH, "自下周二起,图书馆每晚开放到十点。"),)},
        {"blocks": (Block(BlockKind.QUOTE, "自下周一起,图书馆每晚开放到十点。"),)},
        {"blocks": (Block(BlockKind.TABLE, rows=(("周一", "22:00"),)),)},
        {"blocks": (Block(BlockKind.PICTURE, picture=Picture("https://example.org/p", caption="夜读")),)},
        {"byline": Byline(credit="河湾日报")},
    ],
)
def test_what_readers_read_is_a_change(change: dict[str, object]) -> None:
    assert fingerprint(replace(ARTICLE, **change)) != fingerprint(ARTICLE)  # type: ignore[arg-type]
