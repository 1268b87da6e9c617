"""Made-up stories, editions and plans, for tests that need some."""

from datetime import datetime
from itertools import count

from bot.ledger import Ledger
from bot.model.delivery import Act, Plan, State
from bot.model.edition import Edition, Markup
from bot.model.story import Article, Block, BlockKind, Byline

_numbers = count(1)


def article(
    headline: str = "河湾大桥修复通车", *, language: str = "zh", body: str = "桥面今早恢复双向通行。"
) -> Article:
    return Article(
        headline=headline,
        blocks=(Block(BlockKind.PARAGRAPH, body),),
        language=language,
        link=f"https://example.org/{headline}",
        byline=Byline(credit="河湾日报", editor="陈静"),
    )


def edition(
    story: int,
    channel: str,
    *,
    revision: int = 1,
    text: str = "<b>河湾大桥修复通车</b>",
    headline: str = "河湾大桥修复通车",
) -> Edition:
    return Edition(story, revision, channel, "telegram", "zh", headline, text, Markup.HTML)


def plan(
    story: int,
    channel: str,
    due_at: datetime,
    *,
    revision: int = 1,
    act: Act = Act.POST,
    state: State = State.PLANNED,
    lane: str | None = None,
    priority: int = 0,
    headline: str = "河湾大桥修复通车",
) -> Plan:
    return Plan(
        channel=channel,
        lane=lane or f"lane of {channel}",
        edition=edition(story, channel, revision=revision, headline=headline),
        due_at=due_at,
        key=f"key-{next(_numbers)}",
        act=act,
        state=state,
        priority=priority,
    )


async def planned_story(
    ledger: Ledger, now: datetime, *channels: str, headline: str | None = None, lane: str | None = None
) -> int:
    """A story with one planned post a channel; its number."""
    number = next(_numbers)
    made = article(headline or f"第{number}条")
    recorded = await ledger.stories.record("inbox", made, [f"test:{number}"], f"print {number}", now)
    story = recorded.story
    plans = [plan(story, channel, now, lane=lane, headline=made.headline) for channel in channels]
    assert await ledger.deliveries.plan(story, 1, plans, [], now)
    return story
