"""The mock-ups of the page: every kind is drawn as its platform draws it, and no markup is left to be read."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import lxml.html
import pytest

from bot.channels import KINDS as SHIPPED
from bot.model.delivery import Plan
from bot.model.story import Block, BlockKind, Byline
from bot.site import Shown
from tests.fakes.golden import KINDS
from tests.fakes.page import NOW, Page, article, page

CHANNELS = tuple(Shown(name, facts.kind, "@riverbend") for name, facts in KINDS.items())
MARKS = ("**", "](", "<p", "</", "<font", '{"', "&lt;", "&#", "\\")
DRAWN = (
    (["slack", "discord", "wecom"], ".words b", "大桥通车：首日1.2万人"),
    (["dingtalk", "dingtalk-card"], ".words b", "大桥通车：首日1.2万人"),
    (["feishu"], ".title", "大桥通车：首日1.2万人<步行>"),
    (
        ["slack", "discord", "wecom", "dingtalk", "email", "wechat", "matrix", "feed", "static"],
        "blockquote",
        "绕路",
    ),
    (["slack", "discord", "wecom", "dingtalk", "feishu", "feishu-post", "email", "matrix"], "a", "阅读全文"),
    (["dingtalk-card"], "a.button", "阅读全文"),
    (["wecom-news", "dingtalk-link"], "a.news strong", "大桥通车：首日1.2万人<步行>"),
    (["email", "wechat", "matrix", "feed", "static"], "td", "线路"),
    (["mastodon", "x", "bluesky", "threads"], ".plain .entity", "#交通"),
    (["email"], ".subject", "大桥通车：首日1.2万人<步行>"),
)
TOLD = replace(
    article("大桥通车：首日1.2万人<步行>"),
    byline=Byline(credit="河湾日报", editor="陈静"),
    blocks=(
        Block(BlockKind.PARAGRAPH, "河湾大桥今早6时恢复双向通行，首日有1.2万人步行过桥。"),
        Block(BlockKind.QUOTE, "三个多月绕路，今天总算能走着去菜市场了。"),
        Block(BlockKind.TABLE, rows=(("线路", "首班"), ("18路", "5:40"))),
    ),
)


@pytest.fixture
async def drawn(tmp_path: Path) -> AsyncIterator[dict[str, lxml.html.HtmlElement]]:
    """By channel, what the story's page shows of it."""
    async with page(tmp_path, channels=CHANNELS) as served, httpx.AsyncClient(trust_env=False) as client:
        number = await _planned(served)
        answer = await client.get(f"{served.url.rstrip('/')}/stories/{number}")
        assert answer.status_code == 200, answer.text
        tree = lxml.html.document_fromstring(answer.text)
        yield {name: tree.cssselect(f'[id="{name}-{number}"] .mockup')[0] for name in KINDS}


async def _planned(served: Page) -> int:
    recorded = await served.ledger.stories.record("inbox", TOLD, ["k"], "f", NOW)
    story = await served.ledger.stories.get(recorded.story)
    assert story is not None
    plans = []
    for name, facts in KINDS.items():
        edition = await served.press.edition(story, name, replace(facts, card=None))
        plans.append(Plan(name, name, edition, NOW, name))
    assert await served.ledger.deliveries.plan(story.id, story.revision, plans, [], NOW)
    return story.id


async def test_every_kind_shows_the_words_and_no_marks(drawn: dict[str, lxml.html.HtmlElement]) -> None:
    for name, mockup in drawn.items():
        text = mockup.text_content()
        assert "首日有1.2万人步行过桥" in text, name
        assert "陈静" in text, name
        left = [mark for mark in MARKS if mark in text]
        assert not left or name == "webhook", (name, left)


async def test_each_is_drawn_as_its_platform_draws_it(drawn: dict[str, lxml.html.HtmlElement]) -> None:
    for names, where, says in DRAWN:
        for name in names:
            found = drawn[name].cssselect(where)
            assert found, (name, where)
            assert says in found[0].text_content(), name


def test_every_kind_that_ships_has_a_golden_edition() -> None:
    alike = {"discord_bot", "feishu_app", "slack_webhook", "wecom_app"}
    assert set(SHIPPED) - alike == {facts.kind for facts in KINDS.values()}
