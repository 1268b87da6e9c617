"""Whether a story goes out by itself, or how many editors have to approve it, and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.model.story import Block, BlockKind, Story
from bot.rules.approval import Need, needed
from bot.settings.approval import Approval
from tests.fakes.stories import article

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
RULES = Approval(
    sections={"时政": 2, "文化": 0}, words=("洪水", "flood", "省委"), sources=("wire",), forced=1, breaking=2
)


def story(
    *, section: str | None = None, source: str = "daily", headline: str = "河湾大桥通车", body: str = "恢复通行。"
) -> Story:
    return Story(1, source, 1, replace(article(headline, body=body), section=section), NOW, NOW)


@pytest.mark.parametrize(
    ("given", "editors", "why"),
    [
        (story(), 0, ""),
        (story(section="时政"), 2, "section 时政"),
        (story(section="文化"), 0, ""),
        (story(section="体育"), 0, ""),
        (story(source="wire"), 1, "source wire"),
        (story(body="昨夜洪水退去。"), 1, "the word “洪水”"),
        (story(headline="Flood warning lifted"), 1, "the word “flood”"),
        (story(headline="Floodlights for the stadium"), 0, ""),
        (story(headline="中共河湾省委通知"), 1, "the word “省委”"),
        (story(section="时政", body="洪水退去。"), 2, "section 时政; the word “洪水”"),
        (story(section="文化", source="wire"), 1, "source wire"),
    ],
)
def test_the_strictest_rule_decides_and_every_reason_is_said(given: Story, editors: int, why: str) -> None:
    assert needed(given, RULES) == Need(editors, why)


def test_what_no_section_names_follows_the_general_rule() -> None:
    rules = Approval(editors=1, sections={"文化": 0})
    assert needed(story(section="体育"), rules) == Need(1, "every story does")
    assert needed(story(section="文化"), rules) == Need()


@pytest.mark.parametrize(
    "block",
    [
        Block(BlockKind.LIST, items=("洪水预警",)),
        Block(BlockKind.TABLE, rows=(("水位", "洪水"),)),
        Block(BlockKind.QUOTE, "“洪水来了。”"),
    ],
)
def test_a_word_is_found_wherever_readers_see_it(block: Block) -> None:
    made = replace(story(), article=replace(article(), blocks=(block,)))
    assert needed(made, RULES).editors == 1
