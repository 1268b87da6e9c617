"""Watch: a file that appears in a watched folder wakes its source at once."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from watchfiles import awatch


async def watch(folders: Mapping[Path, str], wake: Callable[[str], None], stopping: asyncio.Event) -> None:
    """Call `wake(source)` whenever something changes in the source's folder, until `stopping`."""
    if not folders:
        return
    changes = awatch(*folders, stop_event=stopping, debounce=200, step=50, recursive=False, rust_timeout=1000)
    async for batch in changes:
        touched = {Path(path).parent for _, path in batch}
        for folder, source in folders.items():
            if folder in touched:
                wake(source)
