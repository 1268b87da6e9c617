"""The box of drafts of a WeChat account: where every article begins, found again by the mark of its key."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.channels.wechat_account import GONE, Account
from bot.channels.wechat_pictures import Album
from bot.channels.wire import WITHOUT_PICTURE, card_of
from bot.errors import Refused
from bot.model.edition import Edition, Markup
from bot.rules.counting import visible
from bot.rules.fitting import first_fitting, shortenings

TITLE, AUTHOR, DIGEST, SOURCE = 32, 16, 128, 1024
"""Characters; of the address behind 阅读原文, bytes."""
BACK = timedelta(hours=26)
"""How long after the first try a repeat may come: a day of patience, and their clock may differ from ours."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What lies in the box."""

    media: str
    said: str = ""
    """What `sent` must say before the words: "" where nothing is missing."""


@dataclass(frozen=True, slots=True)
class Article:
    """What the platform keeps of an edition besides its body, and how it is recognised in a list."""

    title: str
    digest: str
    source: str
    """The address behind 阅读原文, with the mark if it can carry one; "" where there is no link."""
    mark: str

    def known(self, listed: Mapping[str, Any]) -> bool:
        """Whether this is it: by the mark, or else by everything that it shows."""
        shown = (listed.get("title"), listed.get("digest"), listed.get("content_source_url") or "")
        if self.mark in self.source:
            return self.mark in shown[2]
        return shown == (self.title, self.digest, self.source)


class Box:
    """The drafts of one account. Nothing in it is out."""

    def __init__(
        self,
        channel: str,
        account: Account,
        cards: Path,
        clock: Callable[[], datetime],
        author: str,
        cover: str | None,
        album: Album,
    ) -> None:
        """`cover` is the media_id of a picture for stories without a card."""
        self._channel, self._account, self._cards, self._clock = channel, account, cards, clock
        self._author, self._cover, self._album = author, cover, album

    async def find(self, edition: Edition, key: str) -> Draft | None:
        """The draft that an earlier try has made, unless it was published or deleted since."""
        known = article(edition, key).known
        there = await self._account.find("/cgi-bin/draft/batchget", "media_id", known, self._clock() - BACK)
        return Draft(there.id) if there else None

    async def add(self, edition: Edition, key: str, *, in_doubt: bool = False) -> Draft:
        """Make it. A lost answer does no harm, for the next try looks first; `in_doubt`: it is Uncertain even so."""
        fields, said = await self._fields(edition, key)
        made = await self._account.ask("/cgi-bin/draft/add", {"articles": [fields]}, idempotent=not in_doubt)
        return Draft(self._account.told(made, "media_id"), said)

    async def change(self, media: str, edition: Edition, key: str) -> Draft:
        """Write it anew. Raises Refused where it is gone: no call changes what is published."""
        fields, said = await self._fields(edition, key)
        body = {"media_id": media, "index": 0, "articles": fields}
        answer = await self._account.call("/cgi-bin/draft/update", body, idempotent=True)
        if answer.code in GONE:
            why = "the draft was published or deleted by hand: correct it in the account's backend"
            raise Refused(self._channel, why)
        if answer.code:
            raise self._account.error(answer)
        return Draft(media, said)

    async def _fields(self, edition: Edition, key: str) -> tuple[dict[str, Any], str]:
        body, missing = await self._album.shown(edition)
        cover, said = await self._covered(edition)
        shown = article(edition, key)
        fields = {
            "article_type": "news",
            "title": shown.title,
            "author": self._author,
            "digest": shown.digest,
            "content": body,
            "content_source_url": shown.source,
            "thumb_media_id": cover,
            "need_open_comment": 0,
            "only_fans_can_comment": 0,
        }
        return fields, missing + said

    async def _covered(self, edition: Edition) -> tuple[str, str]:
        """The cover's media_id, and what is to be said of it. Raises Refused: an article cannot be without one."""
        card, why = await card_of(edition, self._cards), "its file is gone" if edition.card else ""
        if card is not None and edition.card is not None:
            try:
                return await self._account.upload(edition.card.file, card, edition.card.media_type), ""
            except Refused as err:
                if err.account or not self._cover:
                    raise
                why = err.why
        if not self._cover:
            missing = f", and of its card {why}" if why else ""
            raise Refused(self._channel, f"an article needs a cover{missing}: set `cover` for such stories")
        return self._cover, f"{WITHOUT_PICTURE} ({why}): " if why else ""


def article(edition: Edition, key: str) -> Article:
    """Title and digest as they fit, in characters, nothing torn; an address that is too long is left out.

    The key's mark is the fragment of the address: readers see no difference, and a repeat finds it. A link that has
    a fragment keeps its own, for some sites need it to show the page.
    """
    mark = f"crier-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    link = edition.link or ""
    source = f"{link}#{mark}" if link and "#" not in link else link
    source = source if len(source.encode()) <= SOURCE else ""
    words = re.sub(r"\s+", " ", visible(edition.text, Markup.HTML)).strip() or edition.headline
    return Article(_short(edition.headline, TITLE), _short(words[: 2 * DIGEST], DIGEST), source, mark)


def _short(text: str, most: int) -> str:
    return first_fitting(list(shortenings(text)), lambda one: len(one) <= most) or ""
