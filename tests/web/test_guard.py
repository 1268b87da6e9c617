"""No address trick leads a fetch into the house, and a judged address is the one connected to."""

import asyncio
import socket
from collections.abc import Iterator

import httpcore
import pytest

from bot.errors import SettingsError
from bot.web.fetch import Fetcher, Unreachable
from bot.web.guard import Forbidden, Guard, GuardedBackend

INSIDE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104 - not bound to, judged
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.0.192",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "::ffff:0:127.0.0.1",
    "3fff::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "not an address",
    "127.0.0.1:80",
    "",
]
OUTSIDE = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_the_house_is_not_allowed(address: str) -> None:
    assert not Guard().allows(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_public_address_is_allowed(address: str) -> None:
    assert Guard().allows(address)


@pytest.mark.parametrize(
    ("network", "address", "allowed"),
    [
        ("127.0.0.0/8", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("10.1.0.0/16", "10.1.2.3", True),
        ("10.1.0.0/16", "10.2.0.1", False),
        ("10.1.0.0/16", "::ffff:10.1.2.3", True),
        ("fd00::/8", "fd00::1", True),
        ("fd00::/8", "127.0.0.1", False),
    ],
)
def test_only_the_networks_in_the_settings_are_opened(network: str, address: str, allowed: bool) -> None:
    assert Guard([network]).allows(address) is allowed


@pytest.mark.parametrize("text", ["intranet", "10.0.0.0/99", "10.0.0", ""])
def test_a_network_that_is_none_is_a_mistake_in_the_settings(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Fetcher(private=[text])
    assert (caught.value.path, caught.value.value) == ("house.private_addresses", text)


@pytest.fixture
def trap() -> Iterator[socket.socket]:
    """A listener on loopback that nobody may reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def untouched(trap: socket.socket) -> bool:
    try:
        trap.accept()
    except BlockingIOError:
        return True
    return False


SPELLINGS = [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.1",
    "127.0.1",
    "0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "127.0.0.1%2f",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "user@127.0.0.1",
    "example.org@127.0.0.1",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
]


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_loopback_gets_through(trap: socket.socket, host: str) -> None:
    fetcher = Fetcher()
    with pytest.raises(Unreachable):
        await fetcher.get(f"http://{host}:{trap.getsockname()[1]}/")
    await fetcher.close()
    assert untouched(trap)


async def test_a_name_that_means_another_address_the_second_time_is_judged_again(trap: socket.socket) -> None:
    """First a public address, then loopback: each connection judges what it has resolved itself."""
    answers = iter(["192.0.2.7", "127.0.0.1"])
    asked: list[str] = []

    class Rebinding(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:  # type: ignore[override]
            asked.append(host)
            address = next(answers)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    async def twice() -> None:
        backend = GuardedBackend(Guard(["192.0.2.0/24"]))
        port = trap.getsockname()[1]
        with pytest.raises((httpcore.ConnectError, httpcore.ConnectTimeout, Forbidden)):
            await backend.connect_tcp("rebind.example.org", port, timeout=0.2)
        with pytest.raises(Forbidden):
            await backend.connect_tcp("rebind.example.org", port, timeout=0.2)

    def run() -> None:
        with asyncio.Runner(loop_factory=Rebinding) as runner:
            runner.run(twice())

    await asyncio.to_thread(run)
    assert asked == ["rebind.example.org"] * 2
    assert untouched(trap)


async def test_a_name_with_a_public_and_a_private_address_leads_to_the_public_one_only(trap: socket.socket) -> None:
    class Both(asyncio.SelectorEventLoop):
        async def getaddrinfo(self, host: str, port: int, **_: object) -> list[tuple[object, ...]]:  # type: ignore[override]
            places = ["127.0.0.2", "127.0.0.1"]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port)) for place in places]

    async def once() -> None:
        backend = GuardedBackend(Guard(["127.0.0.2"]))
        with pytest.raises(httpcore.ConnectError):
            await backend.connect_tcp("both.example.org", trap.getsockname()[1])

    def run() -> None:
        with asyncio.Runner(loop_factory=Both) as runner:
            runner.run(once())

    await asyncio.to_thread(run)
    assert untouched(trap)


async def test_no_socket_file_is_connected_to() -> None:
    with pytest.raises(Forbidden):
        await GuardedBackend(Guard()).connect_unix_socket("/run/docker.sock")
