"""WhatsApp: one reader's number, by an approved template of the Cloud API, with the card as its header.

Sources: developers.facebook.com, WhatsApp Cloud API (messages, media, throughput; "Error codes" of 2026-05, with the
tables that integrators keep of them). Outside of a conversation the reader has begun, only approved templates go out;
what they say is fixed but for their parameters. There is no key and nothing can be looked up, changed or deleted:
after a lost answer nobody knows, unless WhatsApp reports at our door what became of it (whatsapp_status.py).

    code                                             what it means
    4 80007 130429 131016 131048 131056 131057       Unavailable: too often, or out of service
      429, 503
    0 3 10 33 190 200…219 368 130403 130497 131005   Refused, the account: token, right, number, money, a block
      131031 131042 131045 133010
    132001 132007 132015 132016                      Refused, the account: the template is missing, not allowed, paused
    1 2 131000; 500, 502, 504, none                  Uncertain
    131049 131050                                    Refused, this post: the reader gets no more news for now
    other (100 131008 131009 131026 132000 …)        Refused, this post
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

import httpx
from pydantic import Field, model_validator

from bot.channels.kind import Doors
from bot.channels.unfinished import Unfinished
from bot.channels.whatsapp_status import Door
from bot.channels.wire import card_of, client, exchange, fields
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Pace
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address
from bot.web import outcomes

WORDS, PICTURE = 600, 5 * 1024 * 1024
"""A template's body has 1024 characters; headline, link and its own words need the rest."""
_LATER = {4: 60, 80007: 60, 130429: 60, 131016: 60, 131048: 3600, 131056: 10, 131057: 600}
"""Seconds, for the answer names no time."""
_TEMPLATE = frozenset({132001, 132007, 132015, 132016})
_OURS = {0, 3, 10, 33, 190, *range(200, 220), 368, 130403, 130497, 131005, 131031, 131042, 131045, 133010}
_ACCOUNT = frozenset(_OURS) | _TEMPLATE
_DOUBT = frozenset({1, 2, 131000})

Part = Literal["headline", "words", "link"]


class WhatsappSettings(ChannelSettings):
    """From which number to which, and by which template."""

    kind: Literal["whatsapp"]
    token: Secret = Field(description="A system user's access token, as env:NAME or file:PATH.")
    number: str = Field(pattern=r"^\d+$", description="The id of the number that sends (Phone number ID).")
    to: str = Field(
        pattern=r"^\+?\d{6,15}$", description="The reader's number with its country; the reader has agreed."
    )
    template: str = Field(pattern=r"^[a-z0-9_]{1,512}$", description="The name of the approved template.")
    locale: str = Field("zh_CN", description="The language code under which the template was approved.")
    parts: tuple[Part, ...] = Field(
        ("headline", "words", "link"), description="What fills {{1}}, {{2}} … of the template's body, in order."
    )
    picture: bool = Field(False, description="The template has a picture as its header: the share card fills it.")
    app_secret: Secret | None = Field(
        None, description="The Meta app's secret, as env:NAME or file:PATH: WhatsApp signs with it what it reports."
    )
    hook_word: Secret | None = Field(
        None,
        description="A word of your own, typed at Meta beside the address of the webhook, as env:NAME or file:PATH.",
    )
    api: Address = Field("https://graph.facebook.com/v24.0", description="Another version, or another address.")

    @model_validator(mode="after")
    def _hears_or_not(self) -> Self:
        if (self.app_secret is None) is not (self.hook_word is None):
            raise ValueError("write app_secret and hook_word, or neither")
        return self

    def account(self, name: str) -> str:  # noqa: ARG002 - two channels of one number share its limits
        """One lane a sending number."""
        return f"whatsapp:{self.number}"

    @property
    def place(self) -> str:
        """The last digits of the reader's number: all of it is nobody's business."""
        return f"…{self.to[-4:]}, template {self.template}"


def facts(settings: WhatsappSettings) -> Facts:
    """One reader may be told every six seconds."""
    return Facts(
        kind="whatsapp",
        template="whatsapp.txt.j2",
        markup=Markup.PLAIN,
        limit=WORDS,
        card=CardSize(most_bytes=PICTURE) if settings.picture else None,
        link=LinkStyle.APART,
        hashtags=0,
        pace=(Pace(1, timedelta(seconds=6)),),
        send_within=timedelta(seconds=100),
    )


def open_channel(name: str, settings: WhatsappSettings, doors: Doors) -> "Whatsapp":
    """Raises SettingsError where the token is missing."""
    secret, word = (one.reveal() if one else None for one in (settings.app_secret, settings.hook_word))
    begun = Unfinished(name, doors.begun)
    return Whatsapp(name, settings, settings.token.reveal(), doors.cards, doors.clock, begun, Door(name, secret, word))


