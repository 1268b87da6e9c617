"""LinkedIn: an organisation's page, with the share card as an image or with a card that leads to the article.

Sources: learn.microsoft.com, Posts API, Images API and little text format (2026-05), error handling, rate limits;
answers seen in public issue threads. LinkedIn makes no preview of a link: a card's address and title are given to it.

    what comes back                                    what it means
    201 with x-restli-id                               out
    401; 403; 426 (the version is no more)             Refused, the account
    404 to a deletion                                  it is gone already: success
    422 DUPLICATE_POST "… of urn:li:…"                 that post is read: it is the receipt if it has these words, for
                                                         LinkedIn also names posts that are no more
    429                                                Unavailable for an hour: limits are a day's, by UTC
    a refusal of the image that is not the account's   the words go alone, and the receipt says so
    500 502 504, a lost or broken answer               Uncertain; Unavailable where a repeat does no harm
    503                                                Unavailable
    anything else                                      Refused, this post

There is no key. A lost answer is settled by the page's own posts; that one is not among them proves nothing.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import httpx
from pydantic import Field

from bot.channels import wire
from bot.channels.connected import ConnectedSettings, token_of
from bot.channels.kind import Doors
from bot.channels.little import bare, little
from bot.channels.oauth import Application, Authority, Consent
from bot.channels.tokens import Bearer
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import Secret
from bot.settings.scalars import Address
from bot.web import outcomes

TEXT, ALT, TITLE = 3000, 4086, 400
SCOPES = ("w_organization_social", "r_organization_social")
_ACCOUNT = frozenset({401, 403, 426})
_DUPLICATE = re.compile(r"urn:li:(?:share|ugcPost):\d+")
_THROTTLED, _SKEW = timedelta(hours=1), timedelta(minutes=5)
_PAGE, _PAGES = 100, 5


class LinkedinSettings(ConnectedSettings):
    """Which page, and with whose right."""

    kind: Literal["linkedin"]
    organization: str = Field(
        pattern=r"^\d+$", description="The organisation's number, as in its page's admin address."
    )
    token: Secret | None = Field(
        None, description="An administrator's access token, as env:NAME or file:PATH; it lives 60 days."
    )
    card: bool = Field(True, description="Post the share card as an image; without it a card leads to the article.")
    version: str = Field("202605", pattern=r"^20\d{4}$", description="Of the interface; each lives about a year.")
    api: Address = Field("https://api.linkedin.com", description="Another address, for tests.")
    login: Address = Field("https://www.linkedin.com", description="Another address of the consent, for tests.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one page share its limits
        """One lane a page."""
        return f"linkedin:{self.organization}"

    @property
    def place(self) -> str:
        """The organisation's number."""
        return self.organization


def facts(settings: LinkedinSettings) -> Facts:
    """UTF-16 units are a safe bound of what the platform counts."""
    return Facts(
        kind="linkedin",
        template="linkedin.txt.j2",
        markup=Markup.PLAIN,
        limit=TEXT,
        unit=Unit.UTF16,
        card=CardSize(alt=ALT) if settings.card else None,
        link=LinkStyle.BARE,
        hashtags=3,
        preview=not settings.card,
        pace=(Pace(100, timedelta(days=1), Scope.ACCOUNT),),
        editable=True,
        send_within=timedelta(seconds=170),
    )


def open_channel(name: str, settings: LinkedinSettings, doors: Doors) -> "Linkedin":
    """Raises SettingsError where the token, or the house's key, is missing."""
    return Linkedin(name, settings, doors)


class Denied(Refused):
    """A refusal with its status and whatever was said."""

    def __init__(self, channel: str, why: str, status: int, said: str) -> None:
        self.status, self.said = status, said
        super().__init__(channel, why, account=status in _ACCOUNT)


