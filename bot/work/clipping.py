"""Clipping: a link that an editor gives becomes a story of the desk, held, or is found to be a story already."""

from dataclasses import dataclass

import structlog

from bot.ledger import Ledger
from bot.model.ledger import Verdict
from bot.rules import identity
from bot.sources.pages import Pages
from bot.work.ordering import DESK
from bot.work.outlet import Clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Clipped:
    """The story that a link leads to."""

    story: int
    new: bool
    """False: the newsroom had it already, and nothing was changed."""


class Clipping:
    """Reads pages as the sources do, through the guarded way to the web."""

    def __init__(self, ledger: Ledger, pages: Pages, clock: Clock) -> None:
        self._ledger, self._pages, self._clock = ledger, pages, clock

    async def known(self, link: str) -> int | None:
        """The story that has this address; nothing is fetched. Raises LedgerError."""
        return await self._ledger.stories.keyed(f"link:{identity.canonical(link)}")

    async def take(self, link: str, who: str) -> Clipped:
        """Raises SourceUnreachable where the page cannot be had, SourceUnreadable where it is none, LedgerError."""
        if (number := await self.known(link)) is not None:
            return Clipped(number, new=False)
        article = await self._pages.read(DESK, link, self._clock())
        # A story that is known must not be revised by another reading of its page.
        keys = dict.fromkeys((*identity.keys(DESK, article), f"link:{identity.canonical(link)}"))
        for key in keys:
            if (number := await self._ledger.stories.keyed(key)) is not None:
                return Clipped(number, new=False)
        recorded = await self._ledger.stories.record(
            DESK,
            article,
            list(keys),
            identity.fingerprint(article),
            self._clock(),
            why=f"a link given by {who}",
            held=f"a link given by {who}: an editor decides",
        )
        log.info("clipped", story=recorded.story, who=who, headline=article.headline)
        return Clipped(recorded.story, recorded.verdict is Verdict.NEW)
