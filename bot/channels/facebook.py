"""Facebook: a Page's posts, with the share card as a photo or with the link's preview.

Sources: developers.facebook.com, Pages API (posts, photos) and Page Post reference of 2026. The codes are in graph.py.
A post of the application that made it can be changed in its words, never in its picture or link; it can be deleted.

    what comes back                                    what it means
    100 with subcode 33, to a deletion                 it is gone already: success
    100 with subcode 33, to a post                     Refused, the account: no such Page for this token
    506 duplicate                                      these words are out: their post is looked for, and is the receipt
    any refusal of the photo that is not the account's the words go alone, and the receipt says so

There is no key. A lost answer is settled by the Page's own posts; that one is not among them proves nothing.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from bot.channels import wire
from bot.channels.connected import ConnectedSettings, token_of
from bot.channels.graph import Denied, Graph
from bot.channels.kind import Doors
from bot.channels.meta import FacebookEntrance
from bot.channels.oauth import Application
from bot.errors import DeliveryError, Refused, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Pace
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import Secret
from bot.settings.scalars import Address

TEXT, FILE = 63_206, 10 * 1024 * 1024
RIGHTS = ("pages_manage_posts", "pages_read_engagement")
CONSENTED = (*RIGHTS, "pages_show_list")
"""What a person is asked for, of whom the Page's token is then got."""
_FIELDS = "id,message,created_time,permalink_url"
_DUPLICATE, _GONE = 506, (100, 33)
_SKEW, _PAGE, _PAGES = timedelta(minutes=5), 100, 5


