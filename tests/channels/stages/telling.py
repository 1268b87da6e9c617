"""A story as the shipped template of a kind tells it, for channels that must bear whatever an article says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.channels import KINDS
from bot.model.edition import Edition
from bot.model.story import Block, BlockKind, Story
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from tests.fakes.kinds import ROOT
from tests.fakes.stories import article

_TELLER = Teller(Templates(ROOT / "templates", None), ZoneInfo("Asia/Shanghai"))
_WHEN = datetime(2026, 11, 24, 1, 2, tzinfo=UTC)
_NEWS = (ROOT / "tests" / "fakes" / "local_news_zh.txt").read_text(encoding="utf-8")
LONG = "\n".join(line for line in _NEWS.splitlines() if line and not line.startswith("#"))
"""Many paragraphs, more than most platforms take."""


def told(given: Mapping[str, Any], said: str = "", body: str = "") -> Edition:
    """`said` stands in every field, `body` is the article, a paragraph a line."""
    kind = KINDS[given["kind"]]
    facts = kind.facts(kind.settings.model_validate(dict(given)))
    lines = (body or f"桥面今早恢复双向通行，市长{said}到场。").splitlines()
    written = article(f"河湾大桥修复通车{said}")
    byline = replace(written.byline, credit=f"河湾日报{said}", author=f"乔安{said}", published=_WHEN)
    blocks = tuple(Block(BlockKind.PARAGRAPH, line) for line in lines)
    written = replace(written, blocks=blocks, byline=byline, tags=(f"交通{said}",), section=said)
    written = replace(written, link="https://example.org/1")
    story = Story(1, "test", 1, written, _WHEN, _WHEN)
    telling = _TELLER.tell(story, analyse(written), facts)
    return Edition(
        1, 1, "main", facts.kind, "zh", written.headline, telling.text, facts.markup, written.link, more=telling.more
    )
