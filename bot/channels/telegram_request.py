"""How a bot's requests go out: aiohttp without httpx in between, with the errors that python-telegram-bot's own has."""

from typing import Any

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.web.sending import Direct, Times

_FORM = "application/x-www-form-urlencoded"


class TelegramRequest(BaseRequest):
    """What did not reach the server has one of httpx's NEVER_SENT as its cause; a POST is sent once."""

    __slots__ = ("_direct",)

    def __init__(self, connections: int) -> None:
        self._direct = Direct(connections)

    @property
    def read_timeout(self) -> float:
        """Seconds, where a call names none."""
        return 5.0

    async def initialize(self) -> None:
        """Connections open by themselves."""

    async def shutdown(self) -> None:
        """Let go of connections."""
        await self._direct.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. Raises NetworkError, TimedOut."""
        content_type, content = _body(request_data)
        times = Times(
            _seconds(pool_timeout, 1.0),
            _seconds(connect_timeout, 5.0),
            _seconds(write_timeout, 30.0 if request_data and request_data.contains_files else 5.0),
            _seconds(read_timeout, self.read_timeout),
        )
        headers = {"User-Agent": self.USER_AGENT, **({"Content-Type": content_type} if content_type else {})}
        try:
            return await self._direct.request(method, url, headers, content, times)
        except httpx.TimeoutException as err:
            raise TimedOut from err
        except httpx.HTTPError as err:
            raise NetworkError(f"{type(err).__name__}: {err}") from err


def _body(data: RequestData | None) -> tuple[str, bytes]:
    """Its type and bytes; a picture makes it a form of several parts."""
    if data is None:
        return "", b""
    if not data.contains_files:
        return _FORM, data.url_encoded_parameters().encode("ascii")
    form = httpx.Request("POST", "https://localhost/", data=data.json_parameters, files=data.multipart_data)
    return form.headers["content-type"], form.read()


def _seconds(given: Any, otherwise: float) -> float:
    return float(given) if isinstance(given, int | float) else otherwise
