"""The page as the daemon serves it, over a ledger of its own, with a composing room that fills it."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.channels import telegram, webhook
from bot.channels.rehearsal import LANE
from bot.ledger import Ledger
from bot.model.channel import Facts
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Plan, Receipt
from bot.model.story import Article, Block, BlockKind, Byline
from bot.press import Press
from bot.settings import Newsroom, Secret
from bot.site import Shown, site
from bot.site.serve import serve

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
NEWSROOM = Newsroom(name="河湾日报", zone="Asia/Shanghai", languages=("zh", "en"), colour="#0b5d5e")
MAIN = telegram.TelegramSettings(kind="telegram", token=Secret("env:NONE"), chat="@riverbend_daily")
TEXTS = MAIN.model_copy(update={"chat": "@riverbend_texts", "form": "text"})
PARTNERS = webhook.WebhookSettings(kind="webhook", url="https://example.org/hook", secrets=(Secret("env:NONE"),))
FACTS: dict[str, Facts] = {
    "main": telegram.facts(MAIN),
    "texts": telegram.facts(TEXTS),
    "partners": webhook.facts(PARTNERS),
}
CHANNELS = (
    Shown("main", "telegram", MAIN.place, rehearses=True),
    Shown("texts", "telegram", TEXTS.place, rehearses=True),
    Shown("partners", "webhook", PARTNERS.place, rehearses=True),
)
_numbers = count(1)


def article(headline: str, *paragraphs: str) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs or ("大桥今早恢复双向通行。",))
    byline = Byline(published=NOW - timedelta(hours=2), credit="河湾日报", editor="陈静")
    return Article(headline, blocks, "zh", byline=byline, link="https://example.org/bridge", tags=("交通",))


@dataclass(frozen=True)
class Page:
    """An open page and the hands of the house behind it."""

    url: str
    ledger: Ledger
    press: Press
    cards: Path

    async def publish(self, written: Article, now: datetime, channels: Sequence[str] = tuple(FACTS)) -> int:
        """Pick it up and plan it for these channels, as rehearsals; the story's number."""
        key = f"key-{next(_numbers)}"
        recorded = await self.ledger.stories.record(
            "inbox", written, [written.headline], key, now, why="dropped into the inbox as bridge.html"
        )
        story = await self.ledger.stories.get(recorded.story)
        assert story is not None
        act = Act.POST if story.revision == 1 else Act.EDIT
        plans = []
        for name in channels:
            edition = await self.press.edition(story, name, FACTS[name])
            plans.append(Plan(name, f"{LANE}{name}", edition, now, f"{key}-{name}", act))
        why = "route 1 wants language en; the story has zh"
        made = [
            Decision(Verb.NOT_ROUTED, "routing", why, now, story.id, story.revision, name)
            for name in FACTS
            if name not in channels
        ]
        assert await self.ledger.deliveries.plan(story.id, story.revision, plans, made, now)
        return story.id

    async def send(self, now: datetime) -> None:
        """Send everything that is due."""
        lease = timedelta(minutes=1)
        while claim := await self.ledger.claims.next(list(FACTS), "test", now, lease, lambda *_: None):
            delivery = claim.delivery
            receipt = Receipt(delivery.key, now, "https://t.example/riverbend/1", delivery.edition.text)
            assert await self.ledger.claims.sent(claim, receipt, now)


@contextlib.asynccontextmanager
async def page(
    folder: Path, *, ledger: Ledger | None = None, channels: Sequence[Shown] = CHANNELS, own: Path | None = None
) -> AsyncIterator[Page]:
    """Serve it from a folder of its own on a free port."""
    cards = folder / "cards"
    async with contextlib.AsyncExitStack() as closing:
        if ledger is None:
            ledger = await Ledger.open(f"sqlite:///{folder / 'ledger.sqlite'}")
            closing.push_async_callback(ledger.close)
        app = site(
            ledger=ledger,
            newsroom=NEWSROOM,
            channels=channels,
            cards=cards,
            templates=[own, TEMPLATES] if own else [TEMPLATES],
            clock=lambda: NOW,
        )
        url = await closing.enter_async_context(serve(app, "127.0.0.1", 0))
        yield Page(url, ledger, Press(NEWSROOM, TEMPLATES, None, cards), cards)
