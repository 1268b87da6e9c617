"""Golden editions: the exact words of every sample story on every kind of channel that ships, kept in tests/golden.

Renew them with `PYTHONPATH=. .venv/bin/python tests/fakes/golden.py`, and read the difference like code.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.channels import KINDS as SHIPPED
from bot.model.channel import Facts
from bot.model.story import Story
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


KINDS = {
    "bluesky": _facts("bluesky", handle="riverbend.example.org", password="env:B"),
    "bluesky-photo": _facts("bluesky", handle="riverbend.example.org", password="env:B", form="photo"),
    "mastodon": _facts("mastodon", server="https://mastodon.example.org", token="env:M"),
    "line": _facts("line", token="env:X"),
    "facebook": _facts("facebook", token="env:F", page="1"),
    "discord": _facts("discord", webhook="env:X"),
    "matrix": _facts("matrix", server="https://example.org", token="env:X", room="!x"),
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
    """File names and what must be in them."""
    teller = Teller(Templates(ROOT / "templates", None), ZONE)
    for number, path in enumerate(sorted((ROOT / "samples").iterdir()), 1):
        article = read(path)
        for kind, facts in KINDS.items():
            told = teller.tell(Story(number, "samples", 1, article, NOW, NOW), analyse(article), facts)
            yield f"{path.stem}.{kind}.{facts.markup}", f"{told.text}\n"


def renew() -> None:
    """Write all of them anew."""
    for old in GOLDEN.iterdir():
        old.unlink()
    for name, text in editions():
        (GOLDEN / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    renew()
