"""The way to each reader, and what a newsroom's settings make of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.app import Premises, opened
from bot.errors import Left, SettingsError, Uncertain
from bot.ledger import Ledger
from bot.model.channel import Carrier, Pace, Scope
from bot.model.delivery import Act, Receipt
from bot.model.subscriber import Address, Addressee, Choices, Consent, Counts, Reading, Timing
from bot.rules.pacing import Rhythm, Sent
from bot.work.outlet import Outlet
from bot.work.outlets import Outlets
from bot.work.sweep import Sweep
from tests.fakes.carried import LANE, Carrying, Readership
from tests.fakes.scripted import FACTS, Scripted
from tests.fakes.stories import article, edition

SECOND = timedelta(seconds=1)
SETTINGS = """
newsroom: {{name: 河湾日报, zone: Asia/Shanghai}}
rehearse: true
sources:
  inbox: {{kind: inbox, folder: inbox}}
channels:
  main: {{kind: telegram, token: "env:CRIER_TEST_BOT", chat: "@riverbend"}}
  readers: {{kind: {kind}}}
routes:
  - channels: [main]
subscribers: {{key: "env:CRIER_TEST_KEY", carriers: [readers]}}
"""


async def _nobody(number: int, act: Act) -> Addressee | None:
    del number, act
    return None


def outlets() -> Outlets:
    carrier = Outlet("letters", Carrying("letters"), LANE)
    return Outlets({"main": Outlet("main", Scripted("main"), "lane")}, {"letters": carrier}, _nobody)


def test_it_lists_the_newsrooms_own_and_knows_the_way_to_every_reader() -> None:
    found = outlets()
    assert (list(found), list(found.doors)) == (["main"], ["main", "letters"])
    assert (found["letters~17"].name, found["letters~17"].lane) == ("letters~17", LANE)
    assert "letters" in found
    assert "others~17" not in found
    assert "others" not in found


async def test_who_is_no_reader_any_more_is_not_written_to() -> None:
    way = outlets()["letters~17"].channel
    with pytest.raises(Left):
        await way.send(edition(1, "letters~17"), "key")


def test_each_reader_has_a_pace_of_their_own_and_all_share_the_accounts(now: datetime) -> None:
    paces = {"letters": (Pace(1, SECOND), Pace(3, SECOND, Scope.ACCOUNT)), "main": (Pace(3, SECOND, Scope.ACCOUNT),)}
    rhythm = Rhythm(paces, carriers={"letters"})
    rhythm.sent(Sent("letters~1", now))
    assert rhythm.shut(now).channels == {"letters~1": now + SECOND}
    rhythm.sent(Sent("letters~2", now))
    rhythm.sent(Sent("main", now))
    assert rhythm.shut(now).lane == now + SECOND


async def test_a_reader_hears_no_faster_than_a_chat_may(ledger: Ledger, now: datetime, tmp_path: Path) -> None:
    paced = replace(FACTS, pace=(Pace(1, SECOND), Pace(2, SECOND, Scope.ACCOUNT)))
    room = Readership(ledger, now, tmp_path, facts=paced)
    await room.readers(5)
    story = await room.publish(article())
    await room.fan_out()
    sent = []
    while (wait := await room.dispatch.drain(LANE)) is not None:
        room.now += wait
        sent.append(len(room.got))
    [(_, counts)] = await ledger.fanouts.why(story)
    assert (counts, sent) == (Counts(sent=5), [2, 4, 5])


async def test_what_may_be_out_is_looked_for_where_the_carrier_can(
    ledger: Ledger, now: datetime, tmp_path: Path
) -> None:
    class Finding(Carrying):
        def at(self, addressee: Addressee) -> "Finding":
            made = Finding(addressee.channel, facts=self.facts)
            made.script, made.posted = self.script, self.posted
            return made

        async def find(self, made: object, key: str, since: datetime) -> Receipt | None:
            del made, since
            return Receipt(f"found {key}", datetime(2026, 11, 24, 8, tzinfo=UTC))

    room = Readership(ledger, now, tmp_path)
    room.letters = Finding("letters", Uncertain("letters", "no answer"), facts=replace(FACTS, card=None))
    room.open()
    await room.readers(1)
    story = await room.publish(article())
    await room.fan_out()
    await room.drain()
    assert await Sweep(ledger, room.outlets, "w", room.clock).look() == 1
    [(_, counts)] = await ledger.fanouts.why(story)
    assert counts == Counts(sent=1)


def premises(folder: Path, kind: str) -> Premises:
    file = folder / "settings.yaml"
    file.write_text(SETTINGS.format(kind=kind), encoding="utf-8")
    return Premises.of(file)


async def test_a_channel_that_carries_to_nobody_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", "1:x")
    monkeypatch.setenv("CRIER_TEST_KEY", Fernet.generate_key().decode())
    house = premises(tmp_path, "mastodon, server: https://social.example.org, token: env:CRIER_TEST_BOT")
    with pytest.raises(SettingsError, match=r"subscribers\.carriers.*these kinds do: .*telegram"):
        async with opened(house):
            pass


async def test_in_rehearsal_nothing_leaves_for_readers_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRIER_TEST_BOT", "1:x")
    monkeypatch.setenv("CRIER_TEST_KEY", Fernet.generate_key().decode())
    async with opened(premises(tmp_path, "telegram, token: env:CRIER_TEST_BOT")) as house:
        readers = house.premises.subscribers(house.ledger)
        assert readers is not None
        now = house.clock()
        one = await readers.ask(
            "readers", Address("4711"), Choices(), Timing(), Reading(), Consent("/start", now), now, proved=True
        )
        assert isinstance(house.outlets.carriers["readers"].channel, Carrier)
        receipt = await house.outlets[one.channel].channel.send(edition(1, one.channel), "key")
        assert receipt.platform_id == "key"
        written = (tmp_path / "queue" / "rehearsal").rglob("*.json")
        assert ["4711" in file.read_text(encoding="utf-8") for file in written] == [False]
