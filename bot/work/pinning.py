"""Pinning: make what is on top of each channel what the ledger says should be; again and again, it is idempotent."""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.errors import DeliveryError, Refused, Unavailable
from bot.ledger import Ledger
from bot.model.channel import Pinnable
from bot.model.pin import Pin
from bot.work.outlet import Clock, Outlet

log = structlog.get_logger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)


class Pinning:
    """Takes down before it puts up: a channel has never two."""

    def __init__(self, ledger: Ledger, outlets: Mapping[str, Outlet], clock: Clock) -> None:
        self._ledger, self._clock, self._first = ledger, clock, True
        self._channels = {
            name: outlet.channel for name, outlet in outlets.items() if isinstance(outlet.channel, Pinnable)
        }

    async def tick(self) -> None:
        """End what is over, take down what ended, put up what should be on top and is out. Raises LedgerError.

        The first one after a start also pins again what is up already, whatever happened to it meanwhile.
        """
        await self._ledger.pins.expire(self._clock())
        blocked: set[str] = set()
        due = await self._ledger.pins.due(list(self._channels), self._clock(), again=self._first)
        self._first = False
        for pin in sorted(due, key=lambda pin: pin.ended_at is None):
            if pin.channel not in blocked and not await self._done(pin):
                blocked.add(pin.channel)

    async def _done(self, pin: Pin) -> bool:
        """False where the channel has to be left alone for now."""
        channel, pins = self._channels[pin.channel], self._ledger.pins
        try:
            if pin.ended_at is not None and pin.receipt is not None:
                await channel.unpin(pin.receipt)
                await pins.down(pin, "", self._clock())
                log.info("unpinned", story=pin.story, channel=pin.channel)
                return True
            receipt = pin.receipt or await pins.post(pin)
            if receipt is None:
                return True  # it is not out yet
            await pins.trying(pin, receipt)
            await channel.pin(receipt)
            if await pins.up(pin, receipt, self._clock()):
                log.info("pinned", story=pin.story, channel=pin.channel)
        except Refused as err:
            await self._give_up(pin, err.why)
        except DeliveryError as err:
            # A pin that may be there is pinned again: nobody sees it twice.
            named = err.retry_after if isinstance(err, Unavailable) else None
            wait = max(named or timedelta(0), min(FIRST_WAIT * (1 << min(pin.tries, 10)), LONGEST_WAIT))
            now = self._clock()
            await pins.failed(pin, err.why, now + wait, now)
            return False
        return True

    async def _give_up(self, pin: Pin, why: str) -> None:
        now, act = self._clock(), "pin" if pin.ended_at is None else "unpin"
        await self._ledger.pins.give_up(pin, why, now)
        text = f"#{pin.story}: {pin.channel} refuses to {act} it: {why}"
        await self._ledger.notices.add(f"pin {pin.channel}", text, now)
