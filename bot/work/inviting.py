"""Inviting: follow people who ask a carrier into their rooms, and ask there whether stories are wanted."""

from collections.abc import Mapping

import structlog

from bot.errors import DeliveryError, OrderError
from bot.ledger.subscribers import Subscribers
from bot.model.channel import Invitable
from bot.model.subscriber import Address, Choices, Consent, Reading, Timing
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

INVITED = "the account was invited into the room"
"""How a room agreed that somebody asked us into; confirmed by the link that is posted there."""
AT_A_TIME = 10


class Inviting:
    """The round; `usual` is how those get it who have not chosen."""

    def __init__(
        self, readers: Subscribers, carriers: Mapping[str, Outlet], usual: tuple[Timing, Reading], clock: Clock
    ) -> None:
        self._readers, self._usual, self._clock = readers, usual, clock
        self._open = {name: one.channel for name, one in carriers.items() if isinstance(one.channel, Invitable)}

    def __bool__(self) -> bool:
        return bool(self._open)

    async def round(self) -> None:
        """Enter some rooms. Raises LedgerError."""
        for name, channel in self._open.items():
            try:
                for room in (await channel.invited())[:AT_A_TIME]:
                    await self._enter(name, channel, room)
            except DeliveryError as err:
                log.warning("invitations cannot be looked at", channel=name, why=err.why)

    async def _enter(self, name: str, channel: Invitable, room: str) -> None:
        if await self._readers.barred(name, room) or not await channel.enter(room):
            return
        now = self._clock()
        timing, reading = self._usual
        try:
            one = await self._readers.ask(name, Address(room), Choices(), timing, reading, Consent(INVITED, now), now)
        except OrderError:  # banned between the two
            return
        log.info("invited into a room", channel=one.channel)
