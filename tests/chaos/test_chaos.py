"""A short storm: machines are killed and stopped while platforms misbehave; the long one is `./run.sh chaos`."""

import logging
from pathlib import Path

import pytest

from tests.chaos.storm import Plan, storm
from tests.chaos.verdict import judge
from tests.fakes.bot_api import TOKEN
from tests.fakes.receiver import SECRET
from tests.fakes.slack import TOKEN as SLACK

SEED = 20261124
PEACE = 90
"""Seconds, at most: most of it is waiting times that platforms named."""
log = logging.getLogger(__name__)


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("BOT", TOKEN), ("SECRET", SECRET), ("SLACK", SLACK)):
        monkeypatch.setenv(f"CRIER_TEST_{name}", value)


def short(seconds: float, machines: int) -> Plan:
    # Nobody waits two minutes for a look-up here: the editor looks everywhere.
    return Plan(seconds, machines, every=0.7, long=False, by_looking=())


async def through(folder: Path, plan: Plan, url: str | None = None) -> None:
    async with storm(folder, plan, SEED, url=url) as one:
        await one.blow()
        await one.settle(PEACE)
        verdict = await judge(one)
        log.info("%s", verdict.table(f"machines: {plan.machines}"))
        assert verdict.wrong == []
        assert verdict.figures["kills"] >= plan.machines


async def test_a_machine_alone_loses_and_doubles_nothing(tmp_path: Path) -> None:
    await through(tmp_path, short(8, machines=1))


async def test_three_machines_together_lose_and_double_nothing(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRIER_TEST_LEDGER", postgres_url)
    await through(tmp_path, short(5, machines=3), postgres_url)
