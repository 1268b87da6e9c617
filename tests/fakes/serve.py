"""Serve an ASGI application on loopback, inside the test's own loop, at an address that the system picks."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from starlette.types import ASGIApp


@contextlib.asynccontextmanager
async def serve(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Yield the base address, such as http://127.0.0.1:40123; the server ends with the block."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    ticking = asyncio.create_task(server.main_loop())
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ticking.cancel()
        state = server.server_state
        for _ in range(20):  # a client that has just gone is noticed in a moment
            if not (state.connections or state.tasks):
                break
            await asyncio.sleep(0.001)
        if state.connections or state.tasks:
            await server.shutdown(sockets=[listener])
        else:  # shutdown would sleep a tenth of a second for nobody, after every test
            for one in server.servers:
                one.close()
        listener.close()
