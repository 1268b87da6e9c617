"""The heap of a process that draws: what a picture took is given back, and not kept for the next one."""

import contextlib
import ctypes
from functools import cache

# Numbers of glibc's malloc.h.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_LARGE = 256 * 1024
_ARENAS = 2


@cache
def kept_small() -> None:
    """Called before the first drawing. Where the C library has no such switches, nothing happens.

    Left alone, glibc raises the size from which it gives memory back at once with each picture, and keeps a heap for
    each thread that ever drew: after thirty cards 20 MB that nobody uses.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, _ARENAS)
        library.mallopt(_MMAP_THRESHOLD, _LARGE)
