"""Feishu (飞书) and Lark: a group's custom bot, as a card, rich text or plain text.

Sources: open.feishu.cn "Custom bot usage guide" (limits, signature, codes), "Rich text" of message cards (Markdown and
its escapes), answers seen in public issue threads. The bot answers no id: nothing can be edited, deleted or looked up.
The whole request may have 20 KB; a picture needs the API of an application.

    code      what the platform says                          what it means
    0         success                                         out
    11232     frequency limited (100 a minute, 5 a second)    Unavailable; at full hours for others' sake
    99991400  request trigger frequency limit                 Unavailable
    2200      internal error                                  Uncertain
    19001     incoming webhook access token invalid           Refused, the account: the bot is gone
    19021     sign match fail, or more than an hour old       Refused, the account: secret or clock
    19022     Ip Not Allowed                                  Refused, the account
    19024     Key Words Not Found                             Refused, this post: give `keyword`
    9499      Bad Request                                     Refused, this post
    other     whatever                                        Refused, this post
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from bot.channels.answers import Answer, Caller, Code, Meaning, encoded
from bot.channels.kind import Doors
from bot.errors import DeliveryError, Refused
from bot.model.channel import Facts, Finding, LinkStyle, Long, Pace
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.rules import facets
from bot.rules.counting import utf8
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

REQUEST, TEXT = 20_000, 16_000
_CODES: Mapping[int, Code] = {
    11232: Code(Meaning.LATER, "100 a minute and 5 a second for one bot", timedelta(seconds=30)),
    99991400: Code(Meaning.LATER, wait=timedelta(seconds=30)),
    2200: Code(Meaning.DOUBT),
    19001: Code(Meaning.ACCOUNT, "the bot was removed, or its address is wrong: copy it again"),
    19021: Code(Meaning.ACCOUNT, "compare the bot's signing secret, and the clock of this machine"),
    19022: Code(Meaning.ACCOUNT, "put this machine's address on the bot's list"),
    19024: Code(Meaning.POST, "write the bot's word as `keyword`"),
}
_AT = re.compile(r"<(?=\s*/?\s*at\b)", re.IGNORECASE)  # <at user_id="all"></at> in a plain text calls everybody

Form = Literal["card", "post", "text"]
FORMS: Mapping[str, tuple[str, Markup, LinkStyle]] = {
    "card": ("feishu.feishu.j2", Markup.FEISHU, LinkStyle.NAMED),
    "post": ("feishu.facets.j2", Markup.FACETS, LinkStyle.NAMED),
    "text": ("feishu.txt.j2", Markup.PLAIN, LinkStyle.BARE),
}
"""Template, markup and link of each form."""


class FeishuSettings(ChannelSettings):
    """Which bot, its gates, and how its messages look."""

    kind: Literal["feishu"]
    hook: Secret = Field(description="The bot's webhook address or the token at its end, as env:NAME or file:PATH.")
    secret: Secret | None = Field(None, description="The bot's signing secret (签名校验), where it has that gate.")
    keyword: str = Field(
        "", max_length=60, description="A keyword of the bot, where it has that gate: it ends posts that lack it."
    )
    group: str = Field("", description="What the group is called, for people.")
    form: Form = Field("card", description="card: Markdown below a head; post: rich text; text: plain.")
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, or numbered messages.")
    api: Address = Field("https://open.feishu.cn", description="https://open.larksuite.com for Lark.")

    def account(self, name: str) -> str:  # noqa: ARG002 - two channels of one bot share its limits
        """One lane a bot."""
        return f"feishu:{self.hook.reference}"

    @property
    def place(self) -> str:
        """The group."""
        return self.group or self.hook.reference


def facts(settings: FeishuSettings) -> Facts:
    """What is left of 20 KB when headline, address and the card's frame are in."""
    template, markup, link = FORMS[settings.form]
    return Facts(
        kind="feishu",
        template=template,
        markup=markup,
        limit=TEXT - utf8(settings.keyword),
        unit=Unit.BYTES,
        card=None,
        link=link,
        hashtags=0,
        long=settings.long,
        pace=(Pace(5, timedelta(seconds=1)), Pace(100, timedelta(minutes=1))),
        send_within=timedelta(seconds=40),
    )


