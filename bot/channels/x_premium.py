"""X Premium: an account that may also edit what is out, by the rules in x.py."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.channels import wire
from bot.channels.kind import Doors
from bot.channels.tweets import bare, plain
from bot.channels.x import X, XSettings
from bot.errors import Refused
from bot.model.delivery import Receipt
from bot.model.edition import Edition

EDITABLE_FOR = timedelta(minutes=30)


def open_channel(name: str, settings: XSettings, doors: Doors) -> X:
    """Raises SettingsError where a key is missing."""
    return (EditingX if settings.edits else X)(name, settings, doors)


class EditingX(X):
    """An account with X Premium, which may edit."""

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        """Make it read so. An edited post has a number of its own, which the new receipt bears."""
        if self._clock() - receipt.at > EDITABLE_FOR:
            raise Refused(self.name, "X lets a post be edited for 30 minutes; what is out stays as it is")
        text, picture, trouble = plain(edition.text), None, ""
        if not receipt.sent.startswith(wire.WITHOUT_PICTURE):
            picture, trouble = await self._picture(edition, key)
        body = {"text": text, "edit_options": {"previous_post_id": receipt.platform_id}}
        body |= {"media": {"media_ids": [picture]}} if picture else {}
        try:
            posted = self._told(await self._ask("POST", "tweets", json=body), needs="id")
        except Refused as err:
            # X refuses an edit that changes nothing, and one of a version that is no longer the last: it may be made.
            latest = {} if err.account else await self._latest(receipt.platform_id)
            if bare(latest) != bare({"text": text}):
                raise
            posted = latest
        self._uploaded.pop(key, None)
        return self._receipt(str(posted["id"]), receipt.at, trouble + text)

    async def _latest(self, number: str) -> Mapping[str, Any]:
        """The post as it reads now: an edit whose answer was lost has another number."""
        asked = {"tweet.fields": "edit_history_tweet_ids,entities"}
        there: Mapping[str, Any] = {"edit_history_tweet_ids": [number]}
        for _ in range(2):  # the post that we know, then the last of its history
            last = there["edit_history_tweet_ids"][-1]
            if there.get("id") == last:
                break
            response = await self._ask("GET", f"tweets/{last}", idempotent=True, params=asked)
            there = {"edit_history_tweet_ids": [last], **self._told(response, idempotent=True, needs="id")}
        return there
