"""Due: the pieces of work that the ledger has for now, in one look: somebody asks every second."""

from collections.abc import Collection
from datetime import datetime

from bot.ledger import Ledger
from bot.work.runner import Piece, Work


async def due(ledger: Ledger, works: Collection[Work], sources: Collection[str], now: datetime) -> list[Piece]:
    """What of these works is due; looks and readings only for sources that are in the settings."""
    found: list[Piece] = []
    async with ledger.together():
        if Work.LOOK in works:
            found += [Piece(Work.LOOK, name) for name in await ledger.notes.due(now) if name in sources]
            found += [Piece(Work.RECEIVE, name) for name in await ledger.arrivals.due(now) if name in sources]
            stories = (*await ledger.stories.waiting(), *await ledger.orders.to_renew())
            found += [Piece(Work.COMPOSE, str(story)) for story in stories]
        if Work.FANOUT in works:
            found += [Piece(Work.FANOUT, str(one.id)) for one in await ledger.chunks.due(now)]
        if Work.DRAIN in works:
            found += [Piece(Work.DRAIN, lane) for lane in {one.lane for one in await ledger.claims.due(now)}]
    return found
