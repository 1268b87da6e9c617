"""The address guard: a name is resolved once, its addresses are judged, and only a judged one is connected to."""

import asyncio
import socket
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore

from bot.errors import SettingsError

Address = IPv4Address | IPv6Address
# Addresses that carry an IPv4 address in their last 32 bits: NAT64 (RFC 6052) and the old "compatible" form.
_LAST_32_BITS = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
# Not public, and Python 3.11 does not know it: protocol assignments (a cloud's metadata at 192.0.0.192), the old 6to4
# relays, local NAT64 (RFC 8215), IPv4 translated (RFC 2765), documentation (RFC 9637), segment routing (RFC 9602).
_NOT_PUBLIC = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "::ffff:0:0:0/96", "3fff::/20", "5f00::/16"))
)


class Forbidden(Exception):
    """The address is inside the house, and the settings do not open it."""


class Guard:
    """Says which addresses may be connected to: the public ones, and the networks named in the settings."""

    def __init__(self, private: Iterable[str] = ()) -> None:
        """`private` are networks such as 10.1.0.0/16. Raises SettingsError."""
        networks = []
        for text in private:
            try:
                networks.append(ip_network(text, strict=False))
            except ValueError as err:
                remedy = "write a network such as 10.1.0.0/16 or an address such as 127.0.0.1"
                raise SettingsError("house.private_addresses", text, remedy) from err
        self._open = tuple(networks)

    @property
    def opens(self) -> bool:
        """Whether anything inside the house may be connected to."""
        return bool(self._open)

    def allows(self, address: str) -> bool:
        """Judge an address as text; an IPv6 address is judged by every IPv4 address that hides in it, too."""
        try:
            judged = ip_address(address)
        except ValueError:
            return False
        if any(judged in network for network in self._open):
            return True
        return all(_public(face) or any(face in network for network in self._open) for face in _faces(judged))


def _faces(address: Address) -> Iterator[Address]:
    if isinstance(address, IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if any(address in network for network in _LAST_32_BITS):
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _public(address: Address) -> bool:
    if any(address in network for network in _NOT_PUBLIC):
        return False
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not address.is_multicast


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the very address it has judged, so a name that resolves differently later cannot slip past."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._wire = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Raise Forbidden where every address of the host is inside the house."""
        addresses = await _resolve(host, port)
        allowed = [address for address in addresses if self._guard.allows(address)]
        if not allowed:
            raise Forbidden(host)
        for address in allowed[:-1]:
            try:
                return await self._wire.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._wire.connect_tcp(allowed[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """No source is a socket file."""
        raise Forbidden(path)

    async def sleep(self, seconds: float) -> None:
        """Part of httpcore's protocol."""
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int) -> Sequence[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as err:
        raise httpcore.ConnectError(f"no such host: {host}") from err
    return list(dict.fromkeys(str(place[0]) for *_, place in found))
