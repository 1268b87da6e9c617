"""One daemon a queue: a lock that the kernel lets go of, however the daemon ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from bot.errors import AlreadyRunning


@contextlib.contextmanager
def only_daemon(queue: Path) -> Iterator[None]:
    """Hold the queue's lock. Raises AlreadyRunning with the other one's process number."""
    file = queue / "daemon.lock"
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as err:
            other = os.read(handle, 32).decode(errors="replace").strip() or "unknown"
            raise AlreadyRunning(
                f"another Crier (process {other}) works on {queue}: stop it first, or set house.queue to another folder"
            ) from err
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)
