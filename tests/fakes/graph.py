"""What the doubles of Meta's platforms share: the token in its header, errors in the body, faults, debug_token."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.fakes.faults import Fault, Faults

Handler = Callable[[Request], Awaitable[Response]]


class Wrong(Exception):
    def __init__(self, code: int, message: str, subcode: int = 0, status: int = 400, **headers: str) -> None:
        self.code, self.message, self.subcode, self.status, self.headers = code, message, subcode, status, headers


class GraphApi:
    """One token; the paths are a subclass's."""

    def __init__(self, token: str, scopes: tuple[str, ...]) -> None:
        self.token, self.scopes = token, list(scopes)
        self.expires_at = self.issued_at = 0
        self.asked: list[str] = []
        """Every request, such as "POST /v25.0/1/feed"."""
        self.refuses: Wrong | None = None
        """Answer to every request that posts."""
        self.refuses_pictures: Wrong | None = None
        self.faults = Faults()

    def answer(self, handler: Handler) -> Handler:
        async def answered(request: Request) -> Response:
            self.asked.append(f"{request.method} {request.url.path}")
            try:
                if request.headers.get("authorization") != f"Bearer {self.token}":
                    raise Wrong(190, "Invalid OAuth access token - Cannot parse access token", status=401)
                if "access_token" in request.query_params:
                    raise AssertionError("an address must not hold the token")
                return await handler(request)
            except Wrong as wrong:
                error = {"message": wrong.message, "type": "OAuthException", "code": wrong.code, "fbtrace_id": "A1"}
                if wrong.subcode:
                    error["error_subcode"] = wrong.subcode
                named = {name.replace("_", "-"): value for name, value in wrong.headers.items()}
                return JSONResponse({"error": error}, wrong.status, headers=named)

        return answered

    def posting(self, handler: Callable[[Request], Awaitable[dict[str, Any]]]) -> Handler:
        """A request that makes something public: the faults are spent here."""

        async def answered(request: Request) -> Response:
            fault = self.faults.take()
            match fault:
                case Fault.HANG:
                    return await self.faults.hang()
                case Fault.REFUSE:
                    raise Wrong(100, "Invalid parameter")
                case Fault.UNAVAILABLE:
                    raise Wrong(2, "An unexpected error has occurred. Please retry your request later.", status=503)
                case Fault.THROTTLE:
                    usage = '{"1":[{"type":"pages","call_count":100,"estimated_time_to_regain_access":7}]}'
                    raise Wrong(32, "Page request limit reached", status=403, x_business_use_case_usage=usage)
            if self.refuses:
                raise self.refuses
            said = await handler(request)
            if fault:
                return await self.faults.after(fault, request)
            await asyncio.sleep(self.faults.slow)
            return JSONResponse(said)

        return self.answer(answered)

    def takes(self, token: str) -> None:
        """This one alone from now on."""
        self.token = token

    async def inspect(self, request: Request) -> Response:
        if request.query_params["input_token"] != self.token:
            raise Wrong(190, "The access token could not be decrypted")
        told = {"type": "PAGE", "is_valid": True, "scopes": self.scopes, "expires_at": self.expires_at}
        told["issued_at"] = self.issued_at
        return JSONResponse({"data": told})
