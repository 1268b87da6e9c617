"""X's v2 interface on loopback, for one account of one application.

Follows: xdevplatform's OpenAPI and documentation of August 2026: OAuth 1.0a signatures (recomputed here by RFC 5849,
without our library) or a bearer token, bodies without unknown fields, weighted length, media uploaded before they are
posted, alt text of 1000 characters, edits for 30 minutes with a number of their own, deletion of a whole history, equal
words refused, addresses shortened in what comes back, one cashtag, problems as JSON, 429 with seconds since 1970.
OAuth 2.0 is that of consent.py. Does not model: prices, who may answer whom, how long words are remembered.
"""

import asyncio
import base64
import hashlib
import hmac
import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.consent import Authority
from tests.fakes.faults import Fault, Faults
from tests.fakes.parts import parts

KEY, KEY_SECRET = "rivKey0fNobody", "rivKeySecret0fNobody"
TOKEN, TOKEN_SECRET = "700-rivToken0fNobody", "rivTokenSecret0fNobody"
BEARER = "rivBearer0fNobody"
_FIELDS = {"text", "media", "reply", "edit_options", "made_with_ai", "reply_settings"}
_ADDRESS = re.compile(r"https?://[\w.-]+(?:/[\w./?=&%#-]*)?", re.ASCII)
_LIGHT = re.compile("[\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")


class Wrong(Exception):
    def __init__(self, status: int, detail: str, kind: str = "about:blank", **headers: str) -> None:
        self.status, self.detail, self.kind, self.headers = status, detail, kind, headers


@dataclass
class Tweet:
    id: str
    text: str
    at: datetime
    body: dict[str, Any]
    history: list[str]
    media: list[str] = field(default_factory=list)


