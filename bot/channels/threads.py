"""Threads: one profile; a post is first a container, which is then published.

Sources: developers.facebook.com, Threads API (posts, publishing, deletion, troubleshooting) of 2026; answers seen in
public issue threads of that year. The codes are in graph.py.

    what comes back                                    what it means
    container IN_PROGRESS                              Unavailable: the same container is published in half a minute
    container ERROR, or a refusal that is not the      the words go alone, and the receipt says so; without a picture:
      account's, of a picture                            Refused, this post
    container EXPIRED (a day old)                      not out: a new one is made
    24 with subcode 4279009 to the first publishing    the container got lost: Unavailable, and a new one is made
    container PUBLISHED, or without a status           it is out: its post is looked for, and is the receipt

There is no key, yet the container is kept in the ledger before it is published, so that a lost answer, or a crash, is
settled by asking what became of it. Nothing can be edited. Pictures are fetched from a public address.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field, TypeAdapter

from bot.channels.connected import ConnectedSettings, token_of
from bot.channels.graph import Denied, Graph
from bot.channels.kind import Doors
from bot.channels.meta import ThreadsEntrance
from bot.channels.oauth import Application
from bot.channels.unfinished import Unfinished
from bot.channels.wire import WITHOUT_PICTURE
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Long, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import Secret
from bot.settings.scalars import Address

TEXT, ALT, FILE = 500, 1000, 8 * 1024 * 1024
RIGHTS = ("threads_basic", "threads_content_publish", "threads_delete")
ANSWERING = "threads_manage_replies"
"""Asked for as well where long stories become threads: each post answers the one before."""
_LOST, _NO_STATUS, _GONE = (24, 4_279_009), 100, (24, 100)
_FIELDS = "id,text,timestamp,permalink"
_SKEW, _PAGE, _PAGES = timedelta(minutes=5), 100, 5
_READY_IN = timedelta(seconds=30)


class ThreadsSettings(ConnectedSettings):
    """Whose profile, and where its pictures are published."""

    kind: Literal["threads"]
    token: Secret | None = Field(
        None,
        description="The profile's long-lived access token, as env:NAME or file:PATH. Without token and app, `connect`"
        " asks for one and Crier renews it.",
    )
    cards_url: Address | None = Field(
        None, description="Where the folder of share cards is published: Threads fetches the picture from there."
    )
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, a thread, or messages.")
    api: Address = Field("https://graph.threads.net/v1.0", description="Another address, for tests.")
    login: Address = Field("https://threads.net", description="Another address of the consent, for tests.")

    pasted: ClassVar[bool] = True


def facts(settings: ThreadsSettings) -> Facts:
    """Without a published card, Threads draws the preview of the first link."""
    return Facts(
        kind="threads",
        template="threads.social.j2",
        markup=Markup.SOCIAL,
        limit=TEXT,
        unit=Unit.EMOJI_BYTES,
        card=CardSize(most_bytes=FILE, alt=ALT) if settings.cards_url else None,
        link=LinkStyle.BARE,
        hashtags=1,
        preview=settings.cards_url is None,
        pace=(Pace(250, timedelta(days=1), Scope.ACCOUNT),),
        long=settings.long,
        send_within=timedelta(seconds=150),
    )


def open_channel(name: str, settings: ThreadsSettings, doors: Doors) -> "Threads":
    """Raises SettingsError where the token, or the house's key, is missing."""
    return Threads(name, settings, doors)


@dataclass(frozen=True, slots=True)
class Container:
    """A post that waits to be published, and whether we have asked for it."""

    number: str
    trouble: str = ""
    """What the receipt must say of the picture."""
    tried: bool = False


_as_json = TypeAdapter(Container)


