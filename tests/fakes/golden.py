"""Golden editions: the exact words of every sample story on every kind of channel that ships, kept in tests/golden.

Renew them with `PYTHONPATH=. .venv/bin/python tests/fakes/golden.py`, and read the difference like code.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bot.channels import KINDS as SHIPPED
from bot.model.channel import Facts
from bot.model.story import Article, Block, BlockKind, Story
from bot.press.digest import Desk, Digest, compose
from bot.press.job import Job, Occasion
from bot.press.telling import Teller
from bot.press.templates import Templates
from bot.rules.summarising import analyse
from tests.fakes.articles import NOW, ZONE, read
from tests.fakes.kinds import CAPTION, TEXT, WEBHOOK

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"


def _facts(kind: str, **settings: object) -> Facts:
    """The facts of a kind as it ships."""
    known = SHIPPED[kind]
    return known.facts(known.settings.model_validate({"kind": kind, **settings}))


_CORRECTION = Job(occasion=Occasion.CORRECTION, changed=("“368米”改为“386米”",))
_GROUP = {"token": "env:X", "secret": "env:X"}
KINDS = {
    "apprise": _facts("apprise", url="env:X"),
    "dingtalk": _facts("dingtalk", **_GROUP),
    "dingtalk-card": _facts("dingtalk", form="card", **_GROUP),
    "dingtalk-link": _facts("dingtalk", form="link", **_GROUP),
    "email": _facts("email", host="mail.example.org", sender="news@example.org", to=("readers@example.org",)),
    "feed": _facts("feed", url="https://example.org/", folder="feed"),
    "feishu": _facts("feishu", hook="env:X"),
    "feishu-post": _facts("feishu", hook="env:X", form="post"),
    "static": _facts("static", url="https://example.org/", folder="pages"),
    "wechat-whole": _facts("wechat", app="wx0", secret="env:X", show="whole"),
    "wecom": _facts("wecom", key="env:X"),
    "wecom-news": _facts("wecom", key="env:X", form="news"),
    "bluesky": _facts("bluesky", handle="riverbend.example.org", password="env:B"),
    "bluesky-photo": _facts("bluesky", handle="riverbend.example.org", password="env:B", form="photo"),
    "mastodon": _facts("mastodon", server="https://mastodon.example.org", token="env:M"),
    "line": _facts("line", token="env:X"),
    "facebook": _facts("facebook", token="env:F", page="1"),
    "discord": _facts("discord", webhook="env:X"),
    "matrix": _facts("matrix", server="https://example.org", token="env:X", room="!x"),
    "nostr": _facts("nostr", key="env:X", relays=("wss://relay.example.org",)),
    "ntfy": _facts("ntfy", topic="news"),
    "slack": _facts("slack", token="env:X", channel="C01"),
    "linkedin": _facts("linkedin", token="env:L", organization="1"),
    "telegram-photo": CAPTION,
    "telegram-text": TEXT,
    "threads": _facts("threads", token="env:T"),
    "webhook": WEBHOOK,
    "wechat": _facts("wechat", app="wx0", secret="env:X"),
    "weibo": _facts("weibo", token="env:X", domain="example.org", ip="203.0.113.9"),
    "whatsapp": _facts("whatsapp", token="env:X", number="1", to="15550123456", template="news"),
    "x": _facts("x", token="env:X"),
}


def editions() -> Iterator[tuple[str, str]]:
    """File names and what must be in them: every story, one of them on other occasions, and a digest a language."""
    teller = Teller(Templates(ROOT / "templates", None), ZONE)
    stories = {
        path.stem: Story(number, "samples", 1, read(path), NOW, NOW)
        for number, path in enumerate(sorted((ROOT / "samples").iterdir()), 1)
    }
    for stem, story in stories.items():
        for kind, facts in KINDS.items():
            told = teller.tell(story, analyse(story.article), facts)
            yield f"{stem}.{kind}.{facts.markup}", f"{told.text}\n"
    story = stories["river-bridge"]
    corrected = replace(story, revision=2, article=_corrected(story.article))
    for kind, facts in KINDS.items():
        for one, job in ((story, Job(occasion=Occasion.BREAKING)), (corrected, _CORRECTION)):
            told = teller.tell(one, analyse(one.article), facts, job)
            yield f"river-bridge.{job.occasion}.{kind}.{facts.markup}", f"{told.text}\n"
    yield from _digests(tuple(stories.values()))


def _corrected(article: Article) -> Article:
    """With the line that the newsroom puts below it."""
    said = Block(BlockKind.PARAGRAPH, "更正：此前的报道把主桥的长度写作368米，应为386米。")
    return replace(article, blocks=(*article.blocks, said))


def _digests(stories: tuple[Story, ...]) -> Iterator[tuple[str, str]]:
    prints = Templates(ROOT / "templates", None, "digests")
    for language, newsroom in (("zh", "河湾日报"), ("en", "Riverbend Daily")):
        some = tuple(story for story in stories if story.article.language == language)
        day = Digest(some, NOW, language, pinned=frozenset({some[-1].id}))
        for kind in ("telegram-text", "email", "wechat", "mastodon", "wecom", "dingtalk", "slack", "webhook"):
            facts = KINDS[kind]
            found = compose(Desk(newsroom, ZONE, prints), day, facts, Job())
            assert found is not None
            yield f"digest-{language}.{kind}.{facts.markup}", f"{found.told.text}\n"


def renew() -> None:
    """Write all of them anew."""
    for old in GOLDEN.iterdir():
        old.unlink()
    for name, text in editions():
        (GOLDEN / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
