"""A folder that a web server shows: whole files at every moment, and one writer at a time."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Nobody else on this machine changes what belongs to `name` meanwhile; makes the folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(path: Path, content: bytes) -> None:
    """Put the file there, on disk, or leave what was: no reader and no crash sees half of it. Raises OSError."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)  # noqa: PTH105 - atomic, and said so
    room = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(room)  # the name, too, must outlive a power cut
    finally:
        os.close(room)


def usable(folder: Path) -> str | None:
    """Why nothing can be written there; None where it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        return f"{folder} cannot be made: {err.strerror}"
    return None if os.access(folder, os.W_OK | os.X_OK) else f"make {folder} writable for the user who runs Crier"
