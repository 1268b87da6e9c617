"""Replaying: tell a subscriber's machine once more what it was told, byte for byte and under the same ids."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.errors import DeliveryError, Refused
from bot.ledger import Ledger
from bot.ledger.replays import Replay
from bot.model.channel import Carrier, Repeatable
from bot.model.delivery import Act
from bot.model.subscriber import carrier_of, subscriber_of
from bot.work.outlet import Clock, Outlet
from bot.work.outlets import Find

log = structlog.get_logger(__name__)

AT_A_TIME = 20
"""Events of one subscriber in a round: others wait, too."""
PATIENCE = timedelta(hours=1)
"""A machine that takes none of what it asked for is not insisted upon for longer."""


class Replaying:
    """The round; `find` says where subscribers are reached."""

    def __init__(self, ledger: Ledger, carriers: Mapping[str, Outlet], find: Find, clock: Clock) -> None:
        self._ledger, self._carriers, self._find, self._clock = ledger, carriers, find, clock

    async def round(self) -> None:
        """Some events for each who asked. Raises LedgerError."""
        await asyncio.gather(*map(self._replay, await self._ledger.replays.waiting()))

    async def _replay(self, one: Replay) -> None:
        number, outlet = subscriber_of(one.channel), self._carriers.get(carrier_of(one.channel))
        addressee = await self._find(number, Act.POST) if number is not None else None
        channel = outlet.channel.at(addressee) if outlet and addressee and isinstance(outlet.channel, Carrier) else None
        events = await self._ledger.replays.events(one, AT_A_TIME)
        late = self._clock() - one.asked_at > PATIENCE
        if not events or late or not isinstance(channel, Repeatable):
            await self._ledger.replays.done(one)
            log.info("a replay is over", channel=one.channel, whole=not events)
            return
        for event in events:
            try:
                await channel.again(event.body, event.key)
            except DeliveryError as err:
                log.info("a replay waits", channel=one.channel, why=err.why)
                if isinstance(err, Refused) and err.gone and number is not None:
                    await self._ledger.fanouts.gone(number, err.why, self._clock())
                return
            one = await self._ledger.replays.told(one, event.delivery, self._clock())
