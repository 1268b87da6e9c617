"""A reader's own pages, behind the link that is theirs alone: confirm, choose, pause, leave, see what is kept, forget.

Programs that look at mails follow links, so whatever is asked by GET or HEAD changes nothing: each change is a button,
and a POST. Leaving is also the one-click of RFC 8058: a POST from anywhere, with whatever in it; the answer is 200.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.model.subscriber import Form, Membership, Rhythm, Size, Subscriber
from bot.rules.flow import Flow
from bot.site import wishes
from bot.site.drawing import LANGUAGES, Drawing
from bot.site.inbound import later, read_body
from bot.site.ours import filled_in, foreign, sender
from bot.site.subscribe import LARGEST, MOST_FIELDS, Readers
from bot.site.words import preferred

log = structlog.get_logger(__name__)

PAGE = "the reader's own page"
"""Why somebody is in the state that they chose here."""
ONE_CLICK = "one click in a mail"
LOOKS, CHANGES, GUESSES, SPAN = 240, 60, 30, timedelta(minutes=1)
"""So many requests and changes a reader, and so many links that are none a sender, in that time."""
_HERE = (Membership.ACTIVE, Membership.PAUSED)
_GONE = (Membership.LEFT, Membership.BANNED)
_DONE = ("confirmed", "kept", "paused", "resumed")


class Own:
    """Everything under /s/ID.WORD."""

    def __init__(self, readers: Readers, drawing: Drawing, clock: Callable[[], datetime], public: str | None) -> None:
        self._readers, self._drawing, self._clock, self._public = readers, drawing, clock, public
        self._subscribers = readers.subscribers
        self._looks, self._changes, self._guesses = Flow(LOOKS, SPAN), Flow(CHANGES, SPAN), Flow(GUESSES, SPAN)

    @property
    def routes(self) -> list[Route]:
        """What the page adds to its own."""
        posts = {
            "": self.keep,
            "/confirm": self.confirm,
            "/pause": self.pause,
            "/resume": self.resume,
            "/leave": self.leave,
            "/forget": self.forget,
        }
        gets = {
            "": self.show,
            "/leave": self.ask_leave,
            "/forget": self.ask_forget,
            "/data": self.data,
            "/data.json": self.json,
        }
        return [
            *(Route(f"/s/{{link}}{path}", does, methods=["GET"]) for path, does in gets.items()),
            *(Route(f"/s/{{link}}{path}", does, methods=["POST"]) for path, does in posts.items()),
        ]

    async def show(self, request: Request) -> Response:
        """What they can do, by how they stand."""
        one = await self._whose(request)
        if isinstance(one, Response):
            return one
        done = request.query_params.get("done", "")
        return await self._page(request, one, done=done if done in _DONE else "")

    async def confirm(self, request: Request) -> Response:
        """They want it."""
        return await self._change(request, Membership.ASKED, "confirmed")

    async def pause(self, request: Request) -> Response:
        """Nothing comes until they go on."""
        return await self._change(request, Membership.ACTIVE, "paused")

    async def resume(self, request: Request) -> Response:
        """They go on."""
        return await self._change(request, Membership.PAUSED, "resumed")

    async def keep(self, request: Request) -> Response:
        """Keep what they have chosen; 422 with the page once more where something is wrong."""
        one, fields = await self._asked(request)
        if isinstance(one, Response):
            return one
        if one.state not in _HERE:
            return await self._page(request, one)
        wish = wishes.wish(fields, one, full=self._readers.settings.full)
        if wish.wrong:
            return await self._page(request, wish.one, wrong=wish.wrong, fields=fields, status=422)
        await self._subscribers.keep(wish.one, self._clock())
        return RedirectResponse(f"{_own(request)}?done=kept", status_code=303)

    async def ask_leave(self, request: Request) -> Response:
        """One button; looking leaves nobody out."""
        one = await self._whose(request)
        return one if isinstance(one, Response) else await self._page(request, one, view="leave")

    async def leave(self, request: Request) -> Response:
        """They go, by a button of ours or by their mail program's; who has gone already gets the same answer."""
        one = await self._whose(request)
        if isinstance(one, Response):
            return one
        await read_body(request, LARGEST)
        how = PAGE if request.headers.get("sec-fetch-site") == "same-origin" else ONE_CLICK
        if await self._subscribers.leave(one.id, how, self._clock()):
            log.info("a subscriber left", channel=one.channel, how=how)
        return await self._page(request, one, view="left")

    async def ask_forget(self, request: Request) -> Response:
        """The one question before everything is deleted."""
        one = await self._whose(request)
        return one if isinstance(one, Response) else await self._page(request, one, view="forget")

    async def forget(self, request: Request) -> Response:
        """Delete everything, and say so; the link is dead then."""
        one, _ = await self._asked(request)
        if isinstance(one, Response):
            return one
        if await self._subscribers.forget(one.id, self._clock()):
            log.info("a subscriber was forgotten", channel=one.channel)
        return await self._page(request, one, view="forgotten")

    async def data(self, request: Request) -> Response:
        """Everything that is kept of them."""
        one = await self._whose(request)
        if isinstance(one, Response):
            return one
        return await self._page(request, one, view="data", mine=await self._subscribers.mydata(one.id))

    async def json(self, request: Request) -> Response:
        """The same for machines, as a file."""
        one = await self._whose(request)
        if isinstance(one, Response):
            return one
        text = to_json(await self._subscribers.mydata(one.id), indent=2)
        headers = {"content-disposition": 'attachment; filename="my-data.json"', "x-robots-tag": "noindex"}
        return Response(text, media_type="application/json", headers=headers)

    async def _change(self, request: Request, needs: Membership, done: str) -> Response:
        """To the page by 303; who is in another state by now sees that."""
        one, _ = await self._asked(request)
        if isinstance(one, Response):
            return one
        if one.state is not needs:
            return _back(request)
        now = self._clock()
        match done:
            case "confirmed":
                await self._subscribers.confirm(one.id, request.path_params["link"].partition(".")[2], now)
            case "paused":
                await self._subscribers.pause(one.id, PAGE, now)
            case _:
                await self._subscribers.resume(one.id, PAGE, now)
        log.info("a subscriber's own page was used", channel=one.channel, done=done)
        return _back(request, done)

    async def _whose(self, request: Request) -> Subscriber | Response:
        """Whose link it is; a link of former days gets a kind word. Raises HTTPException 404 for any other."""
        link = request.path_params["link"]
        one, stale = await asyncio.gather(self._subscribers.checked(link), self._subscribers.stale(link))
        if one is not None:
            wait = self._looks.wait(str(one.id), self._clock())
            return later(wait, "too many requests at once") if wait else one
        if wait := self._guesses.wait(sender(request), self._clock()):
            return later(wait, "too many links that are none")
        if not stale:
            raise HTTPException(404)
        return self._drawing.draw(request, "own.html.j2", "", theirs=_browsers(request), status=410, view="stale",
                                  size="normal", robots="noindex")  # fmt: skip

    async def _asked(self, request: Request) -> tuple[Subscriber | Response, Mapping[str, str]]:
        """Whose link it is, and the fields of a form of ours."""
        one = await self._whose(request)
        if isinstance(one, Response):
            return one, {}
        if refused := foreign(request, self._public):
            return refused, {}
        if wait := self._changes.wait(str(one.id), self._clock()):
            return later(wait, "too many changes at once"), {}
        body = await read_body(request, LARGEST)
        if not body:
            return one, {}
        form = filled_in(request, body, MOST_FIELDS)
        return (form, {}) if isinstance(form, Response) else (one, form.fields)

    async def _page(
        self,
        request: Request,
        one: Subscriber,
        *,
        view: str = "",
        done: str = "",
        wrong: tuple[str, ...] = (),
        fields: Mapping[str, str] | None = None,
        status: int = 200,
        mine: object = None,
    ) -> Response:
        offered = await self._readers.offers.topics()
        topics = wishes.ticked(fields, "topic") if fields is not None else one.choices.topics
        stories = wishes.ticked(fields, "stories") if fields is not None else one.choices.languages
        gone = one.state in _GONE
        view = view or ("left" if gone else one.state.value)
        drawn = self._drawing.draw(
            request,
            "own.html.j2",
            "",
            theirs=_browsers(request) if gone else one.reading.language,
            status=status,
            view=view,
            one=one,
            own=_own(request),
            again=self._readers.by_mail is not None,
            size="normal" if gone else one.reading.size.value,
            done=done,
            wrong=wrong,
            fields=wishes.shown(one, fields),
            topics=frozenset(topics),
            offered=tuple(dict.fromkeys((*topics, *offered))),
            stories=stories,
            rhythms=list(Rhythm),
            forms=[form for form in Form if form is not Form.FULL or self._readers.settings.full],
            sizes=list(Size),
            zones=wishes.zones(),
            most_a_day=wishes.MOST_A_DAY,
            mine=mine,
        )
        drawn.headers["x-robots-tag"] = "noindex"
        return drawn


def _own(request: Request) -> str:
    """Their page, whatever part of it is asked for."""
    return f"/s/{request.path_params['link']}"


def _back(request: Request, done: str = "") -> Response:
    """To their page, in the language in which it was read."""
    asked = request.query_params.get("lang", "")
    said = [f"done={done}"] if done else []
    said += [f"lang={asked}"] if asked in LANGUAGES else []
    return RedirectResponse(f"{_own(request)}{'?' if said else ''}{'&'.join(said)}", status_code=303)


def _browsers(request: Request) -> str:
    return preferred(request.headers.get("accept-language", ""), LANGUAGES)
