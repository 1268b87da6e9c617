"""A machine that subscribes: it proves itself, is told, exchanges its secret, asks again, and goes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels import KINDS, Doors
from bot.channels.webhook import Webhook
from bot.ledger import Ledger
from bot.model.subscriber import Membership, Reading, Timing
from bot.rules.rotation import rotated, signing
from bot.site.hook_links import HookLinks
from bot.site.hooks import Hooks, Machines
from bot.web.guard import Guard
from bot.work.replaying import Replaying
from tests.fakes.carrying import LINKS, Carriage
from tests.fakes.hook_subscriber import Machine
from tests.fakes.serve import serve
from tests.fakes.stories import article

LOOPBACK = ("127.0.0.0/8",)
BRIDGE = replace(article(), section="城市")


def webhook(folder: Path, private: tuple[str, ...] = LOOPBACK) -> Webhook:
    kind = KINDS["webhook"]
    doors = Doors(folder, lambda: datetime.now(UTC), folder, guard=Guard(private))
    channel = kind.open("hooks", kind.settings.model_validate({"kind": "webhook"}), doors)
    assert isinstance(channel, Webhook)
    return channel


@dataclass
class House:
    """Everything behind the doors, and a client before them."""

    carriage: Carriage
    client: httpx.AsyncClient
    machine: Machine
    hook: str

    async def ask(self, **more: Any) -> httpx.Response:
        return await self.client.post("/subscribe/hook", json={"url": self.hook, **more})

    async def by_link(self, told: dict[str, Any], what: str, **more: Any) -> httpx.Response:
        return await self.client.post(told[what].removeprefix(LINKS), **more)

    async def state(self, told: dict[str, Any]) -> Membership:
        one = await self.carriage.readers.get(told["id"])
        assert one is not None
        return one.state

    async def replay(self) -> None:
        room = self.carriage
        await Replaying(room.ledger, room.outlets.carriers, room.find, room.clock).round()


@asynccontextmanager
async def opened(ledger: Ledger, folder: Path, private: tuple[str, ...] = LOOPBACK) -> AsyncIterator[House]:
    channel = webhook(folder, private)
    room, machine = Carriage(ledger, datetime.now(UTC), folder, "hooks", channel), Machine()
    usual = (Timing(), Reading())
    machines = Machines(room.readers, {"hooks": channel}, usual, LINKS, room.clock)
    routes = [*Hooks(machines).routes, *HookLinks(machines, ledger.replays).routes]
    async with (
        serve(machine.app) as there,
        serve(Starlette(routes=routes)) as base,
        httpx.AsyncClient(base_url=base, trust_env=False) as client,
    ):
        yield House(room, client, machine, f"{there}/hook")
    await channel.close()


@pytest.fixture
async def house(quick: Ledger, tmp_path: Path) -> AsyncIterator[House]:
    async with opened(quick, tmp_path) as house:
        yield house


@pytest.fixture
async def anywhere(ledger: Ledger, tmp_path: Path) -> AsyncIterator[House]:
    """On each database."""
    async with opened(ledger, tmp_path) as house:
        yield house


async def test_a_machine_is_told_what_it_wants_from_its_first_day_to_its_last(anywhere: House) -> None:
    house, room, machine = anywhere, anywhere.carriage, anywhere.machine
    answer = await house.ask(topics=["城市"], state="mine-7f3a")
    assert (answer.status_code, machine.states) == (201, ["mine-7f3a"])
    told = answer.json()
    machine.secrets = [told["secret"]]

    story = await room.publish(BRIDGE)
    await room.publish(replace(BRIDGE, headline="夜市开张", section="生活", link="https://example.org/2"), key="other")
    await room.publish(replace(BRIDGE, headline="河湾大桥提前通车"), revision="2")
    assert machine.told == ["story.published", "story.updated"]
    assert machine.events[1][1]["data"]["headline"] == "河湾大桥提前通车"

    former = told["secret"]
    new = (await house.by_link(told, "rotate")).json()["secret"]
    machine.secrets = [former, new]  # both of them have to have signed
    await house.by_link(told, "choices", json={"topics": []})
    await room.publish(replace(BRIDGE, headline="渡口停航", section="交通", link="https://example.org/3"), key="third")
    await room.withdraw(story)
    assert machine.told[2:] == ["story.published", "story.withdrawn"]

    before = list(machine.events)
    assert (await house.by_link(told, "replay")).status_code == 202
    await house.replay()
    assert machine.events[len(before) :] == before[2:]  # of what was taken back, only that
    assert (await house.by_link(told, "replay")).status_code == 409
    await house.replay()
    assert await room.ledger.replays.waiting() == ()

    machine.status = 410
    await room.publish(replace(BRIDGE, headline="图书馆延长开放", link="https://example.org/4"), key="fourth")
    assert await house.state(told) is Membership.LOST
    machine.status = 204
    back = (await house.ask()).json()
    assert (back["id"], await house.state(back)) == (told["id"], Membership.ACTIVE)


@pytest.mark.parametrize(
    ("answers", "status"), [("json", 201), ("word", 201), ("echo", 422), ("other", 422), ("", 422)]
)
async def test_only_who_gives_the_challenge_back_is_subscribed(house: House, answers: str, status: int) -> None:
    house.machine.answers = answers
    assert (await house.ask()).status_code == status
    there = await house.carriage.readers.found("hooks", house.hook)
    assert (there is not None) == (status == 201)


async def test_who_asks_for_a_known_address_learns_neither_its_link_nor_its_secret(house: House) -> None:
    told = (await house.ask()).json()
    house.machine.secrets = [told["secret"]]
    again = await house.ask(topics=["体育"])
    assert (again.status_code, [*again.json()]) == (200, ["sent"])
    [(_, event)] = house.machine.events
    assert (event["type"], event["data"]["link"]) == ("subscription.link", told["link"])
    one = await house.carriage.readers.get(told["id"])
    assert one is not None
    assert one.choices.topics == ()


async def test_a_banned_machine_is_answered_like_one_that_is_away(house: House) -> None:
    told = (await house.ask()).json()
    await house.carriage.readers.ban(told["id"], "lin", "abuse", house.carriage.now)
    banned = await house.ask()
    house.machine.answers = ""
    away = await house.ask()
    assert (banned.status_code, banned.json()) == (away.status_code, away.json())


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"url": "ftp://example.org/"}, "url"),
        ({"url": "https://name:word@example.org/"}, "url"),
        ({"url": "https://[::1"}, "url"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"topics": ["x" * 41]}, "topics.0"),
        ({"rhythm": "sometimes"}, "rhythm"),
        ({"carrier": "letters"}, "carrier"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_wish_that_cannot_be_read_is_told_by_its_field(house: House, what: dict[str, Any], field: str) -> None:
    answer = await house.ask(**what)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert house.machine.calls == 0


@pytest.mark.parametrize("what", ["rotate", "replay", "choices"])
async def test_a_link_that_is_none_opens_nothing(house: House, what: str) -> None:
    told = (await house.ask()).json()
    wrong = {what: told[what].replace(f"/s/{told['id']}.", f"/s/{told['id']}.x")}
    assert (await house.by_link(wrong, what, json={})).status_code == 404


async def test_a_stranger_cannot_have_the_house_knock_everywhere(house: House) -> None:
    house.machine.answers = ""
    assert [(await house.ask()).status_code for _ in range(11)] == [422] * 10 + [429]
    assert house.machine.calls == 10


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/hook",
        "http://localhost:{port}/hook",
        "http://[::ffff:127.0.0.1]:{port}/hook",
        "http://2130706433:{port}/hook",
        "http://0.0.0.0:{port}/hook",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://192.0.0.192/opc/v2/",
        "http://10.0.0.1/hook",
    ],
)
async def test_nothing_inside_the_house_is_ever_called(quick: Ledger, tmp_path: Path, url: str) -> None:
    async with opened(quick, tmp_path, private=()) as house:
        asked = url.format(port=httpx.URL(house.hook).port)
        answer = await house.ask(url=asked)
        assert (answer.status_code, house.machine.calls) == (422, 0)


async def test_an_address_that_has_moved_inside_since_is_not_called(quick: Ledger, tmp_path: Path) -> None:
    """The name was fine when it was proved: what counts is the connection of each send."""
    async with opened(quick, tmp_path) as house:
        told = (await house.ask(url=house.hook.replace("127.0.0.1", "localhost"))).json()
        calls, room = house.machine.calls, house.carriage
        strict = webhook(tmp_path, private=())
        room.outlets.carriers["hooks"] = replace(room.outlets.carriers["hooks"], channel=strict)  # type: ignore[index]
        story = await room.publish(BRIDGE)
        assert house.machine.calls == calls
        assert await room.states(story) == ["post planned"]  # for another try
        rows = await room.ledger.deliveries.of_story((await room.ledger.fanouts.of_story(story))[0].number)
        assert ("localhost" in rows[0].reason, await house.state(told)) == (False, Membership.ACTIVE)
        await strict.close()


async def test_a_redirect_is_not_followed(house: House) -> None:
    assert (await house.ask(url=house.hook.replace("/hook", "/away"))).status_code == 422
    assert house.machine.calls == 0


async def test_a_machine_that_fails_for_days_is_lost_and_keeps_nobody_else_waiting(house: House) -> None:
    room, machine = house.carriage, house.machine
    told, well = (await house.ask()).json(), (await house.ask(url=f"{house.hook}?well")).json()
    machine.status = 503  # with a day of Retry-After
    for day in range(4):
        await room.publish(replace(BRIDGE, headline=f"第{day}天", link=f"https://example.org/{day}"), key=f"k{day}")
        room.now += timedelta(days=1, minutes=1)
        await room.all()
    assert await house.state(told) is Membership.LOST
    assert machine.told == ["story.published"] * 4
    assert await house.state(well) is Membership.ACTIVE


def test_a_former_secret_signs_for_a_day_beside_the_new_one(now: datetime) -> None:
    once = rotated(("a",), "b", now)
    twice = rotated(once, "c", now + timedelta(hours=6))
    assert signing(once, now) == ("b", "a")
    assert signing(twice, now + timedelta(hours=23)) == ("c", "b", "a")
    assert signing(twice, now + timedelta(hours=25)) == ("c", "b")
    assert signing(twice, now + timedelta(hours=31)) == ("c",)
