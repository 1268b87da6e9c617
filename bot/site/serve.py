"""Serve the page inside the daemon's own loop: uvicorn without its signal handlers."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette

from bot.errors import SettingsError

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - shown as an address that a browser can open


@contextlib.asynccontextmanager
async def serve(app: Starlette, host: str, port: int) -> AsyncIterator[str]:
    """Yield the page's address, such as http://127.0.0.1:8737/; port 0 picks a free one. Raises SettingsError."""
    with _listener(host, port) as listener:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", server_header=False, timeout_graceful_shutdown=1
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        ticking = asyncio.create_task(server.main_loop(), name="page")
        shown = _ANYWHERE.get(host, host)
        try:
            # Left before the server waits for its connections: the open event streams end with it.
            async with app.router.lifespan_context(app):
                yield f"http://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            await ticking
            await server.shutdown(sockets=[listener])


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as err:
        if err.errno in (errno.EADDRINUSE, errno.EACCES):
            remedy = "another program has it, or it is reserved: write another port, or 0 for any free one"
            raise SettingsError("house.site_port", port, remedy) from err
        remedy = f"write an address of this machine, such as 127.0.0.1 ({err.strerror})"
        raise SettingsError("house.site_host", host, remedy) from err
