"""Whether a file in a folder is whole: nobody writes to it, and it has stood still for a moment."""

import fcntl
import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

STILL = timedelta(milliseconds=300)
"""A copying program pauses between two pieces; it does not pause this long while the file is closed."""

Shape = tuple[int, int, int]
"""Inode, size and time of the last change: another one means another content."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it stood at an earlier look."""

    shape: Shape
    since: datetime


class Settling:
    """Remembers how files stood at the last look; a restart only looks at them twice again."""

    def __init__(self) -> None:
        self._seen: dict[Path, Seen] = {}

    def whole(self, file: Path, now: datetime) -> bool:
        """Whether the file may be read. Raises OSError where it is gone."""
        shape = shape_of(file)
        seen = self._seen.get(file)
        if seen is None or seen.shape != shape:
            self._seen[file] = Seen(shape, now)
            return False
        return now - seen.since >= STILL and not _written_to(file)

    def forget(self, but: Iterable[Path]) -> None:
        """Drop what is no longer there."""
        self._seen = {file: self._seen[file] for file in but if file in self._seen}


def shape_of(file: Path) -> Shape:
    """Raises OSError where it is gone."""
    stat = file.lstat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _written_to(file: Path) -> bool:
    """Ask the kernel: it grants a read lease only while nobody has the file open for writing.

    Where it cannot say (another owner, another kind of file system), standing still must do.
    """
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        # Should somebody open it in this very moment, the kernel's signal must be one that is ignored by default.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False
