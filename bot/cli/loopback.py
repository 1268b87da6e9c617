"""The end of a walk through a platform's consent: what the browser brings back to this machine."""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

from bot.errors import Refused, SettingsError
from bot.model.token import Visit

PATH = "/connect"
_LONGEST = 16_384
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Crier 报信</title>'
    '<body style="font: 1.2rem/1.6 sans-serif; margin: 4rem"><p>{}</p></body></html>'
)
_DONE = "Go back to the terminal. You may close this page. 请回到终端，本页可以关闭了。"
_DENIED = "Nothing was connected; the terminal says why. 没有连接，原因见终端。"
_STRANGE = "This is not what Crier waits for. 这不是报信在等的回应。"


class Strange(Exception):
    """An answer that is none of ours."""


def code_in(address: str, visit: Visit, channel: str) -> str:
    """The code in the address that the browser was sent to. Raises Strange; Refused where the person said no."""
    given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    if not hmac.compare_digest(given.get("state", "").encode(), visit.state.encode()):
        raise Strange("it does not belong to this walk (its state is another): open the address above once more")
    if given.get("code"):
        return given["code"]
    why = given.get("error_description") or given.get("error_reason") or given.get("error") or "no code came back"
    raise Refused(channel, f"not connected: the platform says {why!r}", account=True)


class Receiver:
    """Listens on this machine alone until the browser comes."""

    def __init__(self) -> None:
        self.redirect = ""
        self._visit: asyncio.Future[tuple[Visit, str]] = asyncio.get_running_loop().create_future()
        self._code: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def code(self, visit: Visit, channel: str) -> str:
        """What the platform sent the person back with; a stranger's call is not taken. Raises Refused."""
        self._visit.set_result((visit, channel))
        return await self._code

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status, words = await self._answer(head.split(" ")[1] if head.startswith("GET ") else "")
            body = _PAGE.format(words).encode()
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
                "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        writer.close()

    async def _answer(self, target: str) -> tuple[str, str]:
        visit, channel = await self._visit
        if urlsplit(target).path != urlsplit(visit.redirect).path:
            return "404 Not Found", _STRANGE
        try:
            code = code_in(target, visit, channel)
        except Strange:
            return "400 Bad Request", _STRANGE
        except Refused as err:
            if not self._code.done():
                self._code.set_exception(err)
            return "200 OK", _DENIED
        if not self._code.done():
            self._code.set_result(code)
        return "200 OK", _DONE


@contextlib.asynccontextmanager
async def listening(port: int) -> AsyncIterator[Receiver]:
    """Wait for the browser; 0 picks a free port. Raises SettingsError where the port is taken."""
    receiver = Receiver()
    try:
        server = await asyncio.start_server(receiver.serve, "127.0.0.1", port, limit=_LONGEST)
    except OSError as err:
        raise SettingsError("--port", port, f"name another one ({err.strerror}), or use --paste") from err
    receiver.redirect = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
    try:
        yield receiver
    finally:
        server.close()
