"""A machine that can be killed, put to sleep, robbed of its disk's space and given a wrong clock."""

import asyncio
import contextlib
import os
import resource
import signal
import sys
from pathlib import Path

from tests.fakes.newsroom import ROOT, Newsroom

_READY = b"is at work"
_CLOCKS = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
"""Debian's libfaketime, where it is installed."""


def can_jump() -> bool:
    """Whether a machine's clock can be set."""
    return bool(_CLOCKS)


class Machine(Newsroom):
    """The real daemon; its log comes through a pipe, so that a full disk is the ledger's trouble alone."""

    listening: "asyncio.Task[None] | None" = None

    def twin(self, name: str) -> "Machine":
        """Another machine of the same newsroom."""
        other = self.another(name)
        assert isinstance(other, Machine)
        other.listening = None
        return other

    async def launch(self, *words: str) -> asyncio.subprocess.Process:
        """Start it; the clock goes right."""
        self.set_clock(0)
        env = {**os.environ, "COLUMNS": "200"}
        if _CLOCKS:
            env |= {
                "LD_PRELOAD": str(_CLOCKS[0]),
                "FAKETIME_TIMESTAMP_FILE": str(self._clock),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "main.py", "run", "--settings", str(self.settings), *words,
            cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self.listening = asyncio.create_task(self._listen(self.process))
        return self.process

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        with self.log.open("ab") as log:
            while heard := await process.stderr.read(65_536):
                log.write(heard)

    async def at_work(self, within: float) -> bool:
        """Whether it is within that time (seconds); not where it ended."""
        assert self.process is not None
        assert self.process.stdout is not None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while line := await self.process.stdout.readline():
                    if _READY in line:
                        return True
        return False

    @property
    def lives(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.returncode is None

    def give(self, what: signal.Signals) -> None:
        """Give the process a signal, if it is there still."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(what)

    async def _end(self, how: signal.Signals) -> int:
        self.give(signal.SIGCONT)
        status = await super()._end(how)
        if self.listening is not None:
            await self.listening
        return status

    def fill_disk(self) -> bool:
        """From now on no file grows; whether that could be done."""
        if self.process is None or self.process.returncode is not None:
            return False
        sizes = [file.stat().st_size for file in self.inbox.parent.glob("ledger.sqlite*")]
        return self._limit(max(sizes, default=0) + 1)

    def empty_disk(self) -> None:
        """They may grow again."""
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, length: int) -> bool:
        if self.process is None or self.process.returncode is not None:
            return False
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (length, resource.RLIM_INFINITY))
            return True
        return False

    def set_clock(self, seconds: int) -> None:
        """How far it goes ahead of the others, or behind."""
        self._clock.write_text(f"{seconds:+d}\n", encoding="utf-8")

    @property
    def _clock(self) -> Path:
        return self.folder / f"clock of {self.log.stem}"
