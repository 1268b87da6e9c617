"""Three platforms on a bad day: one knows a repeat, one can be looked through, one can do neither; all remember."""

import asyncio
import itertools
import json
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.fakes.bot_api import BotApi, Posted
from tests.fakes.faults import Fault, Faults
from tests.fakes.receiver import Receiver
from tests.fakes.serve import serve
from tests.fakes.slack import CHANNEL, Message, Slack

CHATS = ("-1001", "-1002")
FAULTS = (
    *(Fault.ACCEPT_THEN_500, Fault.ACCEPT_THEN_CLOSE, Fault.ACCEPT_THEN_NONSENSE, Fault.ACCEPT_THEN_CLOSE),
    *(Fault.ACCEPT_THEN_HANG, Fault.HANG, Fault.UNAVAILABLE, Fault.THROTTLE),
)
"""What a stormy platform draws from; to refuse is no trouble, but an answer."""
SHARE = 0.2
LATE = (0.0, 0.05, 0.1, 0.1, 0.2, 0.3, 3.0)
"""Seconds until a good answer."""
CHANGES = ("editMessageText", "deleteMessage", "chat.update", "chat.delete")
_REVISION = re.compile("第(\\d+)稿")


class Weather(Faults):
    """Faults by chance, while it storms; and whoever waits for a request is woken by each."""

    def __init__(self, chance: random.Random, touched: asyncio.Event) -> None:
        super().__init__()
        self._chance, self._touched, self.stormy = chance, touched, True
        self.met: Counter[str] = Counter()

    def take(self) -> Fault | None:
        fault = super().take()
        if self.stormy:
            self.slow = self._chance.choice(LATE)
            if fault is None and self._chance.random() < SHARE:
                fault = self._chance.choice(FAULTS)
        self.met[fault.value if fault else "answered late" if self.slow > 1 else "answered well"] += 1
        self._touched.set()
        return fault

    async def over(self, request: Request, serve: Callable[[Request], Awaitable[Response]]) -> Response:
        """What changes or deletes a post meets the same weather as what makes one."""
        fault = self.take()
        if fault is Fault.HANG:
            return await self.hang()
        if fault in (Fault.UNAVAILABLE, Fault.THROTTLE):
            said = {"ok": False, "error": "ratelimited", "error_code": int(fault), "parameters": {"retry_after": 7}}
            return JSONResponse({**said, "description": "later"}, int(fault), headers={"retry-after": "7"})
        answer = await serve(request)
        if fault is not None:
            return await self.after(fault, request)
        await asyncio.sleep(self.slow)
        return answer

    def clear(self) -> None:
        """The storm is over; what hangs is let go."""
        self.stormy, self.slow = False, 0.0
        self.released.set()


class Platform(Protocol):
    """What a judge asks a platform."""

    faults: Any

    def made(self, channel: str, headline: str) -> list[str]:
        """The platform's own numbers of every post of that story that was ever made there."""
        ...

    def shows(self, channel: str, headline: str) -> list[int]:
        """The revisions that readers see of it there now."""
        ...


class Chats(BotApi):
    """It knows no repeat, and cannot be looked through."""

    faults: Weather

    def __init__(self) -> None:
        super().__init__()
        self.deleted: list[Posted] = []
        for number in CHATS:
            self.chats[number] = {"id": int(number), "type": "supergroup", "title": number}

    async def _serve(self, request: Request) -> Response:
        changes = request.path_params["method"] in CHANGES
        return await (self.faults.over(request, super()._serve) if changes else super()._serve(request))

    async def _deleteMessage(self, fields: dict[str, Any]) -> Any:
        before = list(self.posted)
        done = await super()._deleteMessage(fields)
        self.deleted += [one for one in before if one not in self.posted]
        return done

    def made(self, channel: str, headline: str) -> list[str]:
        return [str(one.id) for one in (*self.posted, *self.deleted) if _tells(one, channel, headline)]

    def shows(self, channel: str, headline: str) -> list[int]:
        return [revision(one.text) for one in self.posted if _tells(one, channel, headline)]


