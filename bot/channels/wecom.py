"""WeCom (企业微信): a group's robot, as Markdown, plain text or a news card; its picture may follow.

Sources: developer.work.weixin.qq.com 99110 (the robot; formerly 91770) and 90455 (codes); answers seen in public issue
threads. The robot answers no id, so nothing can be edited, deleted or looked up: after a lost answer nobody knows.
The address is the secret. Text and Markdown are counted in bytes; `<@somebody>` in them is a mention.

    code     what the platform says                          what it means
    0        ok                                              out
    -1       system busy                                     Unavailable
    45009    api freq out of limit (20 a minute)             Unavailable, a whole minute
    45033    too many calls at once                          Unavailable
    93000    invalid webhook url                             Refused, the account: the robot is gone
    40058    …exceed max length, a field is wrong            Refused, this post
    40033    an escaped character in the request             Refused, this post
    other    whatever                                        Refused, this post
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from pydantic import Field

from bot.channels.answers import Caller, Code, Meaning
from bot.channels.kind import Doors
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import DeliveryError
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Long, Pace
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.rules.counting import utf8
from bot.rules.fitting import first_fitting, shortenings
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address

MARKDOWN, TEXT, TITLE, DESCRIPTION, PICTURE = 4096, 2048, 128, 512, 2 * 1024 * 1024
_CODES: Mapping[int, Code] = {
    -1: Code(Meaning.LATER),
    45009: Code(Meaning.LATER, "20 messages a minute for one robot", timedelta(minutes=1)),
    45033: Code(Meaning.LATER, wait=timedelta(seconds=10)),
    93000: Code(Meaning.ACCOUNT, "the robot was removed, or its key is wrong: copy its webhook address again"),
}
_MENTION = re.compile(r"<+(?=@)")  # "<@all>" calls everybody; taking the sign away keeps the bytes counted enough


class WecomSettings(ChannelSettings):
    """Which robot, and how its messages look."""

    kind: Literal["wecom"]
    key: Secret = Field(description="The robot's webhook address or its key, as env:NAME or file:PATH.")
    group: str = Field("", description="What the group is called, for people.")
    form: Literal["markdown", "text", "news"] = Field(
        "markdown", description="markdown: 4096 bytes; text: 2048, shown everywhere; news: a card of headline and lead."
    )
    picture: bool = Field(
        False, description="The share card follows as a message of its own: it counts among the 20 a minute."
    )
    cards_url: Address | None = Field(
        None, description="Where the folder of share cards is published: a news card shows its picture from there."
    )
    long: Long = Field(Long.FIT, description="A long story: fit it into one post, link only, or numbered messages.")
    api: Address = Field("https://qyapi.weixin.qq.com", description="Another address, such as a proxy's.")

    def account(self, name: str) -> str:  # noqa: ARG002 - two channels of one robot share its limits
        """One lane a robot."""
        return f"wecom:{self.key.reference}"

    @property
    def place(self) -> str:
        """The group."""
        return self.group or self.key.reference


def facts(settings: WecomSettings) -> Facts:
    """Each form has its own limit in bytes."""
    template, markup, limit, link = {
        "markdown": ("wecom.wecom.j2", Markup.WECOM, MARKDOWN, LinkStyle.NAMED),
        "text": ("wecom.txt.j2", Markup.PLAIN, TEXT, LinkStyle.BARE),
        "news": ("wecom-news.txt.j2", Markup.PLAIN, DESCRIPTION, LinkStyle.APART),
    }[settings.form]
    shows = settings.picture or (settings.form == "news" and settings.cards_url is not None)
    return Facts(
        kind="wecom",
        template=template,
        markup=markup,
        limit=limit,
        unit=Unit.BYTES,
        card=CardSize(most_bytes=PICTURE) if shows else None,
        link=link,
        hashtags=0,
        long=Long.FIT if settings.form == "news" else settings.long,
        pace=(Pace(10 if settings.picture else 20, timedelta(minutes=1)),),
        send_within=timedelta(seconds=80),
    )


def open_channel(name: str, settings: WecomSettings, doors: Doors) -> "Wecom":
    """Raises SettingsError where the key is missing."""
    return Wecom(name, settings, settings.key.reveal(), doors.cards, doors.clock)


class Wecom:
    """One group, through its robot."""

    def __init__(
        self, name: str, settings: WecomSettings, key: str, cards: Path, clock: Callable[[], datetime]
    ) -> None:
        """`key` may be the whole address that the platform shows."""
        self.name, self.facts = name, facts(settings)
        self._settings, self._cards, self._clock = settings, cards, clock
        self._key = re.sub(r".*[?&]key=([^&\s]+).*", r"\1", key.strip(), flags=re.DOTALL)
        self._caller = Caller(name, _CODES, (key, self._key), clock)

    def __repr__(self) -> str:
        return f"Wecom({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it; the platform knows neither our key nor a number of its own, so the receipt bears ours."""
        text = _MENTION.sub("", edition.text)
        await self._post(self._message(edition, text))
        receipt = Receipt(key, self._clock(), sent=text)
        if not self._settings.picture or edition.card is None:
            return receipt
        # The words are out, whatever becomes of the picture: a repeat would double them.
        why = await self._show(await card_of(edition, self._cards))
        return Receipt(key, receipt.at, sent=f"{WITHOUT_PICTURE} ({why}): {text}") if why else receipt

    async def check(self) -> tuple[Finding, ...]:
        """Send a message of a type that does not exist: nothing is posted, and a wrong key is told before the type."""
        try:
            answer = await self._caller.call(self._url, {"msgtype": "check"}, params={"key": self._key})
        except DeliveryError as err:
            return (Finding("robot", False, err.why),)
        refused = self._caller.error(answer)
        return (Finding("robot", answer.code != 93000, refused.why if answer.code == 93000 else "the key is known"),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    @property
    def _url(self) -> str:
        return f"{self._settings.api.rstrip('/')}/cgi-bin/webhook/send"

    async def _post(self, message: Mapping[str, Any]) -> None:
        await self._caller.ask(self._url, message, params={"key": self._key})

    def _message(self, edition: Edition, text: str) -> dict[str, Any]:
        match self._settings.form:
            case "news" if edition.link:
                article = {"title": title(edition.headline), "description": text, "url": edition.link}
                if edition.card and self._settings.cards_url:
                    article["picurl"] = f"{self._settings.cards_url.rstrip('/')}/{quote(edition.card.file)}"
                return {"msgtype": "news", "news": {"articles": [article]}}
            case "news":  # a card must lead somewhere
                return {"msgtype": "text", "text": {"content": f"{title(edition.headline)}\n\n{text}"}}
            case "text":
                return {"msgtype": "text", "text": {"content": text}}
            case _:
                return {"msgtype": "markdown", "markdown": {"content": text}}

    async def _show(self, content: bytes | None) -> str:
        """Post the picture; why it was not, or ""."""
        if content is None:
            return "its file is gone"
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        try:
            await self._post(
                {"msgtype": "image", "image": {"base64": base64.b64encode(content).decode(), "md5": digest}}
            )
        except DeliveryError as err:
            return err.why
        return ""


def title(headline: str) -> str:
    """The headline as a news card takes it: the platform would cut at 128 bytes, in the middle of a word."""
    return first_fitting(list(shortenings(headline)), lambda text: utf8(text) <= TITLE) or ""
