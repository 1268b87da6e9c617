"""Clockwork: the timetable. It ticks; what is due, the ledger knows."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = structlog.get_logger(__name__)

Job = Callable[[], Awaitable[object]]


class Clockwork:
    """Calls each job at its interval; a job that is still running is not called again."""

    def __init__(self, timetable: Mapping[str, tuple[timedelta, Job]]) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        for name, (every, job) in timetable.items():
            self._scheduler.add_job(
                _guarded(name, job),
                "interval",
                seconds=every.total_seconds(),
                id=name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )

    def start(self) -> None:
        """Begin to tick; needs a running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        self._scheduler.shutdown(wait=False)


def _guarded(name: str, job: Job) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        try:
            await job()
        except Exception:
            log.exception("tick failed", job=name)

    return run
