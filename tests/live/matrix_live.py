"""Matrix against a real Synapse: run by hand, for its sixty packages are not worth the default run.

Install matrix-synapse into an environment of its own, then, from the repository's root:
CRIER_SYNAPSE=that/environment/bin/python python -m pytest tests/live/matrix_live.py
"""

import asyncio
import hashlib
import hmac
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.channels.matrix import Matrix
from bot.errors import Refused, Unavailable
from tests.channels.stages.matrix import EDITION
from tests.channels.stages.stage import NOW, opened

_SHARED = "registration-in-tests-only"
_CARD = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636060606000000005000"
    "1a5f645400000000049454e44ae426082"
)  # one pixel


@dataclass
class Home:
    base: str
    token: str
    user: str
    folder: Path

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {self.token}"}, trust_env=False) as http:
            response = await http.request(method, f"{self.base}/_matrix/client/v3{path}", json=body)
        return response.json()

    async def room(self, *state: dict[str, Any]) -> str:
        made = await self.ask("POST", "/createRoom", {"name": "河湾", "initial_state": list(state)})
        return str(made["room_id"])

    def channel(self, room: str, **more: Any) -> Matrix:
        given = {"kind": "matrix", "server": self.base, "token": "env:CRIER_TEST_LIVE", "room": room, **more}
        found = opened(given, self.folder)
        assert isinstance(found, Matrix)
        return found


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A homeserver on a free port; its address."""
    folder = tmp_path_factory.mktemp("synapse")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [os.environ["CRIER_SYNAPSE"], "-m", "synapse.app.homeserver"]
    config = folder / "homeserver.yaml"
    made = ["--server-name", "riverbend.example", "--generate-config", "--report-stats", "no"]
    subprocess.run([*command, "-c", str(config), *made], cwd=folder, check=True, capture_output=True)
    text = config.read_text(encoding="utf-8").replace("port: 8008", f"port: {port}")
    text = text.replace("registration_shared_secret:", "x_unused:")
    text += f"\nregistration_shared_secret: {_SHARED}\ntrusted_key_servers: []\n"
    config.write_text(text, encoding="utf-8")
    running = subprocess.Popen([*command, "-c", str(config)], cwd=folder, stderr=subprocess.DEVNULL)
    yield f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait(20)


@pytest.fixture
async def home(synapse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A new account for every test, since each has a rate limit of its own."""
    (tmp_path / "card.png").write_bytes(_CARD)
    name = f"crier{os.urandom(4).hex()}"
    async with httpx.AsyncClient(base_url=synapse, trust_env=False) as http:
        async with asyncio.timeout(30):
            while True:
                try:
                    nonce = (await http.get("/_synapse/admin/v1/register")).json()["nonce"]
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.1)
        mac = hmac.new(_SHARED.encode(), f"{nonce}\0{name}\0pw\0notadmin".encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": "pw", "admin": False, "mac": mac}
        made = (await http.post("/_synapse/admin/v1/register", json=body)).json()
    monkeypatch.setenv("CRIER_TEST_LIVE", made["access_token"])
    return Home(synapse, made["access_token"], made["user_id"], tmp_path)


async def test_a_post_with_its_card_a_repeat_and_a_look_are_one_event(home: Home) -> None:
    channel = home.channel(room := await home.room())
    first = await channel.send(EDITION, "key-1")
    assert await channel.send(replace(EDITION, text="<p>另一篇</p>"), "key-1") == replace(first, sent="<p>另一篇</p>")
    found = await channel.find(EDITION, "key-1", NOW)
    assert found is not None
    assert found.platform_id == first.platform_id
    assert await channel.find(EDITION, "key-2", NOW) is None
    seen = await home.ask("GET", f"/rooms/{room}/event/{first.platform_id}")
    assert seen["content"]["msgtype"] == "m.image"
    assert first.permalink is not None
    assert first.permalink.endswith("?via=riverbend.example")
    await channel.close()


async def test_an_edit_is_shown_and_a_withdrawal_leaves_no_words(home: Home) -> None:
    channel = home.channel(room := await home.room())
    receipt = await channel.send(EDITION, "key-1")
    again = await channel.edit(receipt, replace(EDITION, text="<p>更正</p>"), "key-2")
    newest = await home.ask("GET", f"/rooms/{room}/messages?dir=b&limit=1")
    assert newest["chunk"][0]["content"]["m.new_content"]["formatted_body"] == "<p>更正</p>"
    await channel.withdraw(again, "key-3")
    await channel.withdraw(again, "key-3")
    left = await home.ask("GET", f"/rooms/{room}/messages?dir=b&limit=20")
    assert [one["content"] for one in left["chunk"] if one["type"] == "m.room.message"] == [{}, {}]
    await channel.close()


async def test_a_thread_is_one_to_the_server(home: Home) -> None:
    channel = home.channel(room := await home.room(), long="thread")
    first = await channel.send(EDITION, "key-1")
    second = await channel.reply(first, replace(EDITION, text="<p>2/2</p>", card=None), "key-1-1")
    seen = await home.ask("GET", f"/rooms/{room}/event/{first.platform_id}")
    assert seen["unsigned"]["m.relations"]["m.thread"]["count"] == 1
    found = await channel.find(EDITION, "key-1-1", NOW)
    assert found is not None
    assert found.platform_id == second.platform_id
    await channel.close()


async def test_what_we_may_not_do_is_told_before_and_by_a_post(home: Home) -> None:
    encrypted = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    channel = home.channel(await home.room(encrypted))
    with pytest.raises(Refused, match="encrypted"):
        await channel.send(EDITION, "key-1")
    assert not (await channel.check())[-1].ok
    stranger = home.channel("!nowhere:riverbend.example")
    with pytest.raises(Refused, match="M_FORBIDDEN") as caught:
        await stranger.send(EDITION, "key-1")
    assert caught.value.account
    inside = home.channel(await home.room())
    assert [one.ok for one in await inside.check()] == [True, True, True]
    with pytest.raises(Refused, match="M_TOO_LARGE") as too_large:
        await inside.send(replace(EDITION, text="河" * 30_000, card=None), "key-2")
    assert not too_large.value.account
    for each in (channel, stranger, inside):
        await each.close()


async def test_the_greatest_post_that_our_facts_allow_is_taken(home: Home) -> None:
    channel = home.channel(await home.room())
    words = "河" * (channel.facts.limit or 0)
    full = replace(EDITION, text="<p>" + words[: (channel.facts.limit or 0) // 3] + "</p>" + "<b></b>" * 1990)
    receipt = await channel.send(full, "key-1")
    await channel.edit(receipt, full, "key-2")
    await channel.close()


async def test_too_many_at_once_are_told_when_to_come_back(home: Home) -> None:
    channel = home.channel(await home.room(), card=False)
    words = replace(EDITION, card=None)
    many = [channel.send(words, f"key-{number}") for number in range(20)]
    with pytest.raises(Unavailable, match="M_LIMIT_EXCEEDED") as caught:
        await asyncio.gather(*many)
    assert caught.value.retry_after is not None
    await channel.close()
