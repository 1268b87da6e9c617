"""Outlets: the newsroom's own channels, and the way to each subscriber through the carrier that reaches them."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.errors import Left, Refused, SettingsError
from bot.model.channel import Carrier, Channel, Editable, Facts, Findable, Threadable, Withdrawable
from bot.model.delivery import Act, Receipt
from bot.model.edition import Edition
from bot.model.subscriber import Addressee, Form, carrier_of, subscriber_of
from bot.work.outlet import Outlet

Find = Callable[[int, Act], Awaitable[Addressee | None]]
"""Where a subscriber is reached, asked at the moment of sending; None: they have left, or want no posts now."""


class Outlets(Mapping[str, Outlet]):
    """Iterates over the newsroom's own channels only; `letters` and `letters~17` lead to a carrier and its readers."""

    def __init__(
        self,
        own: Mapping[str, Outlet],
        carriers: Mapping[str, Outlet] = MappingProxyType({}),
        find: Find | None = None,
    ) -> None:
        self._own, self.carriers, self._find = own, carriers, find

    @property
    def doors(self) -> Mapping[str, Outlet]:
        """Every channel of the settings, whether it has a place of its own or only carries."""
        return {**self._own, **self.carriers}

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    def __getitem__(self, name: str) -> Outlet:
        reader = subscriber_of(name)
        if reader is None:
            return self._own[name] if name in self._own else self.carriers[name]
        carrier = self.carriers[carrier_of(name)]
        if self._find is None:
            raise KeyError(name)
        # When they may be disturbed is the reader's own timing, asked when it was planned.
        return replace(carrier, name=name, channel=Way(name, reader, carrier.channel, self._find), hours=None)


def carriers_of(outlets: Mapping[str, Outlet]) -> Mapping[str, Outlet]:
    """The carriers among them, by name."""
    return outlets.carriers if isinstance(outlets, Outlets) else {}


def doors_of(outlets: Mapping[str, Outlet]) -> Mapping[str, Outlet]:
    """Every channel of the settings."""
    return outlets.doors if isinstance(outlets, Outlets) else outlets


def told(outlet: Outlet, form: Form) -> Facts:
    """What a carrier's platform allows for that form."""
    channel = outlet.channel
    return channel.told(form) if isinstance(channel, Carrier) else channel.facts


def require_carrier(name: str, kind: str, able: tuple[str, ...]) -> None:
    """Raises SettingsError where a channel of that kind reaches nobody one by one."""
    if kind not in able:
        remedy = f"a {kind} channel reaches nobody one by one; these kinds do: {', '.join(able)}"
        raise SettingsError("subscribers.carriers", name, remedy)


class Way:
    """The channel of one subscriber: where they are reached is looked up at each call, and kept nowhere."""

    def __init__(self, name: str, reader: int, carrier: Channel, find: Find) -> None:
        self.name, self.facts = name, carrier.facts
        self._reader, self._carrier, self._find = reader, carrier, find

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Raises Left where they are no reader any more."""
        return await (await self._reached(Act.POST)).send(edition, key)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Below what they have, where the platform has answers."""
        channel = await self._reached(Act.POST)
        if isinstance(channel, Threadable):
            return await channel.reply(to, edition, key)
        return await channel.send(edition, key)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change what they have."""
        channel = await self._reached(Act.EDIT)
        if not isinstance(channel, Editable):
            raise Refused(self.name, "this channel cannot edit")
        return await channel.edit(receipt, edition, key)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete what they have."""
        channel = await self._reached(Act.DELETE)
        if not isinstance(channel, Withdrawable):
            raise Refused(self.name, "this channel cannot delete")
        return await channel.withdraw(receipt, key)

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look whether it came out."""
        channel = await self._reached(Act.EDIT)
        if not isinstance(channel, Findable):
            raise Refused(self.name, "this channel cannot look")
        return await channel.find(edition, key, since)

    async def close(self) -> None:
        """Nothing is open: the carrier's connection is its own."""

    async def _reached(self, act: Act) -> Channel:
        addressee = await self._find(self._reader, act)
        if addressee is None:
            raise Left(self.name, "the reader has left or paused meanwhile")
        if not isinstance(self._carrier, Carrier):
            raise Left(self.name, "its channel carries to nobody any more")
        return self._carrier.at(addressee)
