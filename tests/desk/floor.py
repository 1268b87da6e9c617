"""The newsroom's floor behind the desk: its press, its channels on platforms' doubles, and what sends."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.channels import KINDS, Doors
from bot.ledger import Ledger
from bot.press import Pictures, Press
from bot.settings import ChannelSettings, Desk, Newsroom, Route
from bot.sources.pages import Pages
from bot.web.fetch import Fetcher
from bot.work.clipping import Clipping
from bot.work.compose import Compose
from bot.work.dispatch import Dispatch
from bot.work.ordering import Ordering
from bot.work.outlet import Outlet
from tests.fakes.bot_api import BotApi, Posted
from tests.fakes.receiver import Receiver
from tests.fakes.stories import article

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
CHATS = {"telegram-zh": -1001, "telegram-en": -1002, "weekly": -1003}
FORMS = {"telegram-en": "photo"}
"""The others have no cards."""
ROUTED = ("telegram-zh", "weekly", "partners")
"""Where stories go by themselves."""


class Floor:
    """Everything but the daemon: a test says when it composes and sends."""

    def __init__(
        self,
        ledger: Ledger,
        api: BotApi,
        base: str,
        clock: Callable[[], datetime],
        folder: Path,
        desk: Desk,
        own: Path | None = None,
    ) -> None:
        self.ledger, self._api, self._clock = ledger, api, clock
        self.partner = Receiver()
        api.app.mount("/partner", self.partner.app)
        for name, chat in CHATS.items():
            api.chats.setdefault(str(chat), {"id": chat, "type": "channel", "title": name})
        newsroom = Newsroom.model_validate({"name": "河湾日报", "zone": "Asia/Shanghai"})
        doors = Doors(folder / "cards", clock, folder, newsroom)
        given: dict[str, Mapping[str, object]] = {
            name: {
                "kind": "telegram",
                "token": "env:CRIER_TEST_DESK",
                "chat": chat,
                "form": FORMS.get(name, "text"),
                "api": base,
            }
            for name, chat in CHATS.items()
        }
        given["partners"] = {
            "kind": "webhook", "url": f"{base}/partner/hook", "secrets": ["env:CRIER_TEST_PARTNER"]
        }  # fmt: skip
        # A partner takes no letter that was signed long ago, whatever the test's clock shows.
        signing = replace(doors, clock=lambda: datetime.now(UTC))
        self.outlets = {
            name: self._outlet(name, one, signing if name == "partners" else doors) for name, one in given.items()
        }
        self.routes = (Route(channels=ROUTED),)
        self._fetcher = Fetcher(private=["127.0.0.0/8"])
        self.clipping = Clipping(ledger, Pages(self._fetcher, newsroom.tz), clock)
        pictures = Pictures(self._fetcher, folder / "pictures")
        press = Press(newsroom, SHIPPED, own, folder / "cards", pictures)
        self._compose = Compose(ledger, press, self.outlets, self.routes, desk, clock, lambda _: None)
        door = (ledger, press, self.outlets, self.routes, desk, clock)
        self.ordering = Ordering(*door, folder / "pictures")
        self._dispatch = Dispatch(ledger, self.outlets, "w", clock, asyncio.Event(), not_older_than=desk.not_older_than)

    def _outlet(self, name: str, given: Mapping[str, object], doors: Doors) -> Outlet:
        kind = KINDS[str(given["kind"])]
        settings: ChannelSettings = kind.settings.model_validate(given)
        return Outlet(name, kind.open(name, settings, doors), f"lane of {name}", signs=True)

    async def story(self, headline: str = "河湾大桥修复通车", section: str | None = None) -> int:
        """A story that has come in and been composed; its number."""
        made = article(headline)
        # Nobody is named in it: who approves it signs it off.
        made = replace(made, section=section, byline=replace(made.byline, editor=None))
        recorded = await self.ledger.stories.record("site", made, [headline], headline, self._clock())
        await self._compose.compose(recorded.story)
        return recorded.story

    async def works(self) -> None:
        """As the daemon does: compose what waits for it, then send what is due."""
        for story in (*await self.ledger.stories.waiting(), *await self.ledger.orders.to_renew()):
            await self._compose.compose(story)
        for outlet in self.outlets.values():
            await self._dispatch.drain(outlet.lane)

    def posts(self, channel: str) -> list[Posted]:
        """What the platform has of that Telegram channel."""
        return [one for one in self._api.posted if one.chat == CHATS[channel]]

    def got(self) -> dict[str, list[str]]:
        """What every platform has, by channel: texts, and the partner's headlines."""
        told = {name: [one.text for one in self.posts(name)] for name in CHATS}
        return {**told, "partners": [event["data"]["headline"] for event in self.partner.events.values()]}

    async def close(self) -> None:
        for outlet in self.outlets.values():
            await outlet.channel.close()
        await self._fetcher.close()
