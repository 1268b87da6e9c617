"""Listening: what comes in is carried out one after the other, for as long as the house is open."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from bot.talk.application import Bots
from bot.talk.incoming import Came, Incoming
from bot.talk.troubles import Troubles

GRACE = 3.0
"""Seconds that what is under way gets when the daemon stops."""
Arrive = Callable[[], Awaitable[None]]
CarryOut = Callable[[Came], Awaitable[None]]


class Listening:
    """One bot's ear, which may lose the Bot API and finds it again."""

    def __init__(
        self, name: str, application: Bots, incoming: Incoming, troubles: Troubles, arrive: Arrive, carry_out: CarryOut
    ) -> None:
        """`arrive` says hello, also after a while away; what `carry_out` raises of an update is a trouble."""
        self._name, self._application, self._incoming, self._troubles = name, application, incoming, troubles
        self._arrive, self._carry_out = arrive, carry_out
        self._busy = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self.there = False
        """Whether the Bot API has been reached."""
        self.closing = False

    async def start(self) -> None:
        """Begin; the Bot API may be away."""
        self._task = asyncio.create_task(self._listen(), name=self._name)

    async def stop(self, errands: Callable[[], Awaitable[None]]) -> None:
        """Let what is under way end, confirm it, see to the errands that it left, and let go of the connections."""
        if self._task is None:
            return
        self.closing = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await self._busy.acquire()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._task = None
        await errands()
        if self.there:
            await self._incoming.end()
        await self._application.shutdown()
        await self._application.bot.shutdown()

    async def _listen(self) -> None:
        while True:
            try:
                if not self.there:
                    await self._application.initialize()
                    await self._incoming.begin()
                    await self._arrive()
                    self.there = True
                came = await self._incoming.next()
                self._troubles.over()
                for one in came:
                    async with self._busy:
                        await self._carry_out(one)
                        await self._incoming.done(one)
            except Exception as err:  # noqa: BLE001 - whatever it is is said in the log, and a bot never falls silent
                self.there = False
                await asyncio.sleep(self._troubles.met(err))
