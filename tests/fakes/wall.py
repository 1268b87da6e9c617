"""Platforms as walls that remember every post: by its key, through a glass, or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.model.channel import FOREVER, Facts, Pace, Scope
from bot.model.delivery import Receipt
from bot.model.edition import Edition
from bot.model.source import Found, Look, Memory
from bot.model.story import Article
from tests.fakes.scripted import FACTS

_AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
WORDS = replace(FACTS, card=None, pace=(Pace(20, timedelta(minutes=1), Scope.ACCOUNT),))
KEYED = replace(WORDS, key_life=FOREVER)
FIXED = replace(WORDS, editable=False)


class Wall:
    """Knows a repeated key only where its facts say so."""

    def __init__(self, name: str, facts: Facts) -> None:
        self.name, self.facts = name, facts
        self.made: dict[str, str] = {}
        """Number → headline, of every post ever made."""
        self.said: set[str] = set()
        """The words of every post ever made."""
        self.shown: dict[str, str] = {}
        """Number → the words that readers see."""
        self._keys: dict[str, str] = {}

    async def send(self, edition: Edition, key: str) -> Receipt:
        if self.facts.key_life is None or key not in self._keys:
            number = f"{len(self.made) + 1}"
            self.made[number], self._keys[key] = edition.headline, number
            self.shown[number] = edition.text
            self.said.add(edition.text)
        return self._receipt(self._keys[key])

    async def reply(self, to: Receipt, edition: Edition, key: str) -> Receipt:
        del to
        return await self.send(edition, key)

    async def edit(self, receipt: Receipt, edition: Edition, key: str) -> Receipt:
        del key
        self.shown[receipt.platform_id] = edition.text
        return receipt

    async def withdraw(self, receipt: Receipt, key: str) -> Receipt:
        del key
        self.shown.pop(receipt.platform_id, None)
        return receipt

    async def close(self) -> None:
        pass

    def _receipt(self, number: str) -> Receipt:
        return Receipt(number, _AT)

    def posts(self, headline: str) -> list[str]:
        return [number for number, one in self.made.items() if one == headline]

    def shows(self, headline: str) -> list[str]:
        return [self.shown[number] for number in self.posts(headline) if number in self.shown]


class Glass(Wall):
    async def find(self, edition: Edition, key: str, since: datetime) -> Receipt | None:
        del edition, since
        return self._receipt(self._keys[key]) if key in self._keys else None


class Board(Wall):
    """With a place on top."""

    def __init__(self, name: str, facts: Facts) -> None:
        super().__init__(name, facts)
        self.top = set[str]()
        """The numbers of the posts that are there."""

    async def pin(self, receipt: Receipt) -> None:
        self.top.add(receipt.platform_id)

    async def unpin(self, receipt: Receipt) -> None:
        self.top.discard(receipt.platform_id)


class Wire:
    """A source that tells of the same articles at every look."""

    name, every = "wire", timedelta(seconds=1)

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles = list(articles)

    async def look(self, memory: Memory, now: datetime) -> Look:
        del now
        return Look(memory, tuple(Found(one, one.headline) for one in self.articles))

    async def taken(self, found: Found) -> None:
        pass

    async def close(self) -> None:
        pass
