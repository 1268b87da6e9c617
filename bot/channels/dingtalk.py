"""DingTalk (钉钉): a group's custom robot, as Markdown, an action card, a link or plain text.

Sources: open.dingtalk.com "custom robots" (sending, security settings), the error table of its help pages, answers seen
in public issue threads and probed by others. The robot answers no id: nothing can be edited, deleted or looked up.
The whole request may have 20,000 bytes. Pictures are shown from a public address only. People are called by the field
`at`, never by the words.

    code                      what the platform says                 what it means
    0                         ok                                     out
    -1                        system busy                            Unavailable
    130101, 410100            send too fast, exceed 20 a minute      Unavailable, 10 minutes: so long it is blocked
    status 1111, wait         its edge slows us down                 Unavailable
    310000 keywords           keywords not in content                Refused, this post: give `keyword`
    310000 sign, timestamp    sign not match, invalid timestamp      Refused, the account: secret or clock
    310000 ip                 ip not in whitelist                    Refused, the account
    300001, 300005, 400101    token is not exist                     Refused, the account
    400013, 400102, 400106    group dissolved, robot stopped or gone Refused, the account
    460101                    message too long                       Refused, this post
    430101 to 430104          unsafe link, words, pictures           Refused, this post
    other                     whatever                               Refused, this post
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from bot.channels.answers import Answer, Caller, Code, Meaning, encoded
from bot.channels.kind import Doors
from bot.errors import DeliveryError, Refused
from bot.model.channel import WIDE, Facts, Finding, LinkStyle, Long, Pace
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.rules.counting import utf8
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

REQUEST, TEXT, LINK = 20_000, 17_000, 500
_BLOCKED = timedelta(minutes=10)
_SECURITY = 310000
_TOKEN = "copy the robot's webhook address again"  # noqa: S105 - what to do, no token
_CODES: Mapping[int, Code] = {
    -1: Code(Meaning.LATER),
    1111: Code(Meaning.LATER, "the platform's edge slows us down", timedelta(seconds=30)),
    130101: Code(Meaning.LATER, "20 messages a minute for one robot", _BLOCKED),
    410100: Code(Meaning.LATER, "20 messages a minute for one robot", _BLOCKED),
    _SECURITY: Code(Meaning.ACCOUNT, "compare the robot's security settings: secret, clock of this machine, IP list"),
    300001: Code(Meaning.ACCOUNT, _TOKEN),
    300005: Code(Meaning.ACCOUNT, _TOKEN),
    400101: Code(Meaning.ACCOUNT, _TOKEN),
    400013: Code(Meaning.ACCOUNT, "the group was dissolved"),
    400102: Code(Meaning.ACCOUNT, "the robot was stopped: start it in the group's settings"),
    400106: Code(Meaning.ACCOUNT, "the robot was removed: add it again"),
}
_KEYWORD = re.compile("keyword|关键词", re.IGNORECASE)
_MORE = {"zh": "阅读全文", "zh-Hant": "閱讀全文"}


class DingtalkSettings(ChannelSettings):
    """Which robot, its gates, and how its messages look."""

    kind: Literal["dingtalk"]
    token: Secret = Field(description="The robot's webhook address or its access_token, as env:NAME or file:PATH.")
    secret: Secret | None = Field(None, description="The robot's signing secret (加签, SEC…), where it has that gate.")
    keyword: str = Field(
        "", max_length=60, description="A keyword of the robot, where it has that gate: it ends posts that lack it."
    )
    group: str = Field("", description="What the group is called, for people.")
    form: Literal["markdown", "card", "link", "text"] = Field(
        "markdown",
        description="card: with a button that leads to the article; link: headline, lead and a small picture.",
    )
    cards_url: Address | None = Field(
        None, description="Where the folder of share cards is published; without it there is no picture."
    )
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, or numbered messages.")
    api: Address = Field("https://oapi.dingtalk.com", description="Another address, such as a proxy's.")

    def account(self, name: str) -> str:  # noqa: ARG002 - two channels of one robot share its limits
        """One lane a robot."""
        return f"dingtalk:{self.token.reference}"

    @property
    def place(self) -> str:
        """The group."""
        return self.group or self.token.reference


def facts(settings: DingtalkSettings) -> Facts:
    """The request's bytes limit all forms; of a link only a few lines are shown."""
    template, markup, limit, link = {
        "markdown": ("dingtalk.dingtalk.j2", Markup.DINGTALK, TEXT, LinkStyle.NAMED),
        "card": ("dingtalk-card.dingtalk.j2", Markup.DINGTALK, TEXT, LinkStyle.APART),
        "link": ("dingtalk-link.txt.j2", Markup.PLAIN, LINK, LinkStyle.APART),
        "text": ("dingtalk.txt.j2", Markup.PLAIN, TEXT, LinkStyle.BARE),
    }[settings.form]
    return Facts(
        kind="dingtalk",
        template=template,
        markup=markup,
        limit=limit - utf8(settings.keyword),
        unit=Unit.BYTES,
        card=WIDE if settings.cards_url and settings.form != "text" else None,
        link=link,
        hashtags=0,
        long=settings.long if settings.form in ("markdown", "text") else Long.FIT,
        pace=(Pace(20, timedelta(minutes=1)),),
        send_within=timedelta(seconds=40),
    )


