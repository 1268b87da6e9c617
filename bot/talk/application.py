"""The bot as python-telegram-bot knows it: no proxy of the machine's, no queue of its own, no polling of its own."""

from typing import Any

from telegram.ext import Application
from telegram.request import HTTPXRequest

Bots = Application[Any, Any, Any, Any, Any, Any]


def application(token: str, api: str) -> Bots:
    """Opens nothing yet; `api` is the Bot API server's address."""
    direct = {"trust_env": False}
    return (
        Application.builder()
        .token(token)
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .request(HTTPXRequest(connection_pool_size=4, read_timeout=15, httpx_kwargs=direct))
        .get_updates_request(HTTPXRequest(connection_pool_size=1, httpx_kwargs=direct))
        .updater(None)
        .job_queue(None)
        .build()
    )


def number_of(token: str) -> int:
    """The bot's own number, which its token begins with; 0 where it does not."""
    number = token.partition(":")[0]
    return int(number) if number.isdecimal() else 0
