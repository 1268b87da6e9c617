"""Made-up kinds of channel: facts as the platforms have them, and a template for every markup."""

import shutil
from dataclasses import replace
from pathlib import Path

from bot.model.channel import Facts, LinkStyle
from bot.model.edition import Markup, Unit

ROOT = Path(__file__).resolve().parents[2]
_TEMPLATES = ROOT / "tests" / "press" / "kinds"


def facts(kind: str, markup: Markup, limit: int | None, unit: Unit = Unit.CODE_POINTS, **more: object) -> Facts:
    """Words alone, from the template of the markup."""
    return replace(Facts(kind, f"post.{markup}.j2", markup, limit, unit, card=None), **more)  # type: ignore[arg-type]


CAPTION = Facts("telegram", "telegram.html.j2", Markup.HTML, 1024, Unit.UTF16, card=None, raw_bytes=32_768)
TEXT = replace(CAPTION, limit=4096)
WEBHOOK = Facts("webhook", "webhook.json.j2", Markup.JSON, None, Unit.BYTES, card=None)
BLUESKY = facts("bluesky", Markup.FACETS, 300, Unit.GRAPHEMES, raw_bytes=3000)
X = facts("x", Markup.PLAIN, 280, Unit.WEIGHTED, link=LinkStyle.BARE, hashtags=2, preview=True)
MASTODON = facts("mastodon", Markup.PLAIN, 500, Unit.LINKS_AS_23, link=LinkStyle.BARE)
WEIBO = facts("weibo", Markup.PLAIN, 140, Unit.HALVES, link=LinkStyle.BARE, hashtags=0)
THREADS = facts("threads", Markup.PLAIN, 500, Unit.EMOJI_BYTES, link=LinkStyle.BARE, hashtags=1)
KINDS = (
    CAPTION, TEXT, WEBHOOK, BLUESKY, X, MASTODON, WEIBO, THREADS,
    facts("line", Markup.PLAIN, 5000, Unit.UTF16),
    facts("ntfy", Markup.PLAIN, 4096, Unit.BYTES),
    facts("matrix", Markup.HTML, 40_000, Unit.BYTES),
    facts("discord", Markup.MARKDOWN, 2000),
    facts("telegram v2", Markup.MARKDOWN_V2, 1024, Unit.UTF16, raw_bytes=32_768),
    facts("wecom", Markup.WECOM, 4096, Unit.BYTES, hashtags=0),
    facts("wecom text", Markup.PLAIN, 2048, Unit.BYTES, hashtags=0),
    facts("dingtalk", Markup.DINGTALK, 18_000, Unit.BYTES, hashtags=0),
    facts("feishu", Markup.FEISHU, 18_000, Unit.BYTES, hashtags=0),
    facts("slack", Markup.MRKDWN, 3000, hashtags=0),
    facts("whatsapp", Markup.PLAIN, 1024),
    facts("short message", Markup.PLAIN, 140, Unit.UTF16, hashtags=0),
)  # fmt: skip
"""Twenty, as a newsroom with many places to publish to would have."""


def templates(folder: Path) -> Path:
    """The shipped templates, with those of the made-up kinds beside them."""
    shutil.copytree(ROOT / "templates", folder, dirs_exist_ok=True)
    shutil.copytree(_TEMPLATES, folder / "posts", dirs_exist_ok=True)
    return folder