def open_channel(name: str, settings: DingtalkSettings, doors: Doors) -> "Dingtalk":
    """Raises SettingsError where token or secret are missing."""
    secret = settings.secret.reveal() if settings.secret else ""
    return Dingtalk(name, settings, settings.token.reveal(), secret, doors.clock)


class Dingtalk:
    """One group, through its robot."""

    def __init__(
        self, name: str, settings: DingtalkSettings, token: str, secret: str, clock: Callable[[], datetime]
    ) -> None:
        """`token` may be the whole address that the platform shows; without a secret nothing is signed."""
        self.name, self.facts = name, facts(settings)
        self._settings, self._secret, self._clock = settings, secret, clock
        self._token = re.sub(r".*[?&]access_token=([^&\s]+).*", r"\1", token.strip(), flags=re.DOTALL)
        self._caller = Caller(name, _CODES, (token, self._token, secret), clock)

    def __repr__(self) -> str:
        return f"Dingtalk({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it; the platform knows neither our key nor a number of its own, so the receipt bears ours."""
        text = self._with_keyword(edition.text)
        message = self._message(edition, text)
        if (size := len(encoded(message))) > REQUEST:
            raise Refused(self.name, f"the message has {size} bytes, the platform takes {REQUEST}")
        answer = await self._call(message)
        if answer.code:
            raise self._error(answer)
        return Receipt(key, self._clock(), sent=text)

    async def check(self) -> tuple[Finding, ...]:
        """Send a message of a type that does not exist: nothing is posted, but a wrong token or signature is told."""
        try:
            answer = await self._call({"msgtype": "check"})
        except DeliveryError as err:
            return (Finding("robot", False, err.why),)
        refused = self._error(answer)
        wrong = isinstance(refused, Refused) and refused.account
        return (Finding("robot", not wrong, refused.why if wrong else "the token is known"),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    async def _call(self, message: Mapping[str, Any]) -> Answer:
        params = {"access_token": self._token}
        if self._secret:
            stamp = str(int(self._clock().timestamp() * 1000))
            params |= {"timestamp": stamp, "sign": sign(stamp, self._secret)}
        return await self._caller.call(f"{self._settings.api.rstrip('/')}/robot/send", message, params=params)

    def _error(self, answer: Answer) -> DeliveryError:
        err = self._caller.error(answer)
        if answer.code == _SECURITY and _KEYWORD.search(answer.words):
            return Refused(self.name, f"{answer.code}: {answer.words[:200]} (write the robot's word as `keyword`)")
        return err

    def _with_keyword(self, text: str) -> str:
        word = self._settings.keyword
        return text if word in text else f"{text}\n\n{word}"

    def _message(self, edition: Edition, text: str) -> dict[str, Any]:
        headline, link, form = edition.headline, edition.link, self._settings.form
        base = self._settings.cards_url
        shown = f"{base.rstrip('/')}/{quote(edition.card.file)}" if edition.card and base else ""
        if form == "text":
            return {"msgtype": "text", "text": {"content": text}, "at": {"isAtAll": False}}
        if form == "link" and link:
            part = {"title": headline, "text": text, "messageUrl": link, "picUrl": shown}
            return {"msgtype": "link", "link": part}
        text = f"![]({shown})\n\n{text}" if shown else text
        if form == "card" and link:
            more = _MORE.get(edition.language) or ("阅读全文" if edition.language.startswith("zh") else "Read on")
            part = {"title": headline, "text": text, "singleTitle": more, "singleURL": link}
            return {"msgtype": "actionCard", "actionCard": part}
        # A card or a link must lead somewhere: without an address they are a message.
        part = {"title": headline, "text": text}
        return {"msgtype": "markdown", "markdown": part, "at": {"isAtAll": False}}


def sign(stamp: str, secret: str) -> str:
    """Base64 of HMAC-SHA256 over milliseconds, a line end and the secret, by the secret."""
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
