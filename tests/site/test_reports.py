"""What WhatsApp reports afterwards settles doubt, tells the desk of failures, and comes from WhatsApp alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk.reasons import worded
from bot.ledger import Ledger
from bot.model.channel import Findable
from bot.model.decision import Verb
from bot.model.delivery import Delivery, Receipt, State
from bot.model.returned import Reporting
from bot.work.outlet import Outlet
from bot.work.sweep import Sweep
from tests.channels.stages.stage import NOWHERE, opened
from tests.channels.stages.whatsapp import GIVEN
from tests.fakes.door import PUBLIC, Door, a_door
from tests.fakes.stories import planned_story
from tests.fakes.whatsapp import TOKEN, report, status

SECRET, WORD = "the app's own secret", "riverbend hears"
AT = 1_795_000_000
HEARD = datetime.fromtimestamp(AT, UTC)


@asynccontextmanager
async def whatsapps_door(
    ledger: Ledger, now: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> AsyncIterator[tuple[Door, Sweep]]:
    for name, value in {"WHATSAPP": TOKEN, "APP_SECRET": SECRET, "HOOK_WORD": WORD}.items():
        monkeypatch.setenv(f"CRIER_TEST_{name}", value)
    hears = {"app_secret": "env:CRIER_TEST_APP_SECRET", "hook_word": "env:CRIER_TEST_HOOK_WORD", **more}
    given = {**GIVEN, "api": NOWHERE, **hears}
    channel = opened(given, folder, begun=ledger.begun("main", lambda: now))
    assert isinstance(channel, Reporting)
    assert isinstance(channel, Findable)
    async with a_door(ledger, now, {}, folder, {"main": channel}) as door:
        yield door, Sweep(ledger, {"main": Outlet("main", channel, "lane")}, "alive", lambda: now)
    await channel.close()


async def left_uncertain(ledger: Ledger, now: datetime) -> Delivery:
    story = await planned_story(ledger, now, "main")
    claim = await ledger.claims.next(["main"], "worker", now, timedelta(minutes=1), lambda *_: None)
    assert claim is not None
    await ledger.claims.uncertain(claim, "no answer", now)
    return await only(ledger, story)


async def only(ledger: Ledger, story: int) -> Delivery:
    [row] = await ledger.deliveries.of_story(story)
    return row


async def post(door: Door, *statuses: dict[str, Any], secret: str = SECRET, to: str = "main") -> int:
    body, headers = report(secret, *statuses)
    answer = await door.client.post(f"/report/{to}", content=body, headers={**headers, "host": PUBLIC})
    return answer.status_code


async def test_a_message_whose_answer_was_lost_is_settled_by_what_whatsapp_reports(
    ledger: Ledger, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whatsapps_door(ledger, now, tmp_path, monkeypatch) as (door, sweep):
        row = await left_uncertain(ledger, now)
        assert await sweep.look() == 0
        assert await post(door, status(row.key, "wamid.1", "sent", AT)) == 200
        assert await sweep.look() == 1
        settled = await only(ledger, row.story)
        assert (settled.state, settled.receipt) == (
            State.SENT,
            Receipt("wamid.1", HEARD, None, "as WhatsApp reports"),
        )
        assert await door.told() == []


async def test_a_message_in_doubt_that_failed_has_failed_and_the_desk_hears_why(
    ledger: Ledger, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whatsapps_door(ledger, now, tmp_path, monkeypatch) as (door, sweep):
        row = await left_uncertain(ledger, now)
        failed = status(row.key, "wamid.1", "failed", AT, (131026, "Message undeliverable"))
        assert await post(door, status(row.key, "wamid.1", "sent", AT), failed) == 200
        assert await sweep.look() == 0
        done = await only(ledger, row.story)
        assert (done.state, done.reason) == (State.FAILED, "131026: Message undeliverable — details of 131026")
        [text] = await door.told()
        assert worded(text, "zh").startswith(f"#{row.story} → main：没有送达：131026")


async def test_a_message_that_counted_as_sent_keeps_its_receipt_with_the_failure_beside_it(
    ledger: Ledger, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whatsapps_door(ledger, now, tmp_path, monkeypatch) as (door, _):
        story = await planned_story(ledger, now, "main")
        claim = await ledger.claims.next(["main"], "worker", now, timedelta(minutes=1), lambda *_: None)
        assert claim is not None
        await ledger.claims.sent(claim, Receipt("wamid.1", now), now)
        read = status(claim.key, "wamid.1", "read", AT)
        failed = status(claim.key, "wamid.1", "failed", AT, (131047, "Re-engagement message"))
        for _ in range(2):
            assert await post(door, read, failed) == 200
        assert (await only(ledger, story)).state is State.SENT
        last = (await ledger.history.of_story(story))[-1]
        assert (last.verb, last.why) == (Verb.FAILED, "131047: Re-engagement message — details of 131047")
        assert len(await door.told()) == 1


async def test_what_means_no_message_of_ours_is_thanked_for_and_changes_nothing(
    ledger: Ledger, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whatsapps_door(ledger, now, tmp_path, monkeypatch) as (door, _):
        row = await left_uncertain(ledger, now)
        strange = [
            status("guessed", "wamid.1", "failed", AT),
            {"status": "failed"},
            {**status(row.key, "wamid.1", "failed", AT), "timestamp": "soon"},
            status(row.key, "wamid.1", "warning", AT),
        ]
        assert await post(door, *strange) == 200
        assert await post(door) == 200
        assert await only(ledger, row.story) == row
        assert await door.told() == []


async def test_nobody_but_whatsapp_is_let_in(
    ledger: Ledger, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whatsapps_door(ledger, now, tmp_path, monkeypatch) as (door, _):
        row = await left_uncertain(ledger, now)
        failed = status(row.key, "wamid.1", "failed", AT)
        assert await post(door, failed, secret="another") == 403
        assert await post(door, failed, to="elsewhere") == 404
        body, headers = report(SECRET, failed)
        assert (await door.client.post("/report/main", content=body + b" ", headers=headers)).status_code == 403
        assert (await door.client.post("/report/main", content=b" " * 3_000_001)).status_code == 413
        assert await only(ledger, row.story) == row
        answers = [await post(door, failed, secret="another") for _ in range(40)]
        assert answers[-1] == 429
        assert await post(door) == 200


@pytest.mark.parametrize(
    ("mode", "word", "expected"),
    [("subscribe", WORD, (200, "1158201444")), ("subscribe", "x", (403, "")), ("denied", WORD, (403, ""))],
)
async def test_the_challenge_is_answered_to_who_knows_the_word(
    ledger: Ledger, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    mode: str, word: str, expected: tuple[int, str],
) -> None:  # fmt: skip
    asked = {"hub.mode": mode, "hub.verify_token": word, "hub.challenge": "1158201444"}
    async with whatsapps_door(ledger, now, tmp_path, monkeypatch) as (door, _):
        answer = await door.client.get("/report/main", params=asked, headers={"host": PUBLIC})
        assert (answer.status_code, answer.text if answer.status_code == 200 else "") == expected


async def test_a_channel_that_hears_nothing_is_no_door(
    ledger: Ledger, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whatsapps_door(ledger, now, tmp_path, monkeypatch, app_secret=None, hook_word=None) as (door, _):
        assert await post(door) == 404
        assert (await door.client.get("/report/main")).status_code == 404
        unsure = replace(await left_uncertain(ledger, now))
        assert unsure.state is State.UNCERTAIN
