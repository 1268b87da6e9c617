"""X: one account, through the v2 interface; each request is paid for, a post with an address in it most of all.

Sources: xdevplatform's documentation and OpenAPI of August 2026 (posting, editing, media, limits, prices, what
self-serve applications may not do); answers seen in public issue threads of 2023 to 2026.

    what comes back                                    what it means
    401; 402 (no credits)                              Refused, the account
    403 oauth1-permissions, client-forbidden,          Refused, the account
      suspended, locked; 429 usage-capped
    403 "duplicate content"                            these words are out: their post is looked for, and is the receipt
    403 "deleted or not visible", to an answer         the answer stands by itself
    404 to a deletion                                  it is gone already: success
    400, 403, 413 to a picture                         the words go alone, and the receipt says so
    429                                                Unavailable until x-rate-limit-reset, seconds since 1970; each
                                                         call has its own limit, so deletions still pass
    503                                                Unavailable
    500, 502, 504, a lost or broken answer             Uncertain; Unavailable where a repeat does no harm
    anything else                                      Refused, this post

X knows no key. A lost answer is settled by the account's own posts; that one is not among them yet proves nothing.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal, Self

import httpx
from pydantic import Field, model_validator

from bot.channels import wire
from bot.channels.connected import ConnectedSettings, token_of
from bot.channels.kind import Doors
from bot.channels.oauth import Application, Authority, Consent
from bot.channels.signing import Signed
from bot.channels.tokens import Bearer
from bot.channels.tweets import bare, plain, wait
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Long, Pace, Scope
from bot.model.delivery import Act, Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import Secret
from bot.settings.scalars import Address
from bot.web import outcomes

FILE, ALT = 5 * 1024 * 1024, 1000
SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
_MONTH = timedelta(days=31)
_ACCOUNT = ("oauth1-permissions", "client-forbidden", "suspended", "locked", "usage-capped")
_DUPLICATE, _GONE = "duplicate content", "deleted or not visible"
_SKEW = timedelta(minutes=5)
_PAGES, _PAGE, _LATEST = 5, 100, 20


class XSettings(ConnectedSettings):
    """The account's keys, and what it may do and spend."""

    kind: Literal["x"]
    token: Secret | None = Field(None, description="The account's access token, as env:NAME or file:PATH.")
    token_secret: Secret | None = Field(None, description="Its secret (OAuth 1.0a); such a token does not die by age.")
    api_key: Secret | None = Field(None, description="The application's API key (OAuth 1.0a).")
    api_secret: Secret | None = Field(None, description="The application's API key secret (OAuth 1.0a).")
    budget: int | None = Field(
        None,
        ge=1,
        description="Most posts and edits in any 31 days, each is paid for; what is over waits. Deletions pass.",
    )
    limit: int = Field(280, ge=280, le=25_000, description="Weighted characters; more than 280 is for X Premium.")
    edits: bool = Field(False, description="The account may edit (X Premium): 30 minutes, five times, each paid for.")
    card: bool = Field(True, description="Attach the share card; without it X draws the link's preview.")
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")
    api: Address = Field("https://api.x.com", description="Another address, for tests.")
    login: Address = Field("https://x.com", description="Another address of the consent, for tests.")

    public: ClassVar[bool] = True

    @model_validator(mode="after")
    def _all_keys_or_none(self) -> Self:
        given = (self.token_secret, self.api_key, self.api_secret)
        if any(given) and not (all(given) and self.token):
            raise ValueError("write token, token_secret, api_key and api_secret together (OAuth 1.0a), or app (2.0)")
        return self


def facts(settings: XSettings) -> Facts:
    """Any address counts 23, a Chinese character 2; the budget is a pace like the platform's own."""
    budget = settings.budget
    paid = (Pace(budget, _MONTH, Scope.ACCOUNT, spares=frozenset({Act.DELETE})),) if budget else ()
    return Facts(
        kind="x",
        template="x.social.j2",
        markup=Markup.SOCIAL,
        limit=settings.limit,
        unit=Unit.WEIGHTED,
        card=CardSize(most_bytes=FILE, alt=ALT) if settings.card else None,
        link=LinkStyle.BARE,
        hashtags=2,
        preview=not settings.card,
        pace=(
            Pace(100, timedelta(minutes=15), Scope.ACCOUNT),
            Pace(300, timedelta(hours=3), Scope.ACCOUNT),
            *paid,
        ),
        editable=settings.edits,
        long=settings.long,
        send_within=timedelta(seconds=150),
    )


