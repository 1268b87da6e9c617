"""Discord through a bot of ours: it can answer a post, and look for one whose answer was lost.

Source and errors: as in discord.py. A nonce is compared with those of the author's past few minutes; after that, the
channel's history tells, if the bot may read it: to whom it is forbidden, it is answered as empty.
"""

import base64
import contextlib
import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx
from pydantic import Field

from bot.channels import discord
from bot.channels.discord import Discord, DiscordPost, Gone
from bot.channels.kind import Doors
from bot.channels.rooms import DISCORD, shape
from bot.errors import DeliveryError, Uncertain
from bot.model.channel import Facts, Finding, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition
from bot.model.subscriber import Addressee, Form
from bot.settings import Secret

NONCE_LIFE = timedelta(minutes=2)
"""The documentation says "the past few minutes"; two are surely among them."""
_EPOCH = 1_420_070_400_000  # Discord counts milliseconds from the beginning of 2015
_RIGHTS = {"View Channel": 1 << 10, "Send Messages": 1 << 11, "Attach Files": 1 << 15, "Read Message History": 1 << 16}
_ADMINISTRATOR = 1 << 3
_PAGES, _PAGE = 10, 100


class DiscordBotSettings(DiscordPost):
    """A bot, and the channel that it posts in."""

    kind: Literal["discord_bot"]
    token: Secret = Field(description="The bot's token, as env:NAME or file:PATH.")
    channel: str | None = Field(
        None,
        pattern=DISCORD,
        description="The number of the channel or thread. None: it carries posts to channels that subscribe.",
    )
    api: str = Field("https://discord.com/api/v10", description="Another address, for tests.")

    def account(self, name: str) -> str:  # noqa: ARG002 - the channels of one bot share its limits
        """One lane a bot."""
        return f"discord:{self.token.reference}"

    @property
    def place(self) -> str:
        """The channel's number."""
        return self.channel or ""

    @property
    def placed(self) -> bool:
        """Whether it has a channel of its own."""
        return self.channel is not None


def facts(settings: DiscordPost) -> Facts:
    """As a webhook's, with the bot's own limit and a key."""
    known = discord.facts(settings)
    pace = (*known.pace, Pace(40, timedelta(seconds=1), Scope.ACCOUNT))
    return replace(known, pace=pace, key_life=NONCE_LIFE)


def open_channel(name: str, settings: DiscordBotSettings, doors: Doors) -> "DiscordBot":
    """Raises SettingsError where the token is missing."""
    return DiscordBot(name, settings, doors)


