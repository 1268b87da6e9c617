"""Weibo (微博): a post with a picture and the article's link, by the share interface (statuses/share).

Sources: open.weibo.com/wiki (2/statuses/share, 2/statuses/user_timeline, 2/statuses/destroy, oauth2/get_token_info,
Error_code). Weibo knows no key, but refuses words that it has already: that proves that such a post is out, not whose
it is. What is out cannot be changed; deleting needs a higher right. A post must lead to the app's safe domain, and
may have no #topic#.

    code                                    what the platform says            what it means
    none                                    the post                          out
    20032                                   accepted, shown later             out, without a number
    20017 20019 20111                       similar words, the same words     Uncertain: look whether it is ours
    10001 10003 10010 10011                 broke down inside                 Uncertain
    10002 10009                             out of service, too busy          Unavailable
    10022 10023 10024                       too many calls                    Unavailable, ten minutes
    20016                                   too many posts                    Unavailable, an hour
    20005 20006 20007                       the picture is of no use          the words go alone
    10004 10005 10006 10013 10014 20003     address, app or user not let in   Refused, the account
      20015 20031 20033 21301 … 21332       the token; a person must log in   Refused, the account
    20101                                   there is no such post             gone: a deletion is done
    other (20012 20018 20020 20021 …)       too long, not allowed             Refused, this post
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from bot.channels.answers import Answer, Caller, Code, Meaning
from bot.channels.connected import ConnectedSettings, token_of
from bot.channels.kind import Doors
from bot.channels.oauth import Application, Authority, Consent
from bot.channels.tokens import Given, Kept
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import DeliveryError, Refused, Uncertain
from bot.model.channel import CardSize, Facts, Finding, LinkStyle, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import Secret
from bot.settings.scalars import Address

TEXT, PICTURE = 140, 5 * 1024 * 1024 - 1
_DELAYED, _NO_POST = 20032, 20101
_PICTURE_REFUSED = frozenset({20005, 20006, 20007})
_TOKEN = "authorise the app again: run connect, or set the new token"  # noqa: S105 - words, no password
_SAME = "Weibo has these words already: look whether that is this post"
_CODES: Mapping[int, Code] = {
    **dict.fromkeys((20017, 20019, 20111), Code(Meaning.DOUBT, _SAME)),
    **dict.fromkeys((10001, 10003, 10010, 10011), Code(Meaning.DOUBT)),
    **dict.fromkeys((10002, 10009), Code(Meaning.LATER)),
    **dict.fromkeys((10022, 10023, 10024), Code(Meaning.LATER, wait=timedelta(minutes=10))),
    20016: Code(Meaning.LATER, "the hour's posts are used up", timedelta(hours=1)),
    10004: Code(Meaning.ACCOUNT, "this machine's address is not let in: look at the app's IP list"),
    **dict.fromkeys((10005, 10014), Code(Meaning.ACCOUNT, "the app lacks the right: apply for it at open.weibo.com")),
    **dict.fromkeys((10006, 10013, 20003, 20015), Code(Meaning.ACCOUNT)),
    **dict.fromkeys((20031, 20033), Code(Meaning.ACCOUNT, "Weibo wants to see a person: log in and post once by hand")),
    **dict.fromkeys((*range(21301, 21303), *range(21314, 21318), 21319, 21327, 21332), Code(Meaning.ACCOUNT, _TOKEN)),
    21321: Code(Meaning.ACCOUNT, "the app is not reviewed: add this user among its test users, or have it reviewed"),
}
_SOON = timedelta(days=3)
_ADDRESS = re.compile(r"https?://[\w./?#&=%:~+-]+", re.ASCII)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


class WeiboSettings(ConnectedSettings):
    """Which user, through which app."""

    kind: Literal["weibo"]
    token: Secret | None = Field(None, description="The user's access_token for the app, as env:NAME or file:PATH.")
    domain: str = Field(pattern=r"^[\w-]+(\.[\w-]+)+$", description="The app's safe domain (安全域名), as example.org.")
    ip: IPv4Address = Field(description="The public address of this machine, which Weibo wants to be told (rip).")
    user: str = Field("", description="The user's name, for people.")
    card: bool = Field(True, description="Attach the share card.")
    api: Address = Field("https://api.weibo.com", description="Another address, such as a proxy's.")

    @property
    def place(self) -> str:
        """The user."""
        return self.user or super().place


def facts(settings: WeiboSettings) -> Facts:
    """Two half-width characters are one; an address is counted as it stands, which is never too little."""
    return Facts(
        kind="weibo",
        template="weibo.social.j2",
        markup=Markup.SOCIAL,
        limit=TEXT,
        unit=Unit.HALVES,
        card=CardSize(most_bytes=PICTURE) if settings.card else None,
        link=LinkStyle.BARE,
        hashtags=0,
        pace=(Pace(30, timedelta(hours=1), Scope.ACCOUNT),),
        send_within=timedelta(seconds=80),
    )


def open_channel(name: str, settings: WeiboSettings, doors: Doors) -> "Weibo":
    """Raises SettingsError where the token, or the house's key, is missing."""
    oauth = f"{settings.api.rstrip('/')}/oauth2"
    application = Application(name, settings.app, settings.secret, doors.clock)
    entrance = Consent(application, Authority(f"{oauth}/authorize", f"{oauth}/access_token"))
    return Weibo(name, settings, token_of(name, settings, doors, entrance, _SOON), doors)


