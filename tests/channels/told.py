"""What the press makes of a story for a kind, by its shipped template: a long one, and one that wants to be markup."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.model.channel import Facts
from bot.model.story import Article, Block, BlockKind, Byline, Story
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse

_TEMPLATES = Templates(Path(__file__).resolve().parents[2] / "templates", None)
_NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LONG = Article(
    headline="河湾市东岸步道全线贯通",
    blocks=tuple(
        Block(BlockKind.PARAGRAPH, f"东岸步道第{number}段长{number + 2}公里，花费{number * 7}万，{number}日完工。")
        for number in range(1, 13)
    ),
    language="zh",
    link="https://example.org/walk",
    tags=("河湾市",),
    byline=Byline(credit="河湾日报", editor="陈静"),
)  # fmt: skip
HOSTILE = replace(
    LONG,
    headline="@everyone *河湾* <!channel> [点我](https://example.org/x) `x` ~y~ <b>z</b>",
    blocks=(
        Block(BlockKind.PARAGRAPH, "# 标题 > 引用 _斜体_ <@U123> @channel &amp; <script>alert(1)</script>，共12人。"),
    ),
    link="https://example.org/a?b=1&c=)|>",
)


def told(facts: Facts, article: Article = LONG) -> str:
    return Teller(_TEMPLATES, ZoneInfo("Asia/Shanghai")).tell(
        Story(1, "samples", 1, article, _NOW, _NOW), analyse(article), facts
    ).text  # fmt: skip