class FacebookSettings(ConnectedSettings):
    """Which Page, and with whose right."""

    kind: Literal["facebook"]
    page: str = Field(pattern=r"^\d+$", description="The Page's number.")
    token: Secret | None = Field(None, description="The Page's access token, as env:NAME or file:PATH.")
    card: bool = Field(True, description="Post the share card as a photo; without it the link shows its preview.")
    limit: int = Field(TEXT, ge=100, le=TEXT, description="Longest text: readers see some 400 characters at first.")
    version: str = Field("v25.0", pattern=r"^v\d+\.\d$", description="Of the Graph API; each lives about two years.")
    api: Address = Field("https://graph.facebook.com", description="Another address, for tests.")
    login: Address = Field("https://www.facebook.com", description="Another address of the consent, for tests.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one Page share its limits
        """One lane a Page."""
        return f"facebook:{self.page}"

    @property
    def place(self) -> str:
        """The Page's number."""
        return self.page


def facts(settings: FacebookSettings) -> Facts:
    """UTF-16 units are a safe bound of what the platform counts."""
    return Facts(
        kind="facebook",
        template="facebook.social.j2",
        markup=Markup.SOCIAL,
        limit=settings.limit,
        unit=Unit.UTF16,
        card=CardSize(most_bytes=FILE) if settings.card else None,
        link=LinkStyle.BARE,
        hashtags=3,
        preview=not settings.card,
        pace=(Pace(10, timedelta(minutes=1)),),
        editable=True,
        send_within=timedelta(seconds=140),
    )


def open_channel(name: str, settings: FacebookSettings, doors: Doors) -> "Facebook":
    """Raises SettingsError where the token, or the house's key, is missing."""
    return Facebook(name, settings, doors)


class Facebook:
    """One Page."""

    def __init__(self, name: str, settings: FacebookSettings, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._doors = settings, doors
        self._clock: Callable[[], datetime] = doors.clock
        base = f"{settings.api.rstrip('/')}/{settings.version}"
        application = Application(name, settings.app, settings.secret, doors.clock)
        entrance = FacebookEntrance(application, settings.login, base, settings.page, CONSENTED)
        self.token = token_of(name, settings, doors, entrance)
        self._graph = Graph(name, base, self.token, doors.clock)
        self._uploaded: dict[str, str] = {}
        """Photos that wait for their post, by key."""

    def __repr__(self) -> str:
        return f"Facebook({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post words and card; where the very words are out, the post that has them is the receipt."""
        text = _calling_nobody(edition.text)
        photo, trouble = await self._photo(edition, key)
        body = {"message": text}
        if photo:
            body["attached_media[0]"] = json.dumps({"media_fbid": photo})
        elif edition.link:
            body["link"] = edition.link
        try:
            # The answer may hold what was asked for in `fields`, so that the permalink needs no second call.
            posted = await self._graph.call(
                "POST", f"{self._settings.page}/feed", data=body, params={"fields": _FIELDS}
            )
        except Denied as err:
            if (err.code, err.subcode) == _GONE:
                raise Refused(self.name, f"{err.why}: is page the Page of this token?", account=True) from None
            found = await self._look(text) if err.code == _DUPLICATE else None
            if found is None:
                raise
            return found
        if not posted.get("id"):
            raise Uncertain(self.name, "the answer has no number")
        self._uploaded.pop(key, None)
        return self._receipt(posted, trouble + text)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Change the words; picture and link stay as they are."""
        del key
        text = _calling_nobody(edition.text)
        await self._graph.call("POST", receipt.platform_id, idempotent=True, data={"message": text})
        return Receipt(receipt.platform_id, receipt.at, receipt.permalink, text)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it; one that is gone already is a success."""
        del key
        try:
            await self._graph.call("DELETE", receipt.platform_id, idempotent=True)
        except Denied as err:
            if (err.code, err.subcode) != _GONE:
                raise
            return Receipt(receipt.platform_id, self._clock(), receipt.permalink, f"it was gone: {err.why}")
        return Receipt(receipt.platform_id, self._clock(), receipt.permalink, "deleted")

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through the Page's own posts for these words."""
        del key
        found = await self._look(_calling_nobody(edition.text), since)
        if found is None:
            raise Uncertain(self.name, "not among the Page's posts, which may be listed late: look at the Page")
        return found

    async def check(self) -> tuple[Finding, ...]:
        """Ask whose token it is, what it may do, and when it dies."""
        try:
            me = await self._graph.call("GET", "me", idempotent=True, params={"fields": "id,name"})
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        ours = str(me.get("id")) == self._settings.page
        remedy = f"the token is that of {me.get('name')} ({me.get('id')}): take the token of the Page itself"
        found = Finding("page", ours, str(me.get("name")) if ours else remedy)
        return (found, *await self._graph.token(RIGHTS))

    async def close(self) -> None:
        """Let go of connections."""
        await self._graph.close()

    async def _photo(self, edition: Edition, key: str) -> tuple[str | None, str]:
        """The number of the photo, not published by itself, and what the receipt must say where there is none."""
        if edition.card is None or not self._settings.card:
            return None, ""
        if key in self._uploaded:
            return self._uploaded[key], ""
        content = await wire.card_of(edition, self._doors.cards)
        if content is None:
            return None, f"{wire.WITHOUT_PICTURE} (its file is gone): "
        file = {"source": (edition.card.file, content, edition.card.media_type)}
        fields = {"published": "false", "alt_text_custom": edition.card.alt}
        try:
            uploaded = await self._graph.call(
                "POST", f"{self._settings.page}/photos", idempotent=True, data=fields, files=file
            )
        except Denied as err:
            if err.account:
                raise
            return None, f"{wire.WITHOUT_PICTURE} ({err.why}): "
        self._uploaded[key] = str(uploaded.get("id", ""))
        return self._uploaded[key] or None, ""

    async def _look(self, text: str, since: datetime | None = None) -> Receipt | None:
        """The Page's own post with these words; where no time is given, among its latest."""
        asked = {"fields": _FIELDS, "limit": str(_PAGE if since else 25)}
        if since is not None:
            asked["since"] = str(int((since - _SKEW).timestamp()))
        for _ in range(_PAGES if since else 1):
            page = await self._graph.call("GET", f"{self._settings.page}/feed", idempotent=True, params=asked)
            for post in page.get("data", ()):
                if _bare(str(post.get("message", ""))) == _bare(text):
                    return self._receipt(post, text)
            after = page.get("paging", {}).get("cursors", {}).get("after")
            if not after or not page.get("data"):
                return None
            asked["after"] = after
        return None

    def _receipt(self, post: Mapping[str, Any], sent: str) -> Receipt:
        number = str(post["id"])
        try:
            at = datetime.fromisoformat(str(post.get("created_time"))).astimezone(UTC)
        except ValueError:
            at = self._clock()
        return Receipt(number, at, post.get("permalink_url") or f"https://www.facebook.com/{number}", sent)


def _calling_nobody(text: str) -> str:
    """`@[number]` would call a Page; behind a zero-width joiner it does not."""
    return re.sub(r"@(?=\[)", "@\u200d", text)


def _bare(text: str) -> str:
    """Letters and digits alone: the platform tidies spaces."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text))
