"""What channels over HTTP share: one exchange, one answer read, and the card's bytes."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from bot.model.edition import Edition
from bot.web import outcomes
from bot.web.sending import Sending

WITHOUT_PICTURE = "without the picture"
"""How a receipt begins that says in `sent` why the words went alone."""


def client(headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    """A client that follows no redirect, trusts no proxy of the environment, and waits half a minute at most."""
    return httpx.AsyncClient(
        timeout=httpx.Timeout(30, connect=10, pool=10),
        transport=Sending(),
        trust_env=False,
        follow_redirects=False,
        headers={"User-Agent": "Crier/0.1", **(headers or {})},
    )


async def exchange(
    channel: str, http: httpx.AsyncClient, method: str, url: str, *, idempotent: bool, **request: Any
) -> httpx.Response:
    """One request and whatever is answered. Raises Unavailable or Uncertain where no answer came."""
    try:
        return await http.request(method, url, **request)
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        raise outcomes.of_exception(channel, err, idempotent=idempotent) from err


def fields(response: httpx.Response) -> dict[str, Any]:
    """The JSON object that was answered; empty where it is none."""
    try:
        read = response.json()
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


async def card_of(edition: Edition, cards: Path) -> bytes | None:
    """The card's bytes; None where there is none or its file is gone."""
    if edition.card is None:
        return None
    try:
        return await asyncio.to_thread((cards / edition.card.file).read_bytes)
    except OSError:
        return None
