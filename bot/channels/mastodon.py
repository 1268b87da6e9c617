"""Mastodon and its kin: one account of a server that speaks the Mastodon API.

Sources: docs.joinmastodon.org (2026-07), Mastodon's services for posting and editing, its error handling and throttles,
GoToSocial's status handlers, Pleroma's idempotency plug.

    what comes back                                what it means
    401                                            Refused, the account: the token is revoked
    403                                            Refused, the account: a right is missing, or it may not post
    404 for the post to be answered                the answer stands by itself
    404, 410 for the post to be deleted            it is gone already: success
    422, 413, 415, 400 for a picture               the words go alone, and the receipt says so
    202, then 206 for a picture; 422 "processing"  Unavailable: the picture is not ready yet
    other 422 (GoToSocial: 400)                    Refused, this post
    429                                            Unavailable until X-RateLimit-Reset, which is a time of day
    503                                            Unavailable
    500, 502, 504, a lost or broken answer         Uncertain, for a post: the key's life or looking settles it
    a server of another kin than the settings say  Refused, the account, before anything is posted
    422 to be pinned: as many are as may be        Refused, this post

Only Mastodon itself keeps an Idempotency-Key. GoToSocial ignores it, Pixelfed has none, and Pleroma repeats whatever
it answered first, an error too. With them a lost answer is settled by looking through the account's own posts. What
runs on the server, and how much it takes, is asked before the first story is composed; a server that is away then is
taken for a Mastodon, and asked again before the first post.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import Field

from bot.channels import wire
from bot.channels.fediverse import Kin, Server, alike, heard, heard_plain, moment
from bot.channels.fediverse_api import Api
from bot.channels.fediverse_pictures import REFUSED, Pictures
from bot.channels.kind import Doors
from bot.errors import DeliveryError, Refused, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Long, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

_KEY_LIFE = timedelta(minutes=55)  # an hour, less the time until the repeat has arrived
_GONE = frozenset({404, 410})
_CARD_BYTES = 4_000_000  # no card weighs more
_PATIENCE, _AGAIN = timedelta(seconds=3), timedelta(minutes=1)
"""How long composing waits for a server to say what it takes, and when it asks one again that was away."""
_RIGHTS = ("read:accounts", "read:statuses", "write:statuses", "write:media")
_LIMITS = {Kin.GOTOSOCIAL: 5000, Kin.PLEROMA: 5000}


class MastodonSettings(ChannelSettings):
    """Which account on which server."""

    kind: Literal["mastodon"]
    server: Address = Field(description="Such as https://mastodon.example.org.")
    token: Secret = Field(description="The application's access token, as env:NAME or file:PATH.")
    kin: Kin | None = Field(None, description="What runs on the server; as the server itself says, where left out.")
    limit: int | None = Field(
        None, ge=100, description="Characters of a post; as many as the server says it takes, where left out."
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
    """What is known before the server has been asked."""
    kin, photo = settings.kin or Kin.MASTODON, settings.form == "photo"
    uploads = (Pace(30, timedelta(minutes=30), Scope.ACCOUNT),) if photo else ()
    known = Facts(
        kind="mastodon",
        template="mastodon.social.j2",
        markup=Markup.SOCIAL,
        limit=settings.limit or _LIMITS.get(kin, 500),
        card=CardSize() if photo else None,
        link=LinkStyle.BARE,
        pace=(Pace(100, timedelta(minutes=5), Scope.ACCOUNT), Pace(300, timedelta(hours=3), Scope.ACCOUNT), *uploads),
        editable=True,
        long=settings.long,
        send_within=timedelta(seconds=140),
    )
    return _of_kin(known, kin)


def _of_kin(known: Facts, kin: Kin) -> Facts:
    """Mastodon counts any address as 23 and keeps keys; its kin count what is there, and forget."""
    mastodon = kin is Kin.MASTODON
    unit, life = (Unit.LINKS_AS_23, _KEY_LIFE) if mastodon else (Unit.CODE_POINTS, None)
    return replace(known, unit=unit, key_life=life)


def open_channel(name: str, settings: MastodonSettings, doors: Doors) -> "Mastodon":
    """Raises SettingsError where the token is missing."""
    return Mastodon(name, settings, settings.token.reveal(), doors)


class Mastodon:
    """One account."""

    def __init__(self, name: str, settings: MastodonSettings, token: str, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._doors = settings, doors
        self._api = Api(name, settings.server, token, doors.clock)
        self._pictures = Pictures(name, self._api, doors.cards)
        self._kin = settings.kin
        self._asked = self._posted = False
        self._asking, self._ask_from = asyncio.Lock(), doors.clock()

    async def measure(self) -> None:
        """Ask what runs there and how much it takes, so that the first story already has the length that fits."""
        async with self._asking:
            if self._asked or self._doors.clock() < self._ask_from:
                return
            self._ask_from = self._doors.clock() + _AGAIN
            with contextlib.suppress(DeliveryError, TimeoutError):
                async with asyncio.timeout(_PATIENCE.total_seconds()):
                    await self._ask()

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it."""
        return await self._post(edition, key)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer; should the post above be gone, it stands by itself."""
        return await self._post(edition, key, above=to.platform_id)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change words and card in place; a post without a new card keeps its picture."""
        where = f"v1/statuses/{receipt.platform_id}"
        there = self._api.told(await self._api.ask("GET", where))
        picture, trouble = await self._picture(edition, key)
        kept = [one["id"] for one in there.get("media_attachments", ())]
        # What is not named is taken away.
        body = {**self._words(edition), "media_ids": [picture] if picture else kept}
        response = await self._api.ask("PUT", where, json=body)
        self._not_ready(response)
        self._api.told(response)
        self._pictures.used(key)
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, trouble + edition.text)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it, and its picture with it."""
        del key
        where = f"v1/statuses/{receipt.platform_id}"
        response = await self._api.ask("DELETE", where, params={"delete_media": "true"})
        # Some kin answer with nothing at all.
        if not response.is_success and response.status_code not in _GONE:
            raise self._api.error(response)
        return Receipt(receipt.platform_id, self._doors.clock(), receipt.permalink, "deleted")

    async def pin(self, receipt: Receipt) -> None:
        """Keep it on top of the profile; it needs the scope write:accounts, and servers allow some only."""
        await self._pinned(receipt, on_top=True)

    async def unpin(self, receipt: Receipt) -> None:
        """Take it down; one that is gone or was not on top is a success."""
        await self._pinned(receipt, on_top=False)

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through the account's own posts, newest first, for these words."""
        del key
        wanted, doubt = heard_plain(edition.text), ""
        async for post in self._api.own(since):
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
            found += self._compared(await self._api.server())
            me = self._api.told(await self._api.ask("GET", "v1/accounts/verify_credentials"))
            found.append(Finding("account", True, f"@{me.get('acct')}"))
            application = wire.fields(await self._api.ask("GET", "v1/apps/verify_credentials"))
        except DeliveryError as err:
            return (*found, Finding("account", False, err.why))
        if (given := application.get("scopes")) is not None:
            missing = [right for right in _RIGHTS if not {right, right.partition(":")[0]} & set(given)]
            detail = f"give the application {', '.join(missing)} and make a new token" if missing else "may post"
            found.append(Finding("right", not missing, detail))
        return tuple(found)

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()

    async def _post(self, edition: Edition, key: str, above: str | None = None) -> Receipt:
        if not self._posted and (out := await self._before_the_first(edition, key)) is not None:
            return out
        picture, trouble = await self._picture(edition, key)
        body = {**self._words(edition), "visibility": self._settings.visibility}
        body |= {"media_ids": [picture]} if picture else {}
        body |= {"in_reply_to_id": above} if above else {}
        # Whoever ignores it takes no harm, so that it goes along also where nothing may be built on it.
        headers = {} if self._kin is Kin.PLEROMA else {"Idempotency-Key": key}
        response = await self._api.ask("POST", "v1/statuses", idempotent=False, json=body, headers=headers)
        if above and response.status_code == httpx.codes.NOT_FOUND:
            return await self._post(edition, key)
        self._not_ready(response)
        posted = self._api.told(response, idempotent=False)
        self._pictures.used(key)
        return self._receipt(posted, trouble + edition.text)

    async def _pinned(self, receipt: Receipt, *, on_top: bool) -> None:
        where = f"v1/statuses/{receipt.platform_id}"
        response = await self._api.ask("GET", where)
        if response.status_code in _GONE and not on_top:
            return
        # To pin what is pinned already is an error with some, and counts as one too many with others.
        if bool(self._api.told(response).get("pinned")) is not on_top:
            self._api.told(await self._api.ask("POST", f"{where}/{'pin' if on_top else 'unpin'}"))

    def _words(self, edition: Edition) -> dict[str, Any]:
        # Some kin read Markdown or HTML where an account's owner has so chosen.
        language = edition.language.partition("-")[0]
        return {"status": edition.text, "language": language, "content_type": "text/plain"}

    async def _picture(self, edition: Edition, key: str) -> tuple[str | None, str]:
        return (None, "") if self._settings.form == "text" else await self._pictures.of(edition, key)

    async def _ask(self) -> None:
        there, wanted = await self._api.server(), self._settings.kin
        # A server that forgets keys must not be taken for one that keeps them.
        if wanted is Kin.MASTODON and there.kin is not wanted:
            raise Refused(self.name, f"the server is {there.version}: write kin: {there.kin}", account=True)
        self._kin, self.facts, self._asked = wanted or there.kin, self._facts_of(there), True

    async def _before_the_first(self, edition: Edition, key: str) -> Receipt | None:
        """Know what runs there. A try before this process may have posted it, trusting in a key: then that post."""
        if not self._asked:
            await self._ask()
        presumed, out = facts(self._settings).key_life, None
        if presumed and not self.facts.key_life:
            try:
                out = await self.find(edition, key, self._doors.clock() - presumed)
            except Refused as err:
                if err.account:
                    raise
                # It lists no posts at all: there is nowhere to look.
        self._posted = True
        return out

    def _facts_of(self, there: Server) -> Facts:
        limit = self._settings.limit or there.limit or _LIMITS.get(there.kin, self.facts.limit)
        card = self.facts.card
        if card is not None:
            heavy = there.picture_bytes or _CARD_BYTES
            # A limit that no card reaches would only make another card than the other channels'.
            most, alt = heavy if heavy < _CARD_BYTES else None, min(card.alt, there.alt or card.alt)
            card = replace(card, most_bytes=most, alt=alt)
        return _of_kin(replace(self.facts, limit=limit, card=card), self._settings.kin or there.kin)

    def _compared(self, known: Server) -> list[Finding]:
        wanted, limit = self._settings.kin, self._settings.limit
        right = wanted in (None, known.kin)
        found = [Finding("server", right, known.version if right else f"{known.version}: write kin: {known.kin}")]
        if known.limit is not None:
            remedy = "" if limit in (None, known.limit) else f": write limit: {known.limit}"
            found.append(Finding("limit", known.limit >= (limit or 0), f"{known.limit} characters{remedy}"))
        return found

    def _not_ready(self, response: httpx.Response) -> None:
        if response.status_code in REFUSED and "processing" in response.text:
            raise self._pictures.unready()

    def _receipt(self, post: Mapping[str, Any], sent: str) -> Receipt:
        at = moment(post.get("created_at")) or self._doors.clock()
        return Receipt(str(post["id"]), at, post.get("url") or post.get("uri"), sent)
