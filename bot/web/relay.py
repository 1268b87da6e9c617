"""One exchange over a websocket: words out, and the answers until one of them is the one that was waited for."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp

from bot.errors import DeliveryError, Unavailable, Uncertain

_LARGEST = 1_000_000


async def exchange(
    channel: str, url: str, said: str, wanted: Callable[[str], list[Any] | None], within: timedelta
) -> list[Any]:
    """The first answer that `wanted` makes something of. Raises Unavailable where nothing was said, else Uncertain."""
    heard: DeliveryError = Unavailable(channel, "not sent: no connection within the time")
    try:
        async with (
            asyncio.timeout(within.total_seconds()),
            aiohttp.ClientSession(trust_env=False) as session,
            session.ws_connect(url, max_msg_size=_LARGEST, autoping=True) as socket,
        ):
            heard = Uncertain(channel, "no answer within the time")
            await socket.send_str(said)
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT and (answer := wanted(message.data)):
                    return answer
            raise Uncertain(channel, "closed without an answer")
    except TimeoutError as err:
        raise heard from err
    except (aiohttp.ClientError, OSError, ValueError) as err:
        kind = type(heard)
        words = f"{type(err).__name__}: {err}"
        raise kind(channel, f"not sent: {words}" if kind is Unavailable else words) from err
