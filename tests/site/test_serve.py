"""The page's server lives inside another loop and leaves it when told to."""

import asyncio
import signal
import socket
from pathlib import Path

import httpx
import pytest

from bot.errors import SettingsError
from bot.site.serve import serve
from tests.fakes.page import page


async def test_a_port_that_is_taken_is_named_with_what_to_do(tmp_path: Path) -> None:
    async with page(tmp_path) as first:
        port = int(first.url.rstrip("/").rpartition(":")[2])
        with pytest.raises(SettingsError) as caught:
            async with serve(None, "127.0.0.1", port):  # type: ignore[arg-type]
                pass
    assert (caught.value.path, caught.value.value) == ("house.site_port", port)
    assert "0 for any free one" in caught.value.remedy


async def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        async with serve(None, "192.0.2.1", 0):  # type: ignore[arg-type]
            pass
    assert caught.value.path == "house.site_host"


async def test_open_event_streams_do_not_hold_up_its_end(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with httpx.AsyncClient(trust_env=False) as client:
        async with page(tmp_path) as served:
            request = client.build_request("GET", f"{served.url}events")
            streams = [await client.send(request, stream=True) for _ in range(3)]
            begun = loop.time()
        assert loop.time() - begun < 1
        for stream in streams:
            await stream.aclose()


async def test_the_port_is_free_again_afterwards(tmp_path: Path) -> None:
    async with page(tmp_path) as served:
        port = int(served.url.rstrip("/").rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        pass


async def test_signals_stay_with_the_daemon(tmp_path: Path) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    async with page(tmp_path):
        assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before