class Weibo:
    """One user's timeline."""

    def __init__(self, name: str, settings: WeiboSettings, token: Given | Kept, doors: Doors) -> None:
        self.name, self.facts, self.token = name, facts(settings), token
        self._settings, self._cards, self._clock = settings, doors.cards, doors.clock
        self._caller = Caller(name, _CODES, (), doors.clock, codeless=True)

    def __repr__(self) -> str:
        return f"Weibo({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post words and card; a card that is refused does not keep the words back."""
        self._leads_home(edition.link)
        card, said = await card_of(edition, self._cards), ""
        if edition.card is not None and card is None:
            said = f"{WITHOUT_PICTURE} (its file is gone): "
        answer = await self._share(edition, card)
        if answer.code in _PICTURE_REFUSED:
            said = f"{WITHOUT_PICTURE} ({answer.code}: {answer.words}): "
            answer = await self._share(edition, None)
        if answer.code == _DELAYED:
            return Receipt(key, self._clock(), None, f"accepted, Weibo shows it later: {said}{edition.text}")
        if answer.code:
            raise self._caller.error(answer)
        return self._receipt(answer.body, f"{said}{edition.text}")

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look for these words among the user's last posts. Raises Uncertain where they are not: Weibo shows few."""
        del key
        answer = await self._call("GET", "statuses/user_timeline", {"count": "100"}, idempotent=True)
        if answer.code:
            raise self._caller.error(answer, idempotent=True)
        for status in answer.body.get("statuses") or []:
            mine = _bare(str(status.get("text", ""))) == _bare(edition.text)
            if mine and (_moment(status) or since) >= since - timedelta(minutes=5):
                return self._receipt(status, edition.text)
        raise Uncertain(self.name, "not among the last posts that Weibo shows to this app")

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        """Delete it; one that is gone already is a success. Raises Refused where the app lacks that right."""
        del key
        number = receipt.platform_id
        if not number.isdecimal():
            raise Refused(self.name, "Weibo told no number of it: delete it by hand")
        answer = await self._call("POST", "statuses/destroy", {"id": number}, idempotent=True)
        if answer.code and answer.code != _NO_POST:
            err = self._caller.error(answer)
            # Posts still go out: a right that only deleting needs must not pause the channel.
            raise Refused(self.name, err.why) if isinstance(err, Refused) else err
        return Receipt(number, self._clock(), sent="it was gone" if answer.code else "")

    async def check(self) -> tuple[Finding, ...]:
        """Ask whose the token is and how long it holds; posts nothing."""
        url = f"{self._settings.api.rstrip('/')}/oauth2/get_token_info"
        try:
            said = await self._caller.ask(url, form={"access_token": await self._secret()})
        except DeliveryError as err:
            return (Finding("token", False, err.why),)
        left = timedelta(seconds=int(said.get("expire_in") or 0))
        until = f"user {said.get('uid')}, until {self._clock() + left:%Y-%m-%d %H:%M} UTC"
        return (Finding("token", left > _SOON, until if left > _SOON else f"{until}: {_TOKEN}"),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    def _leads_home(self, link: str | None) -> None:
        """Raises Refused where the link is not of the safe domain: Weibo would refuse it with fewer words."""
        host, home = urlsplit(link or "").hostname or "", self._settings.domain.lower()
        if host != home and not host.endswith(f".{home}"):
            told = link or "nothing"
            raise Refused(self.name, f"a post must lead to {home}, the app's safe domain, and this leads to {told}")

    async def _share(self, edition: Edition, card: bytes | None) -> Answer:
        fields = {"status": edition.text, "rip": str(self._settings.ip)}
        if card is None or edition.card is None:
            return await self._call("POST", "statuses/share", fields)
        files = {"pic": (edition.card.file, card, edition.card.media_type)}
        return await self._call("POST", "statuses/share", fields, files=files)

    async def _call(self, method: str, path: str, fields: Mapping[str, str], **how: Any) -> Answer:
        url, given = f"{self._settings.api.rstrip('/')}/2/{path}.json", {"access_token": await self._secret(), **fields}
        if method == "GET":
            return await self._caller.call(url, method=method, params=given, **how)
        return await self._caller.call(url, method=method, form=given, **how)

    async def _secret(self) -> str:
        token = await self.token.value()
        self._caller.keep(token)
        return token

    def _receipt(self, status: Mapping[str, Any], sent: str) -> Receipt:
        number, user = str(status.get("idstr") or status.get("id") or ""), status.get("user") or {}
        if not number.isdecimal():
            raise Uncertain(self.name, "the answer is no post")
        who = str(user.get("idstr") or user.get("id") or "")
        link = f"https://weibo.com/{who}/{base62(number)}" if who else None
        return Receipt(number, _moment(status) or self._clock(), link, sent)


def base62(mid: str) -> str:
    """A post's number as its address has it: every seven digits from the right are four signs."""
    head, tail = mid[:-7], mid[-7:]
    rest, signs = int(tail), ""
    while rest:
        rest, digit = divmod(rest, 62)
        signs = _DIGITS[digit] + signs
    return base62(head) + signs.rjust(4, "0") if head else signs or "0"


def _moment(status: Mapping[str, Any]) -> datetime | None:
    """Weibo writes `Tue May 31 17:46:55 +0800 2011`: the parts of a mail's date in another order."""
    parts = str(status.get("created_at", "")).split()
    if len(parts) != 6:
        return None
    name, month, day, clock, zone, year = parts
    try:
        return parsedate_to_datetime(f"{name}, {day} {month} {year} {clock} {zone}")
    except ValueError:
        return None


def _bare(words: str) -> str:
    """Letters and digits without addresses: Weibo shortens these and changes signs."""
    return re.sub(r"[\W_]+", "", _ADDRESS.sub("", words))