class X:
    def __init__(self, now: datetime) -> None:
        self.now = now
        self.tweets: list[Tweet] = []
        """Every version of every post that is out, in order."""
        self.media: dict[str, str] = {}
        """Number → alt text, "" before it has one."""
        self.asked: list[str] = []
        self.called: list[str] = []
        """Names that a post has called."""
        self.faults = Faults()
        self.level, self.token, self.bearer = "read-write", TOKEN, BEARER
        scopes = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
        self.oauth = Authority(self._takes, scopes, pkce=True, basic=True, refreshes=True, rotates=True)
        self.refuses: Wrong | None = None
        """Answer to every request that posts."""
        self.refuses_pictures: Wrong | None = None
        self.lists = True
        """Whether the account's list shows what is out."""
        self._last = 0
        self.app = Starlette(
            routes=[
                Route("/i/oauth2/authorize", self.oauth.consent),
                Route("/2/oauth2/token", self.oauth.token, methods=["POST"]),
                Route("/2/tweets", self._answer(self._create), methods=["POST"]),
                Route("/2/tweets/{id}", self._answer(self._delete), methods=["DELETE"]),
                Route("/2/tweets/{id}", self._answer(self._show)),
                Route("/2/users/me", self._answer(self._me)),
                Route("/2/users/700/tweets", self._answer(self._list)),
                Route("/2/media/upload", self._answer(self._upload), methods=["POST"]),
                Route("/2/media/metadata", self._answer(self._describe), methods=["POST"]),
            ]
        )

    def _takes(self, bearer: str) -> None:
        self.bearer = bearer

    @property
    def out(self) -> list[Tweet]:
        """The newest version of each post."""
        return [one for one in self.tweets if self._newest(one) is one]

    def _newest(self, tweet: Tweet) -> Tweet:
        return next(one for one in reversed(self.tweets) if one.history[0] == tweet.history[0])

    def _answer(self, handler: Any) -> Any:
        async def answer(request: Request) -> Response:
            self.asked.append(f"{request.method} {request.url.path}")
            try:
                self._let_in(request)
                answered: Response = await handler(request)
            except Wrong as wrong:
                titles = {401: "Unauthorized", 402: "CreditsDepleted", 403: "Forbidden", 429: "Too Many Requests"}
                said = {"title": titles.get(wrong.status, "Invalid Request"), "detail": wrong.detail}
                named = {name.replace("_", "-"): value for name, value in wrong.headers.items()}
                return JSONResponse({**said, "type": wrong.kind, "status": wrong.status}, wrong.status, headers=named)
            if request.headers["authorization"].startswith("OAuth "):
                answered.headers["x-access-level"] = self.level
            return answered

        return answer

    def _let_in(self, request: Request) -> None:
        given = request.headers.get("authorization", "")
        if given == f"Bearer {self.bearer}":
            return
        fields = {unquote(name): unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', given)}
        said = fields.pop("oauth_signature", "")
        url = str(request.url).partition("?")[0]
        query = dict(parse_qsl(request.url.query))
        right = signature(request.method, url, {**query, **fields}, KEY_SECRET, TOKEN_SECRET)
        known = (fields.get("oauth_consumer_key"), fields.get("oauth_token")) == (KEY, self.token)
        fresh = abs(int(fields.get("oauth_timestamp", 0)) - self.now.timestamp()) < 300
        if not (known and fresh and hmac.compare_digest(said, right)):
            raise Wrong(401, "Unauthorized")

    async def _create(self, request: Request) -> Response:
        fault = self.faults.take()
        match fault:
            case Fault.HANG:
                return await self.faults.hang()
            case Fault.REFUSE:
                raise Wrong(400, "One or more parameters to your request was invalid.")
            case Fault.UNAVAILABLE:
                raise Wrong(503, "Service Unavailable")
            case Fault.THROTTLE:
                reset = str(int(self.now.timestamp()) + 7)
                raise Wrong(429, "Too Many Requests", x_rate_limit_reset=reset, x_rate_limit_remaining="0")
        tweet = self._take(await request.json())
        if fault:
            return await self.faults.after(fault, request)
        await asyncio.sleep(self.faults.slow)
        return JSONResponse({"data": {"id": tweet.id, "text": tweet.text}}, 201)

    def _take(self, body: dict[str, Any]) -> Tweet:
        if self.refuses:
            raise self.refuses
        if self.level == "read":
            raise Wrong(403, "Your client app is not configured with the appropriate oauth1 app permissions for this "
                        "endpoint.", "https://api.twitter.com/2/problems/oauth1-permissions")  # fmt: skip
        text, media = body.get("text", ""), body.get("media", {}).get("media_ids", [])
        if body.keys() - _FIELDS or not (text or media) or any(one not in self.media for one in media):
            raise Wrong(400, "One or more parameters to your request was invalid.")
        if weighted(text) > 280 or len(re.findall(r"(?<!\S)[$＄][A-Za-z]{1,6}\b", text)) > 1:
            raise Wrong(403, "You are not permitted to perform this action.")
        above = body.get("reply", {}).get("in_reply_to_tweet_id")
        if above and not any(one.id == above for one in self.tweets):
            raise Wrong(403, "You attempted to reply to a Tweet that is deleted or not visible to you.")
        before = self._before(body)
        if any(one.text == text for one in self.out):
            raise Wrong(403, "You are not allowed to create a Tweet with duplicate content.")
        self.called += re.findall(r"(?<![\w@＠])[@＠](\w+)", text, re.ASCII)
        self._last += 1
        number = str(1_990_000_000_000_000_000 + self._last)
        tweet = Tweet(number, text, self.now, body, [*before, number], media)
        self.tweets.append(tweet)
        return tweet

    def _before(self, body: dict[str, Any]) -> list[str]:
        if "edit_options" not in body:
            return []
        edited = self._find(body["edit_options"]["previous_post_id"])
        first = self._find(edited.history[0])
        if self._newest(edited) is not edited or self.now - first.at > timedelta(minutes=30) or len(edited.history) > 5:
            raise Wrong(403, "You are not permitted to perform this action.")
        return edited.history

    def _find(self, number: str) -> Tweet:
        for one in self.tweets:
            if one.id == number:
                return one
        raise Wrong(
            404, f"Could not find tweet with id: [{number}].", "https://api.x.com/2/problems/resource-not-found"
        )

    async def _delete(self, request: Request) -> Response:
        first = self._find(request.path_params["id"]).history[0]
        self.tweets = [one for one in self.tweets if one.history[0] != first]
        return JSONResponse({"data": {"deleted": True}})

    async def _show(self, request: Request) -> Response:
        tweet = self._find(request.path_params["id"])
        return JSONResponse({"data": {**_shown(tweet), "edit_history_tweet_ids": self._newest(tweet).history}})

    async def _me(self, request: Request) -> Response:
        return JSONResponse({"data": {"id": "700", "name": "河湾日报", "username": "riverbend_daily"}})

    async def _list(self, request: Request) -> Response:
        given = request.query_params
        most, after = int(given["max_results"]), int(given.get("pagination_token", 0))
        since = datetime.fromisoformat(given.get("start_time", "2010-11-06T00:00:00Z"))
        if not 5 <= most <= 100:
            raise Wrong(400, "The `max_results` query parameter value is not between 5 and 100")
        found = [_shown(one) for one in reversed(self.out) if one.at >= since] if self.lists else []
        page = found[after : after + most]
        meta: dict[str, Any] = {"result_count": len(page)}
        if len(found) > after + most:
            meta["next_token"] = str(after + most)
        return JSONResponse({"data": page, "meta": meta} if page else {"meta": meta})

    async def _upload(self, request: Request) -> Response:
        if self.refuses_pictures:
            raise self.refuses_pictures
        form = await parts(request)
        content = form["media"].content
        if form["media_category"].text != "tweet_image" or not content or len(content) > 5 * 1024 * 1024:
            raise Wrong(400, "One or more parameters to your request was invalid.")
        number = str(1_880_000_000_000_000_000 + len(self.media))
        self.media[number] = ""
        return JSONResponse({"data": {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86_400}})

    async def _describe(self, request: Request) -> Response:
        body = await request.json()
        text = body["metadata"]["alt_text"]["text"]
        if len(text) > 1000 or body["id"] not in self.media:
            raise Wrong(400, "One or more parameters to your request was invalid.")
        self.media[body["id"]] = text
        return JSONResponse({"data": {"id": body["id"]}})


def _shown(tweet: Tweet) -> dict[str, Any]:
    """As X gives it back: addresses shortened, the picture's own behind the words, three signs escaped."""
    urls = [{"url": f"https://t.co/{number}", "expanded_url": one}
            for number, one in enumerate(_ADDRESS.findall(tweet.text))]  # fmt: skip
    text = html.escape(tweet.text, quote=False)
    for one in urls:
        text = text.replace(html.escape(one["expanded_url"], quote=False), one["url"])
    for picture in tweet.media:
        own = {"url": "https://t.co/picture", "expanded_url": f"https://x.com/700/status/{tweet.id}/photo/1"}
        urls.append({**own, "media_key": f"3_{picture}"})
        text += f" {own['url']}"
    at = tweet.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"id": tweet.id, "text": text, "created_at": at, "entities": {"urls": urls}}


def weighted(text: str) -> int:
    """twitter-text 3, for words without emoji."""
    short = _ADDRESS.sub("x" * 23, text)
    return sum(1 if _LIGHT.match(one) else 2 for one in short)


def signature(method: str, url: str, parameters: dict[str, str], key_secret: str, token_secret: str) -> str:
    """HMAC-SHA1 over method, address and sorted parameters (RFC 5849, 3.4)."""
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in parameters.items())
    base = "&".join(quote(part, safe="~") for part in (method, url, "&".join("=".join(pair) for pair in pairs)))
    key = f"{quote(key_secret, safe='~')}&{quote(token_secret, safe='~')}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()