class Duplicate(Refused):
    """These words are out already; this request posted nothing."""


class X:
    """One account."""

    def __init__(self, name: str, settings: XSettings, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._doors = settings, doors
        self._clock: Callable[[], datetime] = doors.clock
        self._api = f"{settings.api.rstrip('/')}/2"
        self._me = ""
        self._uploaded: dict[str, str] = {}
        """Pictures that wait for their post, by key: a repeat need not pay again."""
        login = f"{settings.login.rstrip('/')}/i/oauth2/authorize"
        authority = Authority(login, f"{self._api}/oauth2/token", SCOPES, pkce=True, basic=True)
        application = Application(name, settings.app, settings.secret, doors.clock)
        self.token = token_of(name, settings, doors, Consent(application, authority))
        self._http = wire.client()
        self._http.auth = Bearer(self.token)
        if settings.token and settings.api_key and settings.api_secret and settings.token_secret:
            key, key_secret, token = settings.api_key.reveal(), settings.api_secret.reveal(), settings.token.reveal()
            self._http.auth = Signed(key, key_secret, token, settings.token_secret.reveal(), doors.clock)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post words and card; where X says that these words are out, the post that has them is the receipt."""
        return await self._post(edition, key, {})

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer; should the post above be gone, it stands by itself."""
        try:
            return await self._post(edition, key, {"reply": {"in_reply_to_tweet_id": to.platform_id}})
        except Refused as err:
            if _GONE not in err.why:
                raise
            return await self._post(edition, key, {})

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it, with whatever it was before it was edited; one that is gone already is a success."""
        del key
        response = await self._ask("DELETE", f"tweets/{receipt.platform_id}", idempotent=True)
        if response.status_code != httpx.codes.NOT_FOUND:
            self._told(response, idempotent=True)
        return Receipt(receipt.platform_id, self._clock(), receipt.permalink, "deleted")

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through the account's own posts. The list may lag behind, so what is missing there may still be out."""
        del key
        found = await self._look(edition, since)
        if found is None:
            raise Uncertain(self.name, "not among the account's posts, which X may list late: look at the account")
        return found

    async def check(self) -> tuple[Finding, ...]:
        """Ask who we are; with OAuth 1.0a, X says in a header what the token may do."""
        try:
            response = await self._ask("GET", "users/me", idempotent=True)
            me = self._told(response, idempotent=True)
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        found = Finding("account", True, f"@{me.get('username')}")
        level = response.headers.get("x-access-level")
        if level is None:
            return (found,)
        remedy = "give the application Read and write, then make the access token anew"
        return (found, Finding("right", level != "read", remedy if level == "read" else "may post"))

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _post(self, edition: Edition, key: str, more: Mapping[str, Any]) -> Receipt:
        text = plain(edition.text)
        picture, trouble = await self._picture(edition, key)
        body = {"text": text, **more, **({"media": {"media_ids": [picture]}} if picture else {})}
        try:
            posted = self._told(await self._ask("POST", "tweets", json=body), needs="id")
        except Duplicate as err:
            found = await self._look(edition)
            if found is None:
                raise Refused(self.name, f"{err.why} Its post is not among the account's latest.") from None
            return found
        self._uploaded.pop(key, None)
        return self._receipt(str(posted["id"]), self._clock(), trouble + text)

    async def _picture(self, edition: Edition, key: str) -> tuple[str | None, str]:
        """The number of the uploaded card with its alt text, and what the receipt must say where there is none."""
        if edition.card is None or not self._settings.card:
            return None, ""
        if key in self._uploaded:
            return self._uploaded[key], ""
        content = await wire.card_of(edition, self._doors.cards)
        if content is None:
            return None, f"{wire.WITHOUT_PICTURE} (its file is gone): "
        file = {"media": (edition.card.file, content, edition.card.media_type)}
        try:
            uploaded = await self._ask(
                "POST", "media/upload", idempotent=True, files=file, data={"media_category": "tweet_image"}
            )
            number = str(self._told(uploaded, idempotent=True, needs="id")["id"])
            described = {"id": number, "metadata": {"alt_text": {"text": edition.card.alt[:ALT]}}}
            self._told(await self._ask("POST", "media/metadata", idempotent=True, json=described), idempotent=True)
        except Refused as err:
            if err.account:
                raise
            return None, f"{wire.WITHOUT_PICTURE} ({err.why}): "
        self._uploaded[key] = number
        return number, ""

    async def _look(self, edition: Edition, since: datetime | None = None) -> Receipt | None:
        """The account's own post with these words; where no time is given, among its latest."""
        wanted = bare({"text": plain(edition.text)})
        async for post in self._own(since):
            if bare(post) == wanted:
                at = datetime.fromisoformat(str(post["created_at"])).astimezone(UTC)
                return self._receipt(str(post["id"]), at, plain(edition.text))
        return None

    async def _own(self, since: datetime | None) -> AsyncIterator[Mapping[str, Any]]:
        if not self._me:
            self._me = str(self._told(await self._ask("GET", "users/me", idempotent=True), needs="id")["id"])
        asked = {"max_results": _LATEST if since is None else _PAGE, "exclude": "retweets"}
        asked |= {"tweet.fields": "created_at,entities"}
        if since is not None:
            asked["start_time"] = (since - _SKEW).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for _ in range(1 if since is None else _PAGES):
            response = await self._ask("GET", f"users/{self._me}/tweets", idempotent=True, params=asked)
            self._told(response, idempotent=True, within="meta")
            page = wire.fields(response)
            for post in page.get("data", ()):
                yield post
            following = page["meta"].get("next_token")
            if not following:
                return
            asked["pagination_token"] = following

    async def _ask(self, method: str, path: str, *, idempotent: bool = False, **request: Any) -> httpx.Response:
        url = f"{self._api}/{path}"
        return await wire.exchange(self.name, self._http, method, url, idempotent=idempotent, **request)

    def _told(
        self, response: httpx.Response, *, idempotent: bool = False, needs: str = "", within: str = "data"
    ) -> Mapping[str, Any]:
        """The object that was answered, with the field it needs. Raises one of the three."""
        if not response.is_success:
            raise self._error(response, idempotent=idempotent)
        told = wire.fields(response).get(within)
        if not isinstance(told, dict) or (needs and not told.get(needs)):
            raise (Unavailable if idempotent else Uncertain)(self.name, f"HTTP {response.status_code}: a broken answer")
        return told

    def _error(self, response: httpx.Response, *, idempotent: bool) -> DeliveryError:
        """One of the three, by the table above."""
        said, status, now = wire.fields(response), response.status_code, self._clock()
        detail = str(said.get("detail") or said.get("title") or "")
        why = f"HTTP {status}: {detail}"[:300]
        about = f"{said.get('type')} {said.get('detail')} {said.get('title')}".lower()
        if status == httpx.codes.FORBIDDEN and _DUPLICATE in about:
            return Duplicate(self.name, why)
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.PAYMENT_REQUIRED):
            return Refused(self.name, why, account=True)
        if status in (httpx.codes.FORBIDDEN, httpx.codes.TOO_MANY_REQUESTS) and any(one in about for one in _ACCOUNT):
            return Refused(self.name, why, account=True)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            spares = "" if response.request.method == "DELETE" else Act.DELETE.value
            return Unavailable(self.name, why, retry_after=wait(response.headers, now), throttled=True, spares=spares)
        return outcomes.of_status(self.name, status, response.headers, now, idempotent=idempotent, said=detail)

    def _receipt(self, number: str, at: datetime, sent: str) -> Receipt:
        return Receipt(number, at, f"https://x.com/i/web/status/{number}", sent)
