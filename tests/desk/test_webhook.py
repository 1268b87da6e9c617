"""The desk whose updates Telegram brings: through the door, into the ledger, and carried out once."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.errors import SettingsError
from bot.model.delivery import State
from bot.settings import Desk
from bot.site.updates import LARGEST, PATH, ForDesk, Updates
from bot.talk.incoming import CHECK, LETTERS, Webhook
from tests.desk.conftest import Office, until
from tests.fakes.serve import serve
from tests.fakes.stories import planned_story

WORD = "the-word-that-only-telegram-knows"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@contextlib.asynccontextmanager
async def a_door(office: Office) -> AsyncIterator[Webhook]:
    """The house's door, open on loopback."""
    made = Webhook("", WORD)
    desk = ForDesk(WORD, LETTERS, made.knocked.set)
    async with serve(Starlette(routes=Updates(office.ledger, desk, lambda: office.now).routes)) as base:
        yield Webhook(f"{base}{PATH}", WORD, made.knocked)


async def listens(office: Office, webhook: Webhook) -> None:
    await office.bot(door=webhook).start()
    await until(lambda: office.api.webhook == webhook.address)


async def held(office: Office, story: int) -> bool:
    return (await office.ledger.deliveries.of_story(story))[0].state is State.HELD


async def test_what_telegram_brings_is_carried_out_and_answered(shut: Office) -> None:
    story = await planned_story(shut.ledger, shut.now, "telegram-zh")
    async with a_door(shut) as webhook:
        await listens(shut, webhook)
        shut.api.says(shut.chen, f"/hold {story} 数字待核实")
        await until(lambda: shut.told(501))
        assert await held(shut, story)
        assert [status for _, status in shut.api.brought] == [200]
        assert not any(method == "getUpdates" for method, _ in shut.api.calls)
        await shut.close()


async def test_what_was_written_before_the_desk_opened_is_brought_too(shut: Office) -> None:
    story = await planned_story(shut.ledger, shut.now, "telegram-zh")
    shut.api.says(shut.ana, f"/hold {story} wait")
    async with a_door(shut) as webhook:
        await listens(shut, webhook)
        await until(lambda: shut.told(502))
        assert await held(shut, story)
        await shut.close()


async def test_the_same_update_brought_twice_acts_once(shut: Office) -> None:
    async with a_door(shut) as webhook, httpx.AsyncClient(trust_env=False) as client:
        await listens(shut, webhook)
        update = shut.api.says(shut.chen, "/id")
        await until(lambda: shut.told(501))
        again = await client.post(webhook.address, json=update, headers={HEADER: WORD})
        shut.api.says(shut.chen, "/language zh")
        await until(lambda: len(shut.told(501)) == 2)
        assert again.status_code == 200
        assert sum("501" in said for said in shut.told(501)) == 1
        await shut.close()


async def test_what_was_kept_before_a_restart_is_carried_out_after_it(shut: Office) -> None:
    story = await planned_story(shut.ledger, shut.now, "telegram-zh")
    async with a_door(shut) as webhook, httpx.AsyncClient(trust_env=False) as client:
        update = shut.api.says(shut.chen, f"/hold {story} 等等")
        assert (await client.post(webhook.address, json=update, headers={HEADER: WORD})).status_code == 200
        shut.api.updates.clear()
        assert not await held(shut, story)
        await listens(shut, webhook)
        await until(lambda: shut.told(501))
        assert await held(shut, story)
        await shut.close()


async def test_polling_again_takes_the_webhook_away_and_loses_nothing(shut: Office) -> None:
    story = await planned_story(shut.ledger, shut.now, "telegram-zh")
    async with a_door(shut) as webhook, httpx.AsyncClient(trust_env=False) as client:
        await listens(shut, webhook)
        await shut.close()
        kept = shut.api.says(shut.chen, f"/hold {story} 等等")
        await until(lambda: not shut.api.updates)
        assert (await client.post(webhook.address, json=kept, headers={HEADER: WORD})).status_code == 200
        await shut.open()
        await until(lambda: shut.told(501))
        assert shut.api.webhook == ""
        assert await held(shut, story)


@pytest.mark.parametrize(
    ("word", "body", "status"),
    [
        ("", b'{"update_id": 1}', 404),
        ("another word", b'{"update_id": 1}', 404),
        (WORD, b"{", 400),
        (WORD, b"[]", 400),
        (WORD, b'{"update_id": "1"}', 400),
        (WORD, b" " * (LARGEST + 1), 413),
        (WORD, b'{"update_id": 1}', 200),
    ],
)
async def test_the_door_takes_only_updates_from_who_knows_the_word(
    shut: Office, word: str, body: bytes, status: int
) -> None:
    async with a_door(shut) as webhook, httpx.AsyncClient(trust_env=False) as client:
        answered = await client.post(webhook.address, content=body, headers={HEADER: word})
        kept = await shut.ledger.arrivals.waiting(LETTERS, shut.now)
    assert (answered.status_code, len(kept)) == (status, int(status == 200))


async def test_who_guesses_the_word_is_slowed_down(shut: Office) -> None:
    async with a_door(shut) as webhook, httpx.AsyncClient(trust_env=False) as client:
        answers = [(await client.post(webhook.address, headers={HEADER: str(n)})).status_code for n in range(31)]
    assert answers == [404] * 30 + [429]


async def test_an_update_that_cannot_be_read_keeps_nobody_else_waiting(shut: Office) -> None:
    async with a_door(shut) as webhook, httpx.AsyncClient(trust_env=False) as client:
        broken: dict[str, Any] = {"update_id": 7, "message": "words"}
        assert (await client.post(webhook.address, json=broken, headers={HEADER: WORD})).status_code == 200
        await listens(shut, webhook)
        shut.api.says(shut.chen, "/id")
        await until(lambda: shut.told(501))
        await shut.close()


async def test_a_webhook_that_another_program_took_away_is_set_again(shut: Office) -> None:
    async with a_door(shut) as webhook:
        await listens(shut, webhook)
        shut.api.says(shut.chen, "/id")
        await until(lambda: shut.told(501))
        address, shut.api.webhook = shut.api.webhook, ""
        shut.now += CHECK
        webhook.knocked.set()
        await until(lambda: shut.api.webhook == address)
        await shut.close()


def test_a_webhook_needs_an_address_that_the_world_can_reach() -> None:
    desk = Desk.model_validate({"token": "env:CRIER_TEST_DESK", "webhook": True})
    with pytest.raises(SettingsError, match="public_url"):
        Webhook.of(desk, None, PATH)
    made = Webhook.of(desk, "https://crier.example.org/", PATH)
    assert made is not None
    assert made.address == "https://crier.example.org/in/desk/telegram"
    assert Webhook.of(Desk.model_validate({"token": "env:CRIER_TEST_DESK"}), None, PATH) is None
