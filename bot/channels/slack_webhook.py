"""Slack through an incoming webhook: words, and a card that the world can fetch; slack.py is the same through a bot.

Source: Slack's reference (incoming webhooks, chat.*, conversations.history, files.*, Block Kit) and slack_sdk 3.47. A
webhook answers "ok" and nothing else: what it has posted can be neither changed, deleted nor looked up. A refusal is a
word; the Web API says it with HTTP 200, a webhook with a status of its own.

    what comes back                                       what it means
    invalid_auth … user_not_found (_ACCOUNT)              Refused, the account: revoked, not invited, a right missing
    ratelimited … external_channel_migrating (_LATER)     Unavailable, with Retry-After; so are 429 and 503
    internal_error fatal_error rollup_error, 5xx, nonsense  Uncertain: it may have been done in part
    anything else                                         Refused, this post
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx
from pydantic import Field

from bot.channels.kind import Doors
from bot.channels.wire import WITHOUT_PICTURE, client, exchange
from bot.errors import DeliveryError, Refused, SettingsError, Unavailable, Uncertain
from bot.model.channel import CardSize, Facts, Finding, Pace
from bot.model.delivery import Receipt
from bot.model.edition import Edition, Markup, Unit
from bot.settings import ChannelSettings, Secret
from bot.settings.scalars import Address
from bot.web import outcomes

SECTION, ALT = 3000, 2000
_ACCOUNT = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "no_permission",
    "missing_scope", "not_allowed_token_type", "channel_not_found", "not_in_channel", "is_archived",
    "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
    "team_access_not_granted", "org_login_required", "ekm_access_denied", "enterprise_is_restricted", "access_denied",
    "accesslimited",
    # an incoming webhook's
    "invalid_token", "no_service", "no_service_id", "no_team", "team_disabled", "no_active_hooks",
    "channel_is_archived", "action_prohibited", "posting_to_general_channel_denied", "user_not_found",
})  # fmt: skip
ROOM = frozenset({
    "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel", "team_access_not_granted",
})  # fmt: skip
"""What says of a subscriber's channel that nothing can be posted there."""
_LATER = frozenset({
    "ratelimited", "rate_limited", "service_unavailable", "request_timeout", "team_added_to_org",
    "message_limit_exceeded", "external_channel_migrating",
})  # fmt: skip
_DOUBT = frozenset({"internal_error", "fatal_error", "rollup_error"})


class SlackPost(ChannelSettings):
    """What a bot and a webhook have in common."""

    card: bool = Field(True, description="Show the share card.")
    cards_url: Address | None = Field(
        None, description="Where the world can fetch the files of queue/cards, such as https://cards.example.org/."
    )

    def picture(self, edition: Edition) -> dict[str, Any] | None:
        """The block of a card that Slack can fetch."""
        if edition.card is None or self.cards_url is None:
            return None
        address = f"{self.cards_url.rstrip('/')}/{edition.card.file}"
        return {"type": "image", "image_url": address, "alt_text": edition.card.alt[:ALT]}


class SlackWebhookSettings(SlackPost):
    """An incoming webhook."""

    kind: Literal["slack_webhook"]
    webhook: Secret = Field(description="The webhook's address, as env:NAME or file:PATH.")

    @property
    def place(self) -> str:
        """Where its address is kept."""
        return self.webhook.reference


def facts(settings: SlackPost) -> Facts:
    """One section holds the words: 3000 characters, counted with their markup."""
    return Facts(
        kind=settings.kind,
        template="slack.mrkdwn.j2",
        markup=Markup.MRKDWN,
        limit=SECTION,
        unit=Unit.UTF16,
        card=CardSize(alt=ALT) if settings.card and settings.cards_url else None,
        hashtags=0,
        pace=(Pace(1, timedelta(seconds=1)),),
        send_within=timedelta(seconds=90),
    )


def open_channel(name: str, settings: SlackWebhookSettings, doors: Doors) -> "SlackWebhook":
    """Raises SettingsError where the webhook's address is missing or is none."""
    url = settings.webhook.reveal()
    if not url.startswith(("https://", "http://")):
        remedy = "a webhook's address is https://hooks.slack.com/services/…"
        raise SettingsError(settings.webhook.reference, "***", remedy)
    return SlackWebhook(name, settings, url, doors.clock)


class SlackWebhook:
    """One channel, which the webhook knows and we do not."""

    def __init__(self, name: str, settings: SlackPost, url: str, clock: Callable[[], datetime]) -> None:
        self.name, self.facts = name, facts(settings)
        self._settings, self._url, self._clock, self._http = settings, url, clock, client()

    def __repr__(self) -> str:
        return f"SlackWebhook({self.name!r})"

    async def send(self, edition: Edition, key: str) -> Receipt:
        """Post it. There is no number to be had: the receipt names our own key."""
        picture, why = self._settings.picture(edition), ""
        try:
            await self._post(body(edition, picture))
        except Refused as err:
            if picture is None or not err.why.startswith("invalid_blocks"):
                raise
            why = err.why
            await self._post(body(edition, None))
        return Receipt(key, self._clock(), sent=sent(edition, why))

    async def check(self) -> tuple[Finding, ...]:
        """Post a message without words, which Slack never shows: a webhook that is gone is told before that."""
        try:
            await self._post({})
        except DeliveryError as err:
            known = isinstance(err, Refused) and not err.account
            return (Finding("webhook", known, "it is known" if known else err.why),)
        return (Finding("webhook", True, "it is known"),)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _post(self, message: dict[str, Any]) -> None:
        response = await exchange(self.name, self._http, "POST", self._url, idempotent=False, json=message)
        said = response.text.strip()[:200]
        if response.is_success and said == "ok":
            return
        if response.is_success:
            raise Uncertain(self.name, "the answer is none of Slack's")
        raise meaning(self.name, said, response, self._clock(), idempotent=False)


def body(edition: Edition, picture: dict[str, Any] | None) -> dict[str, Any]:
    """Words and picture as blocks, and the headline for notifications; nothing in them becomes a call or a link."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": edition.text, "verbatim": True}}
    headline = edition.headline.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = {"unfurl_links": picture is None, "unfurl_media": False}
    return {"text": headline, "blocks": [section, *([picture] if picture else [])], **shown}


def sent(edition: Edition, why: str) -> str:
    """What a receipt says was sent."""
    return f"{WITHOUT_PICTURE} ({why}): {edition.text}" if why else edition.text


def meaning(channel: str, said: str, response: httpx.Response, now: datetime, *, idempotent: bool) -> DeliveryError:
    """One of the three, by the table above."""
    word, headers = said.partition(" ")[0], response.headers
    if word in _ACCOUNT:
        return Refused(channel, said, account=True)
    if word in _LATER:
        wait = outcomes.retry_after(headers.get("retry-after"), now)
        return Unavailable(channel, said, retry_after=wait, throttled=word == "ratelimited")
    if word in _DOUBT:
        return Unavailable(channel, said) if idempotent else Uncertain(channel, said)
    if response.is_success:
        return Refused(channel, said)
    found = outcomes.of_status(channel, response.status_code, headers, now, idempotent=idempotent, said=said)
    return Refused(channel, said or found.why) if isinstance(found, Refused) else found
