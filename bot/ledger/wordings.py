"""Wordings: an editor's own words for a story, on one channel or on all."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.ledger import standing
from bot.ledger.moves import note
from bot.ledger.order_tables import orders, wordings
from bot.ledger.rows import editions, text_of
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import State
from bot.model.edition import Edition
from bot.model.order import Given, Wording

_WAITING = [State.PLANNED.value, State.HELD.value]


class Wordings:
    """Words that beat the press's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, story: int, channel: str, wording: Wording, who: str, now: datetime) -> int:
        """Keep them, over what was written for the same channel before ("" is all); at which revision that was."""
        async with self._store.write() as connection:
            newest = select(stories.c.revision).where(stories.c.id == story).with_for_update()
            revision = int((await connection.execute(newest)).scalar_one())
            mine = (wordings.c.story == story, wordings.c.channel == channel)
            known = (await connection.execute(select(wordings.c.wording).where(*mine))).scalar()
            if known is not None:
                wording = wording.over(standing.as_wording.validate_json(known))
            values = {"revision": revision, "wording": text_of(standing.as_wording, wording), "who": who, "at": now}
            if not (await connection.execute(update(wordings).where(*mine).values(values))).rowcount:
                await connection.execute(insert(wordings).values(story=story, channel=channel, **values))
            await standing.put(connection, story, renew=True)
            said = "; ".join(filter(None, (wording.headline, wording.summary, " ".join(wording.hashtags or ()))))
            await note(connection, [Decision(Verb.WORDED, who, said, now, story, revision, channel or None)])
        return revision

    async def forget(self, story: int, channel: str, who: str, now: datetime) -> bool:
        """The press's words again; False where there were none of an editor's."""
        async with self._store.write() as connection:
            mine = (wordings.c.story == story, wordings.c.channel == channel)
            if not (await connection.execute(delete(wordings).where(*mine))).rowcount:
                return False
            await standing.put(connection, story, renew=True)
            why = "the press's words again"
            await note(connection, [Decision(Verb.WORDED, who, why, now, story, None, channel or None)])
        return True

    async def renewed(self, story: int, given: Given, made: dict[int, Edition], now: datetime) -> bool:
        """Put editions made by `given` in the place of those that wait, by delivery.

        False where more was ordered meanwhile: then they are to be made once more.
        """
        async with self._store.write() as connection:
            await connection.execute(select(orders.c.story).where(orders.c.story == story).with_for_update())
            for number, edition in made.items():
                # Of a thread that is half out the rest stays as it was begun.
                mine = (deliveries.c.id == number, deliveries.c.state.in_(_WAITING), deliveries.c.attempts == 0)
                values = {"edition": text_of(editions, edition), "changed_at": now}
                await connection.execute(update(deliveries).where(*mine).values(values))
            if await standing.given(connection, story) != given:
                return False
            await standing.put(connection, story, renew=False)
        return True
