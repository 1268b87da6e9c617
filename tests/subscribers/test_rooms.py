"""A room that lets the bot in: it is asked by a link in the room itself, gets stories, and throws the bot out."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels import KINDS, Doors
from bot.channels.rooms import room_of
from bot.ledger import Ledger
from bot.model.channel import Carrier, Channel
from bot.model.subscriber import Address, Choices, Consent, Form, Membership, Reading, Subscriber, Timing
from bot.press import Templates
from bot.settings import Newsroom
from bot.settings.subscribers import Subscribers as Section
from bot.site import Readers
from bot.site.drawing import Drawing
from bot.site.rooms import Rooms
from bot.work.confirming import Confirming, Letters
from bot.work.inviting import Inviting
from bot.work.offers import Offers
from tests.fakes import discord, matrix, slack
from tests.fakes.carrying import LINKS, SHIPPED, Carriage
from tests.fakes.serve import serve
from tests.fakes.stories import article

NEWSROOM = Newsroom(name="河湾日报")
USUAL = (Timing(), Reading())


NO = (403, 50001, "Missing Access")


def _set(double: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(double, name, value)


@dataclass
class Stage:
    """A platform with one room, and a newsroom that carries to it."""

    room: str
    carriage: Carriage
    shown: Callable[[], Sequence[str]]
    throw_out: Callable[[], None]
    double: Any

    @property
    def confirming(self) -> Confirming:
        templates = Templates(SHIPPED, None, "mail")
        letters = Letters(templates, (SHIPPED,), NEWSROOM, LINKS, timedelta(days=2))
        room = self.carriage
        return Confirming(room.ledger, room.readers, room.outlets.carriers, letters, room.clock)

    async def ask(self, language: str = "zh") -> Subscriber:
        room, now = self.carriage, self.carriage.now
        reading, consent = Reading(language=language, form=Form.TEXT), Consent("the form at /subscribe/room", now)
        return await room.readers.ask(room.name, Address(self.room), Choices(), Timing(), reading, consent, now)

    async def confirmed(self) -> Subscriber:
        """Somebody in the room opens the newest link there, and presses the button."""
        await self.confirming.round()
        links = re.findall(rf"{LINKS}/s/(\d+)\.([\w-]+)", self.shown()[-1])
        one = await self.carriage.readers.confirm(int(links[0][0]), links[0][1], self.carriage.now)
        assert one is not None
        return one

    async def now_is(self, one: Subscriber) -> tuple[Membership, str]:
        found = await self.carriage.readers.get(one.id)
        assert found is not None
        return found.state, found.why


def _opened(given: dict[str, Any], folder: Path) -> Channel:
    kind = KINDS[given["kind"]]
    return kind.open("rooms", kind.settings.model_validate(given), Doors(folder, lambda: datetime.now(UTC), folder))


@asynccontextmanager
async def stage(kind: str, ledger: Ledger, now: datetime, folder: Path) -> AsyncIterator[Stage]:
    (folder / "token").write_text({"matrix": matrix.TOKEN, "slack": slack.TOKEN}.get(kind, discord.BOT_TOKEN))
    double: Any = {"matrix": matrix.Homeserver, "slack": slack.Slack}.get(kind, discord.Discord)(now.timestamp())
    async with serve(double.app) as base:
        where = {"matrix": {"server": base}, "slack": {"api": f"{base}/api"}}.get(kind, {"api": f"{base}/api/v10"})
        channel = _opened({"kind": kind, "token": f"file:{folder / 'token'}", "card": False, **where}, folder)
        assert isinstance(channel, Carrier)
        carriage = Carriage(ledger, now, folder, "rooms", channel)
        seen, out, room = {
            "matrix": (lambda: [*double.shown()], lambda: double.joined.discard(matrix.ROOM), matrix.ROOM),
            "slack": (lambda: [one.text for one in double.posted], lambda: _set(double, member=False), slack.CHANNEL),
            "discord_bot": (lambda: [one.content for one in double.posted], lambda: _set(double, refuses=NO), "800"),
        }[kind]
        try:
            yield Stage(room, carriage, seen, out, double)
        finally:
            await channel.close()


@pytest.mark.parametrize("kind", ["matrix", "discord_bot", "slack"])
async def test_a_room_from_the_link_to_the_door(kind: str, quick: Ledger, now: datetime, tmp_path: Path) -> None:
    async with stage(kind, quick, now, tmp_path) as there:
        room = there.carriage
        asked = await there.ask()
        await room.publish(article("夜市开张"), key="before")
        one = await there.confirmed()
        assert (one.id, one.state) == (asked.id, Membership.ACTIVE)
        [letter] = there.shown()
        assert "请确认订阅河湾日报" in letter

        story = await room.publish(article("河湾大桥通车"))
        await room.publish(article("河湾大桥提前通车"), revision="2")
        assert [("提前通车" in words, "河湾大桥通车" in words) for words in there.shown()] == [
            (False, False),
            (True, False),
        ]
        assert await room.states(story) == ["post sent", "edit sent"]
        await room.withdraw(story)
        assert there.shown() == [letter]

        there.throw_out()
        last = await room.publish(article("渡口停航"), key="last")
        state, why = await there.now_is(asked)
        assert (state, there.room in why) == (Membership.LOST, False)
        for number in (story, last):
            [fanout] = await quick.fanouts.of_story(number)
            for row in await quick.deliveries.of_story(fanout.number):
                attempts = await quick.deliveries.attempts(row.id)
                assert there.room not in f"{row.reason} {row.receipt} {attempts}"


async def test_an_invitation_alone_brings_the_link(quick: Ledger, now: datetime, tmp_path: Path) -> None:
    async with stage("matrix", quick, now, tmp_path) as there:
        room = there.carriage
        there.double.joined, there.double.invited = set(), {there.room}
        inviting = Inviting(room.readers, room.outlets.carriers, USUAL, room.clock)
        for _ in range(2):
            await inviting.round()
        assert there.double.joined == {there.room}
        assert (await there.confirmed()).state is Membership.ACTIVE


async def test_a_room_that_asks_before_it_invites_is_entered_when_it_does(
    quick: Ledger, now: datetime, tmp_path: Path
) -> None:
    async with stage("matrix", quick, now, tmp_path) as there:
        there.double.joined, there.double.invited = set(), {there.room}
        await there.ask("en")
        assert (await there.confirmed()).state is Membership.ACTIVE
        assert "Please confirm your subscription to 河湾日报" in there.shown()[0]


async def test_nothing_is_posted_where_nobody_let_us_in(quick: Ledger, now: datetime, tmp_path: Path) -> None:
    async with stage("matrix", quick, now, tmp_path) as there:
        there.double.joined = set()
        asked = await there.ask()
        await there.confirming.round()
        assert (there.shown(), (await there.now_is(asked))[0]) == ([], Membership.ASKED)


async def test_a_banned_room_is_not_entered(quick: Ledger, now: datetime, tmp_path: Path) -> None:
    async with stage("matrix", quick, now, tmp_path) as there:
        room = there.carriage
        there.double.joined, there.double.invited = set(), {there.room}
        await room.readers.ban_address("rooms", there.room, "lin", "abuse", now)
        await Inviting(room.readers, room.outlets.carriers, USUAL, room.clock).round()
        assert there.double.joined == set()


@pytest.mark.parametrize(("room", "status", "asked"), [(slack.CHANNEL, 303, True), ("#general", 422, False)])
async def test_the_form_has_a_link_posted_into_the_room(
    quick: Ledger, now: datetime, tmp_path: Path, room: str, status: int, *, asked: bool
) -> None:
    async with stage("slack", quick, now, tmp_path) as there:
        woken: list[str] = []
        carriage, drawing = there.carriage, Drawing(NEWSROOM, (SHIPPED,), there.carriage.clock)
        section = Section.model_validate({"key": "env:NONE", "carriers": ["rooms"]})
        offers = Offers(quick, (), carriage.clock)
        readers = Readers(carriage.readers, section, {"rooms": "slack"}, USUAL, offers, lambda: woken.append("confirm"))
        routes = Rooms(readers, drawing, carriage.clock, "crier.example.org").routes
        async with (
            serve(Starlette(routes=routes)) as base,
            httpx.AsyncClient(base_url=base, trust_env=False, headers={"accept-language": "en"}) as client,
        ):
            page = (await client.get("/subscribe/room")).text
            token = re.search(r'name="token" value="([^"]+)"', page)
            assert token
            carriage.now += timedelta(seconds=5)
            answer = await client.post("/subscribe/room", data={"token": token[1], "room": room})
            assert (answer.status_code, woken) == (status, ["confirm"] * asked)
        found = await carriage.readers.found("rooms", room)
        assert (found is not None) == asked


@pytest.mark.parametrize(
    ("kind", "text", "room"),
    [
        ("matrix", " !news:riverbend.example ", "!news:riverbend.example"),
        ("matrix", "https://matrix.to/#/!news:riverbend.example?via=riverbend.example", "!news:riverbend.example"),
        ("matrix", "https://matrix.to/#/%21news%3Ariverbend.example", "!news:riverbend.example"),
        ("matrix", "#news:riverbend.example", None),
        ("matrix", "!news/../x", None),
        ("discord_bot", "https://discord.com/channels/112233445566778899/998877665544332211", "998877665544332211"),
        ("discord_bot", "998877665544332211", "998877665544332211"),
        ("discord_bot", "12/messages", None),
        ("slack", "https://riverbend.slack.com/archives/C0RIVERBEND", "C0RIVERBEND"),
        ("slack", "D0SOMEBODY", None),
    ],
)
def test_a_room_is_known_by_its_address_or_by_its_link(kind: str, text: str, room: str | None) -> None:
    assert room_of(kind, text) == room