class Whatsapp:
    """One reader, told from one number."""

    largest = 3_000_000
    """Meta's own limit of one report is 3 MB."""

    def __init__(
        self,
        name: str,
        settings: WhatsappSettings,
        token: str,
        cards: Path,
        clock: Callable[[], datetime],
        begun: Unfinished,
        door: Door,
    ) -> None:
        self.name, self.facts, self._begun = name, facts(settings), begun
        self.challenged, self.news = door.challenged, door.news
        self._settings, self._cards, self._clock = settings, cards, clock
        self._api = settings.api.rstrip("/")
        self._http = client({"Authorization": f"Bearer {token}"})

    def __repr__(self) -> str:
        return f"Whatsapp({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Fill the template; the key travels with it and comes back in status reports, but stops no repeat."""
        values = {"headline": edition.headline, "words": edition.text, "link": edition.link or "—"}
        told = [_one_line(values[part]) for part in self._settings.parts]
        components: list[dict[str, Any]] = [
            {"type": "body", "parameters": [{"type": "text", "text": text} for text in told]}
        ]
        if self._settings.picture:
            header = {"type": "image", "image": {"id": await self._upload(edition)}}
            components.insert(0, {"type": "header", "parameters": [header]})
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": self._settings.to.removeprefix("+"),
            "type": "template",
            "template": {
                "name": self._settings.template,
                "language": {"code": self._settings.locale},
                "components": components,
            },
            "biz_opaque_callback_data": key[:512],
        }
        said = await self._call("POST", f"{self._settings.number}/messages", idempotent=False, json=body)
        message = (said.get("messages") or [{}])[0]
        if not message.get("id"):
            raise Uncertain(self.name, "the answer has no message")
        state = message.get("message_status", "accepted")
        held = "" if state == "accepted" else f"{state}, WhatsApp may send it later or not at all: "
        return Receipt(str(message["id"]), self._clock(), None, held + "\n".join(told))

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """What WhatsApp has reported of it. Raises Uncertain where that is nothing, or nothing is heard."""
        del edition, since
        if (told := await self._begun.get(key)) is None:
            raise Uncertain(self.name, "WhatsApp has not reported what became of it")
        number, _, at = told.partition(" ")
        return Receipt(number, datetime.fromisoformat(at), None, "as WhatsApp reports")

    async def check(self) -> tuple[Finding, ...]:
        """Ask for the number that sends and for its standing; tells nobody anything."""
        wanted = {"fields": "display_phone_number,verified_name,quality_rating,status"}
        try:
            said = await self._call("GET", self._settings.number, idempotent=True, params=wanted)
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        state = str(said.get("status", "CONNECTED"))
        told = f"{said.get('verified_name')} ({said.get('display_phone_number')}), quality {said.get('quality_rating')}"
        return (Finding("account", state == "CONNECTED", told if state == "CONNECTED" else f"{told}: {state}"),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _upload(self, edition: Edition) -> str:
        """The card's number. A template with a picture cannot go without one. A repeat leaves a second picture."""
        card = await card_of(edition, self._cards)
        if card is None or edition.card is None:
            raise Refused(self.name, "the template wants a picture, and the story's card is missing")
        files = {"file": (edition.card.file, card, edition.card.media_type)}
        form = {"messaging_product": "whatsapp", "type": edition.card.media_type}
        said = await self._call("POST", f"{self._settings.number}/media", idempotent=True, data=form, files=files)
        return str(said.get("id"))

    async def _call(self, method: str, path: str, *, idempotent: bool, **request: Any) -> dict[str, Any]:
        url = f"{self._api}/{path}"
        response = await exchange(self.name, self._http, method, url, idempotent=idempotent, **request)
        said = fields(response)
        if response.is_success and said and "error" not in said:
            return said
        raise self._ours(response, said.get("error"), idempotent=idempotent)

    def _ours(self, response: httpx.Response, said: Any, *, idempotent: bool) -> DeliveryError:
        """One of the three, by the table above."""
        unsure = Unavailable if idempotent else Uncertain
        if not isinstance(said, dict) or not isinstance(said.get("code"), int):
            if response.is_success:
                return unsure(self.name, "the answer is none of WhatsApp's")
            status, now = response.status_code, self._clock()
            return outcomes.of_status(self.name, status, response.headers, now, idempotent=idempotent)
        code, more = said["code"], (said.get("error_data") or {}).get("details") or ""
        why = f"{code}: {said.get('message', '')}" + (f" — {more}" if more else "")
        if code in _LATER:
            return Unavailable(self.name, why, retry_after=timedelta(seconds=_LATER[code]), throttled=True)
        if code in _DOUBT:
            return unsure(self.name, why)
        return Refused(self.name, why, account=code in _ACCOUNT)


def _one_line(text: str) -> str:
    """A parameter may have no line ends, tabs or four spaces in a row; an empty one is refused, too."""
    return re.sub(r"\s+", " ", text).strip() or "—"
