"""Bluesky: posts in an account's repository on the AT Protocol, with facets, the link's card or a picture, and threads.

Sources: the lexicons app.bsky.feed.post, embed, richtext.facet and actor.profile, the reference server's putRecord,
deleteRecord, getRecord, session and error code (bluesky-social/atproto, 2026-08).

    what comes back                                what it means
    400 ExpiredToken, InvalidToken                 the session is renewed, or opened anew, and the call made again
    401, 403, AccountTakedown, -Deactivated ...    Refused, the account: password revoked, account closed
    404, 501                                       Refused, the account: no such server
    400 InvalidSwap of the profile, for a pin      Unavailable: somebody changes it at this moment
    400 InvalidSwap at putRecord                   a try before this one has posted it: success
    400 RecordNotFound for the post to be answered the answer stands by itself
    400, 413 for a picture                         the words go alone, and the receipt says so
    400 BlobNotFound                               Unavailable: the next try uploads the picture again
    other 400                                      Refused, this post
    429                                            Unavailable until Retry-After or RateLimit-Reset (seconds of 1970)
    500, 502, 504, no or a broken answer           Uncertain of a post, which is then put once more; else Unavailable
    503                                            Unavailable

A post's record key is drawn from our key, and it is put only where there is none yet (swapRecord: null): the second
try of a post that is out is refused, whenever it comes. An edited record is not shown as edited by the app, so a post
cannot be edited; nobody is ever mentioned, because only a facet mentions and we write none of that kind.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from bot.channels import wire
from bot.channels.atproto import Session, named, tid
from bot.channels.kind import Doors
from bot.errors import DeliveryError, Refused, Unavailable
from bot.model.channel import FOREVER, CardSize, Facts, Finding, LinkStyle, Long, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Card, Edition, Markup, Unit
from bot.rules import facets
from bot.rules.facets import Facet, Leads
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

_POST, _PROFILE = "app.bsky.feed.post", "app.bsky.actor.profile"
_NO_PICTURE = frozenset({400, 413, 415})
_TAG_BYTES = 640


class BlueskySettings(ChannelSettings):
    """Which account."""

    kind: Literal["bluesky"]
    handle: str = Field(min_length=3, description="Such as riverbend.example.org, or the account's did:….")
    password: Secret = Field(description="An app password (Settings, Privacy and security), as env:NAME or file:PATH.")
    server: Address = Field("https://bsky.social", description="Another address for an account on its own server.")
    form: Literal["link", "photo"] = Field(
        "link", description="link: the article's card below the words; photo: the picture alone, the link in the words."
    )
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one account share its limits
        """One lane an account."""
        return f"bluesky:{self.place}"

    @property
    def place(self) -> str:
        """The handle, and the server where it is not the usual one."""
        host = str(urlsplit(self.server).netloc).rpartition("@")[2]
        return self.handle.lstrip("@") + ("" if host == "bsky.social" else f" ({host})")


def facts(settings: BlueskySettings) -> Facts:
    """300 characters as readers count them, and 3000 bytes; the card of a link takes no more than a megabyte."""
    link = settings.form == "link"
    return Facts(
        kind="bluesky",
        template="bluesky.facets.j2" if link else "bluesky-photo.facets.j2",
        markup=Markup.FACETS,
        limit=300,
        unit=Unit.GRAPHEMES,
        card=CardSize(most_bytes=1_000_000),
        link=LinkStyle.APART if link else LinkStyle.NAMED,
        preview=link,
        raw_bytes=3000,
        pace=(Pace(1000, timedelta(days=1), Scope.ACCOUNT),),
        key_life=FOREVER,
        long=settings.long,
        send_within=timedelta(seconds=140),
    )


def open_channel(name: str, settings: BlueskySettings, doors: Doors) -> "Bluesky":
    """Raises SettingsError where the password is missing."""
    session = Session(name, settings.server, settings.handle.lstrip("@"), settings.password.reveal(), doors.clock)
    return Bluesky(name, settings, session, doors)


class Bluesky:
    """One account."""

    def __init__(self, name: str, settings: BlueskySettings, session: Session, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._form, self._session, self._doors = settings.form, session, doors

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it."""
        return await self._post(edition, key, None)

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer; should the post above be gone, it stands by itself."""
        above = await self._there(to.platform_id)
        if above is None:
            return await self._post(edition, key, None)
        parent = {"uri": above["uri"], "cid": above["cid"]}
        root = (above["value"].get("reply") or {}).get("root", parent)
        return await self._post(edition, key, {"root": root, "parent": parent})

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete its record; the server calls it a success where there is none."""
        del key
        response = await self._session.do("com.atproto.repo.deleteRecord", json=_place(receipt.platform_id))
        if not response.is_success:
            raise self._session.error(response)
        return Receipt(receipt.platform_id, self._doors.clock(), receipt.permalink, "deleted")

    async def pin(self, receipt: Receipt) -> None:
        """Put it on top of the profile, which has room for one: whatever is there goes."""
        post = await self._there(receipt.platform_id)
        if post is None:
            raise Refused(self.name, "it is gone")
        await self._on_top({"uri": post["uri"], "cid": post["cid"]})

    async def unpin(self, receipt: Receipt) -> None:
        """Take it down; where another one is on top, nothing happens."""
        await self._on_top(None, instead_of=receipt.platform_id)

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look for the record: the account's own server knows every one."""
        del since
        there = await self._there(await self._uri(key))
        return None if there is None else self._receipt(there["uri"], there, facets.parse(edition.text).text)

    async def check(self) -> tuple[Finding, ...]:
        """Open a session, and see whether the account may post."""
        try:
            told = await self._session.open()
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        active = told.get("active") is not False
        state = Finding("right", active, "may post" if active else f"the account is {told.get('status')}")
        return Finding("account", True, f"@{told.get('handle')} ({told.get('did')})"), state

    async def close(self) -> None:
        """Let go of connections."""
        await self._session.close()

    async def _post(self, edition: Edition, key: str, above: dict[str, Any] | None) -> Receipt:
        uri = await self._uri(key)
        embed, trouble = await self._embed(edition)
        rich = facets.parse(edition.text)
        record = {
            "$type": _POST,
            "text": rich.text,
            "createdAt": self._doors.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "langs": [edition.language],
            "facets": [_facet(one) for one in rich.facets if one.leads is not Leads.TAG or _fits(one)],
            **({"embed": embed} if embed else {}),
            **({"reply": above} if above else {}),
        }
        body = {**_place(uri), "record": record, "swapRecord": None}
        response = await self._session.do("com.atproto.repo.putRecord", idempotent=False, json=body)
        there: dict[str, Any] | None = {"value": record}
        match named(response):
            case "InvalidSwap":
                there = await self._there(uri)
            case "BlobNotFound":
                raise Unavailable(self.name, "the picture has gone from the server meanwhile")
            case _:
                self._session.told(response, "uri", idempotent=False)
        if there is None:
            raise Unavailable(self.name, "it was there, and is gone again")
        return self._receipt(uri, there, trouble + rich.text)

    async def _embed(self, edition: Edition) -> tuple[dict[str, Any] | None, str]:
        """What stands below the words, and what the receipt must say where the picture is missing."""
        if edition.card is None:
            return None, ""
        card = await wire.card_of(edition, self._doors.cards)
        blob, trouble = (None, "its file is gone") if card is None else await self._uploaded(card, edition.card)
        said = f"{wire.WITHOUT_PICTURE} ({trouble}): " if trouble else ""
        if self._form == "link" and edition.link:
            shown = {
                "uri": edition.link,
                "title": edition.headline,
                "description": _below(edition.headline, edition.card),
            }
            thumb = {"thumb": blob} if blob else {}
            return {"$type": "app.bsky.embed.external", "external": {**shown, **thumb}}, said
        if blob is None:
            return None, said
        ratio = {"width": edition.card.width, "height": edition.card.height}
        image = {"image": blob, "alt": edition.card.alt, "aspectRatio": ratio}
        return {"$type": "app.bsky.embed.images", "images": [image]}, said

    async def _uploaded(self, picture: bytes, card: Card) -> tuple[dict[str, Any] | None, str]:
        response = await self._session.do(
            "com.atproto.repo.uploadBlob", content=picture, headers={"Content-Type": card.media_type}
        )
        err = None if response.is_success else self._session.error(response)
        if err is not None and response.status_code in _NO_PICTURE and not getattr(err, "account", False):
            return None, err.why
        return self._session.told(response, "blob")["blob"], ""

    async def _uri(self, key: str) -> str:
        return f"at://{await self._session.name()}/{_POST}/{tid(key)}"

    async def _on_top(self, post: dict[str, str] | None, instead_of: str = "") -> None:
        """Write the profile as it is but for what is pinned; where somebody changes it meanwhile, later."""
        uri = f"at://{await self._session.name()}/{_PROFILE}/self"
        there = await self._there(uri)
        profile: dict[str, Any] = dict(there["value"]) if there else {"$type": _PROFILE}
        pinned = profile.pop("pinnedPost", None)
        if pinned == post or (post is None and (pinned or {}).get("uri") != instead_of):
            return
        profile |= {"pinnedPost": post} if post else {}
        body = {**_place(uri), "record": profile, "swapRecord": there.get("cid") if there else None}
        response = await self._session.do("com.atproto.repo.putRecord", json=body)
        if named(response) == "InvalidSwap":
            raise Unavailable(self.name, "the profile is being changed")
        self._session.told(response, "uri")

    async def _there(self, uri: str) -> dict[str, Any] | None:
        response = await self._session.ask("com.atproto.repo.getRecord", **_place(uri))
        # An older server says it in words only.
        if named(response) == "RecordNotFound" or "Could not locate record" in response.text:
            return None
        return self._session.told(response, "value")

    def _receipt(self, uri: str, there: dict[str, Any], sent: str) -> Receipt:
        place = _place(uri)
        permalink = f"https://bsky.app/profile/{place['repo']}/post/{place['rkey']}"
        return Receipt(uri, datetime.fromisoformat(there["value"]["createdAt"]), permalink, sent)


def _place(uri: str) -> dict[str, str]:
    repo, collection, rkey = uri.removeprefix("at://").split("/")
    return {"repo": repo, "collection": collection, "rkey": rkey}


def _facet(one: Facet) -> dict[str, Any]:
    kind = "app.bsky.richtext.facet#"
    feature = {"tag": one.target} if one.leads is Leads.TAG else {"uri": one.target}
    return {
        "index": {"byteStart": one.start, "byteEnd": one.end},
        "features": [{"$type": f"{kind}{one.leads}", **feature}],
    }


def _fits(tag: Facet) -> bool:
    return len(tag.target.encode()) <= _TAG_BYTES


def _below(headline: str, card: Card) -> str:
    """What the card says besides the headline, which the link's card has already."""
    return card.alt.partition(headline)[2].lstrip("。. ") if headline in card.alt else card.alt