class DiscordBot(Discord):
    """One channel or thread, through one bot; of a subscriber's no receipt names the number."""

    def __init__(
        self, name: str, settings: DiscordBotSettings, doors: Doors, http: httpx.AsyncClient | None = None
    ) -> None:
        """`http` is the bot's, shared with those who subscribe; without it, the bot has not spoken yet."""
        headers = {"Authorization": f"Bot {settings.token.reveal()}"} if http is None else None
        base = f"{settings.api}/channels/{settings.channel}"
        super().__init__(name, settings, base, doors, headers=headers, http=http)
        self.facts, self._api, self._settings, self._doors = facts(settings), settings.api, settings, doors

    def told(self, form: Form) -> Facts:
        """Words alone have no card; a whole article goes as several messages."""
        return facts(self._settings.model_copy(update=shape(form, self._settings.long)))

    def at(self, addressee: Addressee) -> "DiscordBot":
        """The same bot, in one subscriber's channel."""
        own = self._settings.model_copy(update={"channel": addressee.address.to})
        return DiscordBot(addressee.channel, own, self._doors, self._http)

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post words and card; within minutes, the same key brings back the same message."""
        return await self._new(edition, f"{self._base}/messages", _mark(key))

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        """Post it as an answer; should the post above be gone, it stands by itself."""
        above = {"message_id": to.platform_id.rpartition("/")[2], "fail_if_not_exists": False}
        return await self._new(edition, f"{self._base}/messages", {"message_reference": above, **_mark(key)})

    async def pin(self, receipt: Receipt) -> None:
        """Keep it among the channel's pins; it needs the right to pin messages."""
        await self._call("PUT", self._pin_of(receipt))

    async def unpin(self, receipt: Receipt) -> None:
        """Take it down; one that is gone already is a success."""
        with contextlib.suppress(Gone):
            await self._call("DELETE", self._pin_of(receipt))

    def _pin_of(self, receipt: Receipt) -> str:
        return f"{self._base}/messages/pins/{receipt.platform_id.rpartition('/')[2]}"

    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        """Look through the history, back to `since`, for a post of ours with this key or these words."""
        await self._find_guild()
        try:
            return await self._look(edition, _mark(key)["nonce"], since - timedelta(minutes=1))  # clocks differ
        except (KeyError, TypeError, ValueError) as err:
            raise Uncertain(self.name, f"the answer is no page of the history: {type(err).__name__}") from err

    async def _look(self, edition: Edition, nonce: str, oldest: datetime) -> Receipt | None:
        me, before = (await self._call("GET", f"{self._api}/users/@me"))["id"], dict[str, str]()
        for _ in range(_PAGES):
            page = await self._call("GET", f"{self._base}/messages", params={"limit": _PAGE, **before})
            for message in page:
                mine = message["author"]["id"] == me and _moment(message["id"]) >= oldest
                if mine and (message.get("nonce") == nonce or _bare(message["content"]) == _bare(edition.text)):
                    return self._receipt(message, edition.text)
            if not page and not before:
                raise Uncertain(self.name, "the history is empty or hidden: give the bot Read Message History")
            if len(page) < _PAGE or _moment(page[-1]["id"]) < oldest:
                return None
            before = {"before": page[-1]["id"]}
        raise Uncertain(self.name, "too much was posted since to look through")

    async def check(self) -> tuple[Finding, ...]:
        """Ask who we are, for the channel, and which right is missing in it."""
        try:
            me = await self._call("GET", f"{self._api}/users/@me")
            if self._settings.channel is None:
                return (Finding("bot", True, me["username"]),)
            channel = await self._call("GET", self._base)
            found = (Finding("bot", True, me["username"]), Finding("channel", True, channel.get("name") or "private"))
            if "permission_overwrites" not in channel:  # a thread: its channel has them
                return found
            guild = f"{self._api}/guilds/{channel['guild_id']}"
            roles = await self._call("GET", f"{guild}/roles")
            member = await self._call("GET", f"{guild}/members/{me['id']}")
            allowed = _allowed(channel, roles, member["roles"], me["id"])
        except DeliveryError as err:
            return (Finding("account", False, err.why),)
        missing = [name for name, bit in _RIGHTS.items() if not allowed & bit]
        return (*found, Finding("right", not missing, f"give the bot {', '.join(missing)}" if missing else "may post"))


def _mark(key: str) -> dict[str, Any]:
    """At most 25 characters, so 15 bytes of the key's hash."""
    digest = hashlib.sha256(key.encode()).digest()[:15]
    return {"nonce": base64.b32encode(digest).decode().lower(), "enforce_nonce": True}


def _moment(snowflake: str) -> datetime:
    return datetime.fromtimestamp(((int(snowflake) >> 22) + _EPOCH) / 1000, UTC)


def _bare(words: str) -> str:
    """Letters and digits alone: Discord strips what it takes for unusual characters."""
    return re.sub(r"[\W_]+", "", words)


def _allowed(channel: dict[str, Any], roles: list[dict[str, Any]], mine: list[str], me: str) -> int:
    """The bits of what we may do there: the roles' together, then what the channel takes away and gives back."""
    everyone = channel["guild_id"]
    base = 0
    for role in roles:
        if role["id"] in (everyone, *mine):
            base |= int(role["permissions"])
    if base & _ADMINISTRATOR:
        return ~0
    for whose in ({everyone}, set(mine), {me}):
        ours = [one for one in channel["permission_overwrites"] if one["id"] in whose]
        for one in ours:
            base &= ~int(one["deny"])
        for one in ours:
            base |= int(one["allow"])
    return base