class Linkedin:
    """One page."""

    def __init__(self, name: str, settings: LinkedinSettings, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._doors, self._with_card = doors, settings.card
        self._clock: Callable[[], datetime] = doors.clock
        self._api, self._owner = settings.api.rstrip("/"), f"urn:li:organization:{settings.organization}"
        self._uploaded: dict[str, str] = {}
        """Images that wait for their post, by key."""
        versions = {"Linkedin-Version": settings.version, "X-Restli-Protocol-Version": "2.0.0"}
        login = f"{settings.login.rstrip('/')}/oauth/v2"
        authority = Authority(f"{login}/authorization", f"{login}/accessToken", SCOPES)
        application = Application(name, settings.app, settings.secret, doors.clock)
        self.token = token_of(name, settings, doors, Consent(application, authority))
        self._http = wire.client(versions)
        self._http.auth = Bearer(self.token)

    def __repr__(self) -> str:
        return f"Linkedin({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post words and card; where LinkedIn names the post that has these words, that one is the receipt."""
        image, trouble = await self._image(edition, key)
        body = {
            "author": self._owner,
            "commentary": little(edition.text, TEXT),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        if image and edition.card:
            body["content"] = {"media": {"id": image, "altText": edition.card.alt[:ALT]}}
        elif edition.link:
            body["content"] = {"article": {"source": edition.link, "title": edition.headline[:TITLE]}}
        try:
            response = await self._call("POST", "posts", json=body)
        except Denied as err:
            return await self._duplicate(err, edition)
        number = response.headers.get("x-restli-id")
        if not number:
            raise Uncertain(self.name, "the answer has no number")
        self._uploaded.pop(key, None)
        return _receipt(number, self._clock(), trouble + edition.text)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change the words; image and card stay as they are."""
        del key
        patch = {"patch": {"$set": {"commentary": little(edition.text, TEXT)}}}
        how = {"X-RestLi-Method": "PARTIAL_UPDATE"}
        await self._call("POST", f"posts/{_encoded(receipt.platform_id)}", idempotent=True, json=patch, headers=how)
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, edition.text)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it; one that is gone already is a success."""
        del key
        try:
            await self._call("DELETE", f"posts/{_encoded(receipt.platform_id)}", idempotent=True)
        except Denied as err:
            if err.status != httpx.codes.NOT_FOUND:
                raise
        return Receipt(receipt.platform_id, self._clock(), receipt.permalink, "deleted")

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through the page's own posts, newest first, for these words."""
        del key
        for number in range(_PAGES):
            posts = await self._own(_PAGE, number * _PAGE)
            for post in posts:
                at = datetime.fromtimestamp(int(post.get("createdAt") or 0) / 1000, UTC)
                if at >= since - _SKEW and bare(str(post.get("commentary", ""))) == bare(little(edition.text, TEXT)):
                    return _receipt(str(post["id"]), at, edition.text)
            if len(posts) < _PAGE:
                break
        raise Uncertain(self.name, "not among the page's posts, which may be listed late: look at the page")

    async def check(self) -> tuple[Finding, ...]:
        """Read the page's latest post: it takes the token, the version, the page, and the right to read its posts."""
        try:
            posts = await self._own(1, 0)
        except Denied as err:
            remedy = {
                401: self.token.remedy or "make a new token",
                403: "an administrator of the page must grant r_organization_social and w_organization_social",
                426: "write a newer version",
            }
            return (Finding("account", False, f"{err.why}: {remedy.get(err.status, 'look at organization')}"),)
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        detail = f"its posts can be read ({'there are some' if posts else 'none yet'}); posting itself cannot be tried"
        return (Finding("page", True, detail),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _image(self, edition: Edition, key: str) -> tuple[str | None, str]:
        """The uploaded card's number, and what the receipt must say where there is none."""
        if edition.card is None or not self._with_card:
            return None, ""
        if key in self._uploaded:
            return self._uploaded[key], ""
        content = await wire.card_of(edition, self._doors.cards)
        if content is None:
            return None, f"{wire.WITHOUT_PICTURE} (its file is gone): "
        asked = {"initializeUploadRequest": {"owner": self._owner}}
        try:
            begun = await self._call("POST", "images?action=initializeUpload", idempotent=True, json=asked)
            value = wire.fields(begun).get("value") or {}
            await self._upload(str(value.get("uploadUrl")), content)
        except Denied as err:
            if err.account:
                raise
            return None, f"{wire.WITHOUT_PICTURE} ({err.why}): "
        self._uploaded[key] = str(value["image"])
        return self._uploaded[key], ""

    async def _upload(self, url: str, content: bytes) -> None:
        host = urlsplit(url).hostname or ""
        if host != urlsplit(self._api).hostname and not host.endswith(".linkedin.com"):
            raise Denied(self.name, f"the image would go to {host}", 0, "")  # and the token with it
        response = await wire.exchange(self.name, self._http, "PUT", url, idempotent=True, content=content)
        if not response.is_success:
            err = self._error(response, idempotent=True)
            raise Denied(self.name, err.why, 0, "") if isinstance(err, Denied) else err

    async def _duplicate(self, err: Denied, edition: Edition) -> Receipt:
        """The post that has these words already. Raises the refusal where there is none."""
        named = _DUPLICATE.search(err.said) if "DUPLICATE" in err.said.upper() else None
        if named is None:
            raise err
        try:
            post = wire.fields(await self._call("GET", f"posts/{_encoded(named[0])}", idempotent=True))
        except Denied:
            raise err from None
        if bare(str(post.get("commentary", ""))) != bare(little(edition.text, TEXT)):
            raise err
        at = datetime.fromtimestamp(int(post.get("createdAt") or 0) / 1000, UTC)
        return _receipt(named[0], at, edition.text)

    async def _own(self, count: int, start: int) -> list[Mapping[str, Any]]:
        asked = f"posts?author={_encoded(self._owner)}&q=author&count={count}&start={start}&sortBy=CREATED"
        found = await self._call("GET", asked, idempotent=True, headers={"X-RestLi-Method": "FINDER"})
        posts = wire.fields(found).get("elements")
        if not isinstance(posts, list):
            raise Unavailable(self.name, "a broken answer")
        return posts

    async def _call(self, method: str, path: str, *, idempotent: bool = False, **request: Any) -> httpx.Response:
        url = f"{self._api}/rest/{path}"
        response = await wire.exchange(self.name, self._http, method, url, idempotent=idempotent, **request)
        if not response.is_success:
            raise self._error(response, idempotent=idempotent)
        return response

    def _error(self, response: httpx.Response, *, idempotent: bool) -> DeliveryError:
        """One of the three, by the table above."""
        said, status, now = wire.fields(response), response.status_code, self._clock()
        words = str(said.get("message") or said.get("code") or "")[:200]
        if status == httpx.codes.TOO_MANY_REQUESTS:
            wait = outcomes.retry_after(response.headers.get("retry-after"), now) or _THROTTLED
            return Unavailable(self.name, f"HTTP 429: {words}", retry_after=wait, throttled=True)
        err = outcomes.of_status(self.name, status, response.headers, now, idempotent=idempotent, said=words)
        return Denied(self.name, err.why, status, response.text) if isinstance(err, Refused) else err


def _encoded(urn: str) -> str:
    return quote(urn, safe="")


def _receipt(number: str, at: datetime, sent: str) -> Receipt:
    return Receipt(number, at, f"https://www.linkedin.com/feed/update/{number}", sent)
