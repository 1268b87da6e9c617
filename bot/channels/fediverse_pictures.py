"""Pictures for posts by the Mastodon API: uploaded once, and waited for while the server works on them."""

from datetime import timedelta
from pathlib import Path

import httpx

from bot.channels import wire
from bot.channels.fediverse_api import Api
from bot.errors import Unavailable
from bot.model.edition import Edition

REFUSED = frozenset({400, 413, 415, 422})
_WAIT = timedelta(seconds=10)


class Pictures:
    """The cards of one account's posts."""

    def __init__(self, channel: str, api: Api, cards: Path) -> None:
        self._channel, self._api, self._cards = channel, api, cards
        self._uploaded: dict[str, str] = {}
        """What waits for its post, by the post's key: a repeat need not upload again."""
        self._worked_on: set[str] = set()

    async def of(self, edition: Edition, key: str) -> tuple[str | None, str]:
        """The number of the uploaded card, and what the receipt must say where there is none.

        Raises Unavailable while the server works on it.
        """
        if edition.card is None:
            return None, ""
        if key not in self._uploaded:
            if (card := await wire.card_of(edition, self._cards)) is None:
                return None, f"{wire.WITHOUT_PICTURE} (its file is gone): "
            response = await self._sent((edition.card.file, card, edition.card.media_type), edition.card.alt)
            if response.status_code in REFUSED:
                return None, f"{wire.WITHOUT_PICTURE} ({self._api.error(response).why}): "
            self._uploaded[key] = number = str(self._api.told(response)["id"])
            if response.status_code == httpx.codes.ACCEPTED:
                self._worked_on.add(number)
        number = self._uploaded[key]
        if number in self._worked_on:
            response = await self._api.ask("GET", f"v1/media/{number}")
            if response.status_code in REFUSED:
                self.used(key)
                return None, f"{wire.WITHOUT_PICTURE} ({self._api.error(response).why}): "
            if response.status_code == httpx.codes.PARTIAL_CONTENT:
                raise self.unready()
            self._worked_on.discard(number)
        return number, ""

    def used(self, key: str) -> None:
        """Its post is out, or will never have it."""
        self._worked_on.discard(self._uploaded.pop(key, ""))

    def unready(self) -> Unavailable:
        """The server still works on it."""
        return Unavailable(self._channel, "the picture is still being processed", retry_after=_WAIT, alone=True)

    async def _sent(self, file: tuple[str, bytes, str], alt: str) -> httpx.Response:
        """By the newer way, and where a server does not know it, by the older."""
        for path in ("v2/media", "v1/media"):
            response = await self._api.ask("POST", path, files={"file": file}, data={"description": alt})
            if response.status_code != httpx.codes.NOT_FOUND:
                break
        return response
