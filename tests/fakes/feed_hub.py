"""A WebSub hub's publishing end: it takes hub.mode=publish with the address of what has changed.

Follows: the convention that the hubs in use share; the recommendation leaves publishing to them. Does not model: the
subscribers' side.
"""

from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


class Hub:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.status = 204
        self.app = Starlette(routes=[Route("/", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if form.get("hub.mode") != "publish" or not form.get("hub.url", "").startswith("http"):
            return PlainTextResponse("hub.mode and hub.url are needed", status_code=400)
        if self.status == 204:
            self.told.append(form["hub.url"])
        return Response(status_code=self.status)