def open_channel(name: str, settings: FeishuSettings, doors: Doors) -> "Feishu":
    """Raises SettingsError where hook or secret are missing."""
    secret = settings.secret.reveal() if settings.secret else ""
    return Feishu(name, settings, settings.hook.reveal(), secret, doors.clock)


class Feishu:
    """One group, through its custom bot."""

    def __init__(
        self, name: str, settings: FeishuSettings, hook: str, secret: str, clock: Callable[[], datetime]
    ) -> None:
        """`hook` may be the whole address that the platform shows; without a secret nothing is signed."""
        self.name, self.facts = name, facts(settings)
        self._settings, self._secret, self._clock = settings, secret, clock
        token = hook.strip().rstrip("/").rpartition("/")[2]
        self._url = f"{settings.api.rstrip('/')}/open-apis/bot/v2/hook/{token}"
        self._caller = Caller(name, _CODES, (hook, token, secret), clock)

    def __repr__(self) -> str:
        return f"Feishu({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it; the platform knows neither our key nor a number of its own, so the receipt bears ours."""
        word = self._settings.keyword
        text = edition.text if word in edition.text else f"{edition.text}\n\n{word}"
        text = harmless(text) if self._settings.form == "text" else text
        message = self._signed(_message(self._settings.form, edition, text))
        if (size := len(encoded(message))) > REQUEST:
            raise Refused(self.name, f"the message has {size} bytes, the platform takes {REQUEST}")
        await self._caller.ask(self._url, message)
        return Receipt(key, self._clock(), sent=text)

    async def check(self) -> tuple[Finding, ...]:
        """Send a message without a type: nothing is posted, but a wrong address or signature is told."""
        try:
            answer: Answer = await self._caller.call(self._url, self._signed({}))
        except DeliveryError as err:
            return (Finding("bot", False, err.why),)
        refused = self._caller.error(answer)
        wrong = isinstance(refused, Refused) and refused.account
        return (Finding("bot", not wrong, refused.why if wrong else "the address is known"),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    def _signed(self, message: Mapping[str, Any]) -> dict[str, Any]:
        if not self._secret:
            return dict(message)
        stamp = str(int(self._clock().timestamp()))
        return {"timestamp": stamp, "sign": sign(stamp, self._secret), **message}


def sign(stamp: str, secret: str) -> str:
    """Base64 of HMAC-SHA256 over nothing, by seconds, a line end and the secret: here that is the key."""
    digest = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _message(form: Form, edition: Edition, text: str) -> dict[str, Any]:
    match form:
        case "card":
            return {"msg_type": "interactive", "card": card(edition.headline, text)}
        case "post":
            return {"msg_type": "post", "content": {"post": post(edition.headline, text)}}
        case _:
            return {"msg_type": "text", "content": {"text": text}}


def card(headline: str, text: str, picture: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A card: the headline in its head, as plain text, then the picture, then the words."""
    return {
        "config": {"wide_screen_mode": True, "update_multi": True},
        "header": {"title": {"tag": "plain_text", "content": headline}, "template": "blue"},
        "elements": [*([picture] if picture else []), {"tag": "markdown", "content": text}],
    }


def post(headline: str, text: str) -> dict[str, Any]:
    """A rich text from words with facets: a paragraph a line, in which a link stands out and all else is plain."""
    rich = facets.parse(text)
    raw, lines, place = rich.text.encode(), [[]], 0  # type: bytes, list[list[dict[str, str]]], int

    def plain(upto: int) -> None:
        for number, piece in enumerate(raw[place:upto].decode().split("\n")):
            if number and lines[-1]:
                lines.append([])
            if piece:
                lines[-1].append({"tag": "text", "text": piece})

    for facet in rich.facets:
        if facet.leads is facets.Leads.ADDRESS:
            plain(facet.start)
            shown = raw[facet.start : facet.end].decode()
            lines[-1].append({"tag": "a", "text": shown, "href": facet.target})
            place = facet.end
    plain(len(raw))
    return {"zh_cn": {"title": headline, "content": [line for line in lines if line]}}


def harmless(text: str) -> str:
    """A plain text in which nobody is called."""
    return _AT.sub("＜", text)
