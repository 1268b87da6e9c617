"""The pictures in a WeChat article's body: brought to WeChat once each, and shown from there.

Source: developers.weixin.qq.com/doc/service/api (media/uploadimg: JPEG or PNG below 1 MB, outside of the 100,000
materials). The platform takes foreign addresses out of a body, and says nothing.
"""

import asyncio
import html
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.channels.unfinished import Unfinished
from bot.channels.wechat_account import Account
from bot.errors import Refused
from bot.model.channel import Gallery
from bot.model.edition import Card, Edition

BODY_PICTURES = Gallery(20, 1024 * 1024 - 1)
"""As many as one send has the time for."""
_SECTION = re.compile(r'<section><img src="([^"]*)".*?</section>', re.DOTALL)
_IMG = re.compile(r'<img\b[^>]*?\bsrc="([^"]*)"[^>]*>', re.IGNORECASE)
_THEIRS = re.compile(r"https?://mmbiz\.q(?:pic|logo)\.cn/")


class Album:
    """One account's; what was brought is known by its content, to all workers."""

    def __init__(self, account: Account, cards: Path, begun: Unfinished) -> None:
        self._account, self._cards, self._begun = account, cards, begun

    async def shown(self, edition: Edition) -> tuple[str, str]:
        """The body with the pictures' addresses at WeChat, and what the receipt must say of those that are missing.

        Raises Unavailable, and Refused where it is the account's.
        """
        named = dict.fromkeys(html.unescape(url) for url in _IMG.findall(edition.text))
        wanted = [url for url in named if not _THEIRS.match(url)]
        if not wanted:
            return edition.text, ""
        there, why = await self._brought(one for one in edition.pictures if one.source in wanted)
        kept = {*there, *(url for url in named if _THEIRS.match(url))}
        text = _SECTION.sub(lambda found: found[0] if html.unescape(found[1]) in kept else "", edition.text)
        text = _IMG.sub(lambda found: _moved(found, there, kept), text)
        missing = len([url for url in wanted if url not in there])
        reason = why or "they could not be fetched"
        return text, f"without {missing} of {len(wanted)} pictures of the body ({reason}): " if missing else ""

    async def _brought(self, pictures: Iterable[Card]) -> tuple[Mapping[str, str], str]:
        """By their addresses in the article, those at WeChat; and why one was not taken."""
        there, why = {}, ""
        for one in pictures:
            try:
                url = await self._url(one)
            except Refused as err:
                if err.account:
                    raise
                url, why = "", err.why
            if url:
                there[one.source] = url
        return there, why

    async def _url(self, one: Card) -> str:
        """Empty where its file is gone."""
        key = f"picture {one.file}"
        if known := await self._begun.get(key):
            return known
        try:
            picture = await asyncio.to_thread((self._cards / one.file).read_bytes)
        except OSError:
            return ""
        url = await self._account.upload_for_a_body(one.file, picture, one.media_type)
        await self._begun.note(key, url)
        return url


def _moved(found: re.Match[str], there: Mapping[str, str], kept: set[str]) -> str:
    """A picture that is at WeChat already, as a newsroom's own template may have one, stays."""
    address = html.unescape(found[1])
    if address not in kept:
        return ""
    return found[0].replace(f'src="{found[1]}"', f'src="{html.escape(there.get(address, address))}"')