class Threads:
    """One profile."""

    def __init__(self, name: str, settings: ThreadsSettings, doors: Doors) -> None:
        self.name, self.facts = name, facts(settings)
        self._cards = settings.cards_url.rstrip("/") if settings.cards_url else ""
        self._clock: Callable[[], datetime] = doors.clock
        self._rights = (*RIGHTS, ANSWERING) if settings.long is Long.THREAD else RIGHTS
        application = Application(name, settings.app, settings.secret, doors.clock)
        entrance = ThreadsEntrance(application, settings.login, settings.api, self._rights)
        self.token = token_of(name, settings, doors, entrance)
        self._graph = Graph(name, settings.api, self.token, doors.clock)
        self._begun = Unfinished(name, doors.begun)

    def __repr__(self) -> str:
        return f"Threads({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Publish it; the same key publishes the same container."""
        return await self._post(edition, key, {})

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Publish it as an answer; should the post above be gone, it stands by itself."""
        return await self._post(edition, key, {"reply_to_id": to.platform_id})

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it; one that is gone already is a success."""
        del key
        try:
            await self._graph.call("DELETE", receipt.platform_id, idempotent=True)
        except Denied as err:
            if err.code not in _GONE or err.account:
                raise
            return Receipt(receipt.platform_id, self._clock(), receipt.permalink, f"it was gone: {err.why}")
        return Receipt(receipt.platform_id, self._clock(), receipt.permalink, "deleted")

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Ask what became of the container; where none is remembered, look through the profile's own posts."""
        container = await self._kept(key)
        if container is not None and await self._status(container) not in ("PUBLISHED", ""):
            return None  # and a repeat publishes this very container, or makes a new one where it is spent
        return await self._look(edition, since, container.trouble if container else "")

    async def check(self) -> tuple[Finding, ...]:
        """Ask who we are, how much of the day's posts is used, what the token may do, and when it dies."""
        try:
            me = await self._graph.call("GET", "me", idempotent=True, params={"fields": "id,username"})
            found = [Finding("profile", True, f"@{me.get('username')}")]
            asked = {"fields": "quota_usage,config"}
            limit = await self._graph.call("GET", "me/threads_publishing_limit", idempotent=True, params=asked)
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        for one in limit.get("data", ())[:1]:
            used, whole = one.get("quota_usage", 0), one.get("config", {}).get("quota_total", 250)
            found.append(Finding("posts today", used < whole, f"{used} of {whole}"))
        return (*found, *await self._graph.token(self._rights))

    async def close(self) -> None:
        """Let go of connections."""
        await self._graph.close()

    async def _post(self, edition: Edition, key: str, more: Mapping[str, str]) -> Receipt:
        container = await self._kept(key) or await self._keep(key, await self._container(edition, more))
        status = await self._status(container)
        if status == "PUBLISHED" or (not status and container.tried):
            return await self._out(container, edition, key)
        match status:
            case "FINISHED":
                return await self._publish(container, edition, key)
            case "IN_PROGRESS":
                raise Unavailable(self.name, "the picture is still being fetched", retry_after=_READY_IN, alone=True)
            case "ERROR" if edition.card is not None and self._cards and not container.trouble:
                trouble = f"{WITHOUT_PICTURE} (Threads could not take it): "
                await self._keep(key, await self._container(edition, more, trouble))
                return await self._post(edition, key, more)
            case "ERROR":
                await self._begun.done(key)
                raise Refused(self.name, "Threads could not make this post")
        await self._begun.done(key)
        raise Unavailable(
            self.name, f"the container is {status or 'lost'}: made anew", retry_after=_READY_IN, alone=True
        )

    async def _container(self, edition: Edition, more: Mapping[str, str], trouble: str = "") -> Container:
        words = {"media_type": "TEXT", "text": edition.text}
        wanted: dict[str, str] = {**words, **more}
        if edition.card is not None and self._cards and not trouble:
            picture = {"media_type": "IMAGE", "image_url": f"{self._cards}/{quote(edition.card.file)}"}
            wanted |= {**picture, "alt_text": edition.card.alt[:ALT]}
        try:
            made = await self._graph.call("POST", "me/threads", idempotent=True, data=wanted)
        except Denied as err:
            if err.account or wanted == words:
                raise
            # It may be the picture, or the post above is gone: the words alone, once.
            if "image_url" in wanted:
                return await self._container(edition, more, f"{WITHOUT_PICTURE} ({err.why}): ")
            return await self._container(edition, {}, trouble)
        return Container(str(made.get("id", "")), trouble)

    async def _kept(self, key: str) -> Container | None:
        value = await self._begun.get(key)
        return _as_json.validate_json(value) if value else None

    async def _keep(self, key: str, container: Container) -> Container:
        await self._begun.keep(key, _as_json.dump_json(container).decode())
        return container

    async def _status(self, container: Container) -> str:
        """As the platform names it; empty where it knows no status, for then it is a container no more."""
        try:
            told = await self._graph.call("GET", container.number, idempotent=True, params={"fields": "status"})
        except Denied as err:
            if err.account or err.code not in (_NO_STATUS, _LOST[0]):
                raise
            return ""
        return str(told.get("status", ""))

    async def _publish(self, container: Container, edition: Edition, key: str) -> Receipt:
        again = container.tried
        await self._keep(key, replace(container, tried=True))
        try:
            posted = await self._graph.call("POST", "me/threads_publish", data={"creation_id": container.number})
        except Denied as err:
            if (err.code, err.subcode) == _LOST and again:
                return await self._out(container, edition, key)
            await self._begun.done(key)
            if (err.code, err.subcode) == _LOST:
                raise Unavailable(self.name, f"{err.why}: made anew", retry_after=_READY_IN, alone=True) from None
            raise
        if not posted.get("id"):
            raise Uncertain(self.name, "the answer has no number")
        await self._begun.done(key)
        try:
            shown = await self._graph.call("GET", str(posted["id"]), idempotent=True, params={"fields": _FIELDS})
        except DeliveryError:
            shown = {}  # it is out, permalink or not
        return self._receipt({**shown, "id": posted["id"]}, container.trouble + edition.text)

    async def _out(self, container: Container, edition: Edition, key: str) -> Receipt:
        """What this container has become."""
        found = await self._look(edition, self._clock() - timedelta(days=1), container.trouble)
        await self._begun.done(key)
        return found

    async def _look(self, edition: Edition, since: datetime, trouble: str) -> Receipt:
        """The profile's own post with these words. Raises Uncertain where it is not listed."""
        asked = {"fields": _FIELDS, "limit": str(_PAGE), "since": str(int((since - _SKEW).timestamp()))}
        for _ in range(_PAGES):
            page = await self._graph.call("GET", "me/threads", idempotent=True, params=asked)
            for post in page.get("data", ()):
                if _bare(str(post.get("text", ""))) == _bare(edition.text):
                    return self._receipt(post, trouble + edition.text)
            after = page.get("paging", {}).get("cursors", {}).get("after")
            if not after or not page.get("data"):
                break
            asked["after"] = after
        raise Uncertain(self.name, "not among the profile's posts, which may be listed late: look at the profile")

    def _receipt(self, post: Mapping[str, Any], sent: str) -> Receipt:
        try:
            at = datetime.fromisoformat(str(post.get("timestamp"))).astimezone(UTC)
        except ValueError:
            at = self._clock()
        return Receipt(str(post["id"]), at, post.get("permalink"), sent)


def _bare(text: str) -> str:
    """Letters and digits alone: the platform tidies spaces."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", text))