class Workspace(Slack):
    """It knows no repeat, but can be looked through."""

    faults: Weather

    def __init__(self) -> None:
        super().__init__(time.time())
        self.deleted: list[Message] = []

    async def _serve(self, request: Request) -> Response:
        changes = request.path_params["method"] in CHANGES
        return await (self.faults.over(request, super()._serve) if changes else super()._serve(request))

    def _take(self, given: dict[str, Any]) -> Message:
        """As time goes by: who looks, looks for what came after a moment."""
        newest = float(self.posted[-1].ts) if self.posted else 0.0
        self._seconds = itertools.count(int(max(time.time(), newest + 1)))
        return super()._take(given)

    def _chat_delete(self, given: dict[str, Any]) -> dict[str, Any]:
        self.deleted.append(self._of(given))
        return super()._chat_delete(given)

    def made(self, channel: str, headline: str) -> list[str]:
        del channel
        return [one.ts for one in (*self.posted, *self.deleted) if f"{headline}*" in one.text]

    def shows(self, channel: str, headline: str) -> list[int]:
        del channel
        return [revision(one.text) for one in self.posted if f"{headline}*" in one.text]


class Partner(Receiver):
    """It knows every repeat by its id, for ever."""

    def made(self, channel: str, headline: str) -> list[str]:
        del channel
        return [
            key for key, event in self.events.items()
            if event["type"] == "story.published" and event["data"]["headline"] == headline
        ]  # fmt: skip

    def shows(self, channel: str, headline: str) -> list[int]:
        del channel
        seen: list[int] = []
        for event in self.events.values():
            if event["data"]["headline"] == headline:
                words = json.dumps(event["data"]["summary"], ensure_ascii=False)
                seen = [] if event["type"] == "story.withdrawn" else [revision(words)]
        return seen


@dataclass(frozen=True)
class Platforms:
    """All three, served; and the channels of a newsroom that lead there."""

    of: Mapping[str, Platform]
    channels: Mapping[str, str]
    touched: asyncio.Event
    """Set by every request."""

    def clear(self) -> None:
        """Fine weather."""
        for one in self.of.values():
            one.faults.clear()

    @property
    def met(self) -> Counter[str]:
        """How many requests met what."""
        return sum((one.faults.met for one in {id(one): one for one in self.of.values()}.values()), Counter[str]())


@asynccontextmanager
async def served(chance: random.Random) -> AsyncIterator[Platforms]:
    """Until the block ends; it storms until somebody clears the sky."""
    chats, workspace, partner, touched = Chats(), Workspace(), Partner(), asyncio.Event()
    every: tuple[Chats | Workspace | Partner, ...] = (chats, workspace, partner)
    for one in every:
        one.faults = Weather(random.Random(chance.random()), touched)  # noqa: S311 - weather, not secrets
    async with AsyncExitStack() as closing:
        api, team, hook = [await closing.enter_async_context(serve(one.app)) for one in every]
        pace = "pace: {count: 5, per: 1s}"
        bot = f'token: "env:CRIER_TEST_BOT", api: "{api}", form: text, {pace}'
        channels = {f"chat{chat}": f"kind: telegram, chat: {chat}, {bot}" for chat in CHATS}
        slack = f'token: "env:CRIER_TEST_SLACK", channel: {CHANNEL}, card: false, api: "{team}/api"'
        channels["slack"] = f"kind: slack, {slack}, {pace}"
        channels["partner"] = f'kind: webhook, url: "{hook}/hook", secrets: ["env:CRIER_TEST_SECRET"]'
        of: dict[str, Platform] = dict.fromkeys(channels, chats)
        of |= {"slack": workspace, "partner": partner}
        made = Platforms(of, channels, touched)
        try:
            yield made
        finally:
            made.clear()


def revision(words: str) -> int:
    """Of the article that these words were made from; 0 where they do not say."""
    found = _REVISION.search(words)
    return int(found[1]) if found else 0


def _tells(one: Posted, channel: str, headline: str) -> bool:
    return channel == f"chat{one.chat}" and f"{headline}</b>" in one.text
