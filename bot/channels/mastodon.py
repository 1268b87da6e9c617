"""Mastodon and its kin: one account of a server that speaks the Mastodon API.

Sources: docs.joinmastodon.org (2026-07), Mastodon's services for posting and editing, its error handling and throttles,
GoToSocial's status handlers, Pleroma's idempotency plug.

    what comes back                                what it means
    401                                            Refused, the account: the token is revoked
    403                                            Refused, the account: a right is missing, or it may not post
    404 for the post to be answered                the answer stands by itself
    404 for the post to be deleted                 it is gone already: success
    422, 413, 400 for a picture                    the words go alone, and the receipt says so
    422 "processing"                               Unavailable: the picture is not ready yet
    other 422 (GoToSocial: 400)                    Refused, this post
    429                                            Unavailable until X-RateLimit-Reset, which is a time of day
    503                                            Unavailable
    500, 502, 504, a lost or broken answer         Uncertain, for a post: the key's life or looking settles it
    a server that is no Mastodon, kin: mastodon    Refused, the account, before anything is posted

Only Mastodon itself keeps an Idempotency-Key. GoToSocial ignores it, Pixelfed has none, and Pleroma repeats whatever
it answered first, an error too. With them a lost answer is settled by looking through the account's own posts.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import Field

from bot.channels import wire
from bot.channels.fediverse import Kin, Server, alike, heard, heard_plain, moment, posts, server, until_reset
from bot.channels.kind import Doors
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Long, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address
from bot.web import outcomes

_KEY_LIFE = timedelta(minutes=55)  # an hour, less the time until the repeat has arrived
_NO_PICTURE = frozenset({400, 413, 415, 422})
_ACCOUNT = frozenset({401, 403})
_SKEW = timedelta(minutes=5)  # the server's clock is not ours
_PAGE, _PAGES = 40, 10
_RIGHTS = ("read:accounts", "read:statuses", "write:statuses", "write:media")


_LIMITS = {Kin.GOTOSOCIAL: 5000, Kin.PLEROMA: 5000}


class MastodonSettings(ChannelSettings):
    """Which account on which server."""

    kind: Literal["mastodon"]
    server: Address = Field(description="Such as https://mastodon.example.org.")
    token: Secret = Field(description="The application's access token, as env:NAME or file:PATH.")
    kin: Kin = Field(Kin.MASTODON, description="What runs on the server; `check` says what to write.")
    limit: int | None = Field(
        None, ge=100, description="Characters of a post, where the server allows more or less than its kin by default."
    )
    visibility: Literal["public", "unlisted", "private"] = Field("public", description="Who may see the posts.")
    form: Literal["photo", "text"] = Field("photo", description="photo: with the card; text: with the link's preview.")
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one token share its limits
        """One lane a token."""
        return f"mastodon:{self.place}:{self.token.reference}"

    @property
    def place(self) -> str:
        """The server's host."""
        return str(urlsplit(self.server).netloc).rpartition("@")[2]


def facts(settings: MastodonSettings) -> Facts:
    """Mastodon counts any address as 23; its kin count what is there."""
    mastodon, photo = settings.kin is Kin.MASTODON, settings.form == "photo"
    uploads = (Pace(30, timedelta(minutes=30), Scope.ACCOUNT),) if photo else ()
    return Facts(
        kind="mastodon",
        template="mastodon.social.j2",
        markup=Markup.SOCIAL,
        limit=settings.limit or _LIMITS.get(settings.kin, 500),
        unit=Unit.LINKS_AS_23 if mastodon else Unit.CODE_POINTS,
        card=CardSize() if photo else None,
        link=LinkStyle.BARE,
        pace=(Pace(100, timedelta(minutes=5), Scope.ACCOUNT), Pace(300, timedelta(hours=3), Scope.ACCOUNT), *uploads),
        key_life=_KEY_LIFE if mastodon else None,
        editable=True,
        long=settings.long,
        send_within=timedelta(seconds=140),
    )


def open_channel(name: str, settings: MastodonSettings, doors: Doors) -> "Mastodon":
    """Raises SettingsError where the token is missing."""
    return Mastodon(name, settings, settings.token.reveal(), doors)


