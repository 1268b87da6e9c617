"""WeCom (企业微信): an application's message to members of the organisation, which can be recalled for a day.

Sources: developer.work.weixin.qq.com 90236 (message/send), 94867 (message/recall), 91039 (gettoken), 90455 (codes),
90227 (agent/get). The platform knows no key, but with `enable_duplicate_check` the same request (its whole JSON) is not
delivered twice for up to four hours: the key is in it as some seconds less, so that another delivery of the same words
is another request. In a text `<a href>` is a link; members are called by `touser` only.

    code                         what the platform says                      what it means
    0                            ok                                          out; some receivers may be unknown
    -1, 6000, 45033              busy, conflict, too many calls at once      Unavailable
    45009                        api freq out of limit                       Unavailable, a minute
    40014, 42001                 the token is none (any more)                asked for again, once; then the account
    40001, 40013, 40056, 301002  secret, corp or agent are wrong             Refused, the account
    48002, 60011, 60020          no permission; the IP is not on the list    Refused, the account
    81013                        no receiver is visible to the application   Refused, the account
    40058, 40033, 44004          a field is wrong or empty                   Refused, this post
    other                        whatever                                    Refused, this post
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from bot.channels.answers import Answer, Caller, Code, Meaning
from bot.channels.kind import Doors
from bot.channels.tokens import Kept, Pocket
from bot.channels.wecom import DESCRIPTION, TEXT, title
from bot.errors import DeliveryError, Refused, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Long, Pace
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.model.token import Grant, TokenStore
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

PICTURE = 2 * 1024 * 1024
_REPEAT, _KEYS = 14_400, 900
"""Seconds: the longest the platform remembers a request, and how many of them tell deliveries apart."""
_NO_TOKEN = (40014, 42001)
_CODES: Mapping[int, Code] = {
    -1: Code(Meaning.LATER),
    6000: Code(Meaning.LATER),
    45033: Code(Meaning.LATER, wait=timedelta(seconds=10)),
    45009: Code(Meaning.LATER, wait=timedelta(minutes=1)),
    **dict.fromkeys(_NO_TOKEN, Code(Meaning.ACCOUNT, "the application's token is not taken")),
    40001: Code(Meaning.ACCOUNT, "compare `secret`"),
    40013: Code(Meaning.ACCOUNT, "compare `corp`"),
    40056: Code(Meaning.ACCOUNT, "compare `agent`"),
    301002: Code(Meaning.ACCOUNT, "compare `agent`: the secret is another application's"),
    48002: Code(Meaning.ACCOUNT, "the application may not do this"),
    60011: Code(Meaning.ACCOUNT, "the application may not do this"),
    60020: Code(Meaning.ACCOUNT, "put this machine's address on the application's list (企业可信IP)"),
    81013: Code(Meaning.ACCOUNT, "compare users, parties and tags with the application's visible range"),
}
_LINK = re.compile(r"<(?=\s*/?\s*a\b|@)", re.IGNORECASE)


class WecomAppSettings(ChannelSettings):
    """Which application, to whom, and how its messages look."""

    kind: Literal["wecom_app"]
    corp: str = Field(min_length=1, description="The organisation's id (企业ID, ww…).")
    agent: int = Field(description="The application's AgentId.")
    secret: Secret = Field(description="The application's Secret, as env:NAME or file:PATH.")
    users: tuple[str, ...] = Field(
        ("@all",), max_length=1000, description="Members by their account; @all is everybody who sees the application."
    )
    parties: tuple[int, ...] = Field((), max_length=100, description="Departments by their number.")
    tags: tuple[int, ...] = Field((), max_length=100, description="Tags by their number.")
    form: Literal["markdown", "text", "news"] = Field(
        "news", description="news: a card of headline and lead; markdown (in WeCom only) and text: 2048 bytes."
    )
    cards_url: Address | None = Field(
        None, description="Where the folder of share cards is published: a news card shows its picture from there."
    )
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, or numbered messages.")
    api: Address = Field("https://qyapi.weixin.qq.com", description="Another address, such as a proxy's.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one application share its limits
        """One lane an application."""
        return f"wecom_app:{self.corp}:{self.agent}"

    @property
    def place(self) -> str:
        """Whom it reaches."""
        return ", ".join([*self.users, *map(str, self.parties), *map(str, self.tags)])


def facts(settings: WecomAppSettings) -> Facts:
    """Each form has its own limit in bytes; a member gets 30 messages a minute, and what is more is lost silently."""
    template, markup, limit, link = {
        "markdown": ("wecom.wecom.j2", Markup.WECOM, TEXT, LinkStyle.NAMED),
        "text": ("wecom.txt.j2", Markup.PLAIN, TEXT, LinkStyle.BARE),
        "news": ("wecom-news.txt.j2", Markup.PLAIN, DESCRIPTION, LinkStyle.APART),
    }[settings.form]
    return Facts(
        kind="wecom_app",
        template=template,
        markup=markup,
        limit=limit,
        unit=Unit.BYTES,
        card=CardSize(most_bytes=PICTURE) if settings.form == "news" and settings.cards_url else None,
        link=link,
        hashtags=0,
        long=Long.FIT if settings.form == "news" else settings.long,
        pace=(Pace(30, timedelta(minutes=1)), Pace(1000, timedelta(hours=1))),
        key_life=timedelta(seconds=_REPEAT - _KEYS) - timedelta(minutes=5),
        send_within=timedelta(seconds=80),
    )


def open_channel(name: str, settings: WecomAppSettings, doors: Doors) -> "WecomApp":
    """Raises SettingsError where the secret is missing."""
    return WecomApp(name, settings, settings.secret.reveal(), doors.clock, doors.tokens)


class WecomApp:
    """Members of one organisation, through one application."""

    def __init__(
        self,
        name: str,
        settings: WecomAppSettings,
        secret: str,
        clock: Callable[[], datetime],
        tokens: TokenStore | None = None,
    ) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._secret, self._clock = settings, secret, clock
        self._caller = Caller(name, _CODES, (secret,), clock)
        self.token = Kept(name, settings.account(name), self._lend, tokens or Pocket(), clock)

    def __repr__(self) -> str:
        return f"WecomApp({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it; the platform itself does not deliver the same request twice."""
        text = _LINK.sub("", edition.text)
        answer = await self._call("message/send", {**self._receivers(key), **self._message(edition, text)})
        if not answer.body.get("msgid"):
            raise Uncertain(self.name, "the answer names no message")
        return Receipt(str(answer.body["msgid"]), self._clock(), sent=text)

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Recall it within 24 hours: in WeCom; who reads in WeChat keeps it."""
        del key
        await self._call("message/recall", {"msgid": receipt.platform_id})
        return receipt

    async def check(self) -> tuple[Finding, ...]:
        """Ask for a token, and for the application's name."""
        try:
            await self.token.value()
        except DeliveryError as err:
            return (Finding("organisation", False, err.why),)
        found = [Finding("organisation", True, self._settings.corp)]
        try:
            answer = await self._call("agent/get", method="GET", agentid=str(self._settings.agent))
        except DeliveryError as err:
            return (*found, Finding("application", False, err.why))
        return (*found, Finding("application", not answer.body.get("close"), str(answer.body.get("name", ""))))

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    def _receivers(self, key: str) -> dict[str, Any]:
        settings = self._settings
        less = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % _KEYS
        return {
            "touser": "|".join(settings.users),
            "toparty": "|".join(map(str, settings.parties)),
            "totag": "|".join(map(str, settings.tags)),
            "agentid": settings.agent,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": _REPEAT - less,
        }

    def _message(self, edition: Edition, text: str) -> dict[str, Any]:
        settings = self._settings
        if settings.form == "markdown":
            return {"msgtype": "markdown", "markdown": {"content": text}}
        if settings.form == "text":
            return {"msgtype": "text", "text": {"content": text}}
        if not edition.link:  # a card must lead somewhere
            return {"msgtype": "text", "text": {"content": f"{title(edition.headline)}\n\n{text}"}}
        article = {"title": title(edition.headline), "description": text, "url": edition.link}
        if edition.card and settings.cards_url:
            article["picurl"] = f"{settings.cards_url.rstrip('/')}/{quote(edition.card.file)}"
        return {"msgtype": "news", "news": {"articles": [article]}}

    async def _call(
        self, path: str, body: Mapping[str, Any] | None = None, method: str = "POST", **more: str
    ) -> Answer:
        async def call(token: str) -> Answer:
            self._caller.keep(token)
            params = {"access_token": token, **more}
            return await self._caller.call(self._address(path), body, method=method, params=params)

        answer = await self.token.use(call, _NO_TOKEN)
        if answer.code:
            raise self._caller.error(answer)
        return answer

    async def _lend(self, old: Grant | None, *, refused: bool) -> Grant:
        del old, refused
        params = {"corpid": self._settings.corp, "corpsecret": self._secret}
        try:
            given = await self._caller.ask(self._address("gettoken"), method="GET", params=params)
        except DeliveryError as err:
            if isinstance(err, Refused):
                raise Refused(self.name, err.why, account=True) from err
            raise Unavailable(self.name, f"no token, so nothing was sent: {err.why}") from err
        self._caller.keep(str(given["access_token"]))
        now = self._clock()
        return Grant(str(given["access_token"]), now, now + timedelta(seconds=int(given["expires_in"])))

    def _address(self, path: str) -> str:
        return f"{self._settings.api.rstrip('/')}/cgi-bin/{path}"