class Mastodon:
    """One account."""

    def __init__(self, name: str, settings: MastodonSettings, token: str, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._doors = settings, doors
        self._api = f"{settings.server.rstrip('/')}/api"
        self._http = wire.client({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        self._keeps_keys = settings.kin is Kin.MASTODON
        self._known = False
        self._uploaded: dict[str, str] = {}
        """Pictures that wait for their post, by key: a repeat need not upload again."""

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it."""
        return await self._post(edition, key)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer; should the post above be gone, it stands by itself."""
        return await self._post(edition, key, above=to.platform_id)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change words and card in place; a post without a new card keeps its picture."""
        where = f"v1/statuses/{receipt.platform_id}"
        there = self._told(await self._ask("GET", where))
        picture, trouble = await self._picture(edition, key)
        kept = [one["id"] for one in there.get("media_attachments", ())]
        # What is not named is taken away.
        body = {**self._words(edition), "media_ids": [picture] if picture else kept}
        response = await self._ask("PUT", where, json=body)
        self._not_ready(response)
        self._told(response)
        self._uploaded.pop(key, None)
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, trouble + edition.text)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it, and its picture with it."""
        del key
        response = await self._ask("DELETE", f"v1/statuses/{receipt.platform_id}", params={"delete_media": "true"})
        if response.status_code != httpx.codes.NOT_FOUND:
            self._told(response)
        return Receipt(receipt.platform_id, self._doors.clock(), receipt.permalink, "deleted")

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through the account's own posts, newest first, for these words."""
        del key
        wanted, doubt = heard_plain(edition.text), ""
        async for post in self._own(since):
            there = heard(str(post.get("content")))
            if there == wanted:
                return self._receipt(post, edition.text)
            if alike(there, wanted, edition.link):
                doubt = f"{post.get('url')} may be it, in other words"
        if doubt:
            raise Uncertain(self.name, doubt)
        return None

    async def check(self) -> tuple[Finding, ...]:
        """Ask what runs there and how much it takes, who we are, and what the application may do."""
        found: list[Finding] = []
        try:
            found += self._compared(await self._server())
            me = self._told(await self._ask("GET", "v1/accounts/verify_credentials"))
            found.append(Finding("account", True, f"@{me.get('acct')}"))
            application = wire.fields(await self._ask("GET", "v1/apps/verify_credentials"))
        except DeliveryError as err:
            return (*found, Finding("account", False, err.why))
        if (given := application.get("scopes")) is not None:
            missing = [right for right in _RIGHTS if not {right, right.partition(":")[0]} & set(given)]
            detail = f"give the application {', '.join(missing)} and make a new token" if missing else "may post"
            found.append(Finding("right", not missing, detail))
        return tuple(found)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _post(self, edition: Edition, key: str, above: str | None = None) -> Receipt:
        await self._meet()
        picture, trouble = await self._picture(edition, key)
        body = {**self._words(edition), "visibility": self._settings.visibility}
        body |= {"media_ids": [picture]} if picture else {}
        body |= {"in_reply_to_id": above} if above else {}
        headers = {"Idempotency-Key": key} if self._keeps_keys else {}
        response = await self._ask("POST", "v1/statuses", idempotent=False, json=body, headers=headers)
        if above and response.status_code == httpx.codes.NOT_FOUND:
            return await self._post(edition, key)
        self._not_ready(response)
        posted = self._told(response, idempotent=False)
        self._uploaded.pop(key, None)
        return self._receipt(posted, trouble + edition.text)

    async def _own(self, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """The account's posts since then, newest first."""
        me = self._told(await self._ask("GET", "v1/accounts/verify_credentials"))["id"]
        asked = {"limit": str(_PAGE), "exclude_reblogs": "true"}
        for _ in range(_PAGES):
            page = self._listed(await self._ask("GET", f"v1/accounts/{me}/statuses", params=asked))
            for post in page:
                if self._moment(post) < since - _SKEW:
                    return
                yield post
            if not page:
                return
            asked = {**asked, "max_id": str(page[-1]["id"])}
        raise Uncertain(self.name, "too many posts since")

    def _words(self, edition: Edition) -> dict[str, Any]:
        # Some kin read Markdown or HTML where an account's owner has so chosen.
        language = edition.language.partition("-")[0]
        return {"status": edition.text, "language": language, "content_type": "text/plain"}

    async def _picture(self, edition: Edition, key: str) -> tuple[str | None, str]:
        """The number of the uploaded card, and what the receipt must say where there is none."""
        if edition.card is None or self._settings.form == "text":
            return None, ""
        if key in self._uploaded:
            return self._uploaded[key], ""
        if (card := await wire.card_of(edition, self._doors.cards)) is None:
            return None, f"{wire.WITHOUT_PICTURE} (its file is gone): "
        file = (edition.card.file, card, edition.card.media_type)
        response = await self._ask("POST", "v2/media", files={"file": file}, data={"description": edition.card.alt})
        if response.status_code in _NO_PICTURE:
            return None, f"{wire.WITHOUT_PICTURE} ({self._error(response).why}): "
        self._uploaded[key] = str(self._told(response)["id"])
        return self._uploaded[key], ""

    async def _meet(self) -> None:
        """Before the first post: a server that forgets keys must not be taken for one that keeps them."""
        if self._known or not self._keeps_keys:
            return
        there = await self._server()
        if there.kin is not Kin.MASTODON:
            raise Refused(self.name, f"the server is {there.version}: write kin: {there.kin}", account=True)
        self._known = True

    async def _server(self) -> Server:
        response = await self._ask("GET", "v2/instance")
        if response.status_code == httpx.codes.NOT_FOUND:
            response = await self._ask("GET", "v1/instance")
        if response.status_code == httpx.codes.NOT_FOUND:
            raise Refused(self.name, "no Mastodon API at this address: correct server", account=True)
        return server(self._told(response, needs=""))

    def _compared(self, known: Server) -> list[Finding]:
        right, limit = known.kin is self._settings.kin, self.facts.limit
        found = [Finding("server", right, known.version if right else f"{known.version}: write kin: {known.kin}")]
        if known.limit is not None and limit is not None:
            remedy = "" if known.limit == limit else f": write limit: {known.limit}"
            found.append(Finding("limit", known.limit >= limit, f"{known.limit} characters{remedy}"))
        return found

    async def _ask(self, method: str, path: str, *, idempotent: bool = True, **request: Any) -> httpx.Response:
        return await wire.exchange(
            self.name, self._http, method, f"{self._api}/{path}", idempotent=idempotent, **request
        )

    def _told(self, response: httpx.Response, *, idempotent: bool = True, needs: str = "id") -> dict[str, Any]:
        """The object that was answered, with the field it needs. Raises one of the three."""
        if not response.is_success:
            raise self._error(response, idempotent=idempotent)
        told = wire.fields(response)
        if not told or (needs and not told.get(needs)):
            raise (Unavailable if idempotent else Uncertain)(self.name, f"HTTP {response.status_code}: a broken answer")
        return told

    def _listed(self, response: httpx.Response) -> Sequence[Mapping[str, Any]]:
        if not response.is_success:
            raise self._error(response)
        if (read := posts(response.content)) is None:
            raise Unavailable(self.name, "a broken answer")
        return read

    def _not_ready(self, response: httpx.Response) -> None:
        if response.status_code in _NO_PICTURE and "processing" in response.text:
            raise Unavailable(self.name, "the picture is still being processed", retry_after=timedelta(seconds=10))

    def _error(self, response: httpx.Response, *, idempotent: bool = True) -> DeliveryError:
        """One of the three, by the table above."""
        status, now = response.status_code, self._doors.clock()
        said = str(wire.fields(response).get("error", ""))
        if status in _ACCOUNT:
            return Refused(self.name, f"HTTP {status}: {said[:200]}", account=True)
        if status == httpx.codes.TOO_MANY_REQUESTS and "retry-after" not in response.headers:
            named = until_reset(response.headers, now)
            return Unavailable(self.name, f"HTTP 429: {said[:200]}", retry_after=named, throttled=True)
        return outcomes.of_status(self.name, status, response.headers, now, idempotent=idempotent, said=said)

    def _moment(self, post: Mapping[str, Any]) -> datetime:
        return moment(post.get("created_at")) or self._doors.clock()

    def _receipt(self, post: Mapping[str, Any], sent: str) -> Receipt:
        return Receipt(str(post["id"]), self._moment(post), post.get("url") or post.get("uri"), sent)
