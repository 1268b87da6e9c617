"""Calls: what was asked of the language model, what it answered, and what it cost."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from bot.ledger.store import Store
from bot.ledger.tables import model_calls
from bot.model.call import Question, Spent


class Calls:
    """One line a call, written before it is made."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def answer(self, question: Question) -> str | None:
        """The newest answer to the very same question."""
        query = (
            select(model_calls.c.answer)
            .where(
                model_calls.c.story == question.story,
                model_calls.c.revision == question.revision,
                model_calls.c.channel == question.channel,
                model_calls.c.question == question.print,
                model_calls.c.answer.is_not(None),
            )
            .order_by(model_calls.c.id.desc())
            .limit(1)
        )
        async with self._store.read() as connection:
            return (await connection.execute(query)).scalar()

    async def spent(self, since: datetime) -> Spent:
        """What all calls since then came to; one that is under way counts as much as it may cost."""
        query = select(func.count(), func.coalesce(func.sum(model_calls.c.tokens), 0)).where(model_calls.c.at >= since)
        async with self._store.read() as connection:
            calls, tokens = (await connection.execute(query)).one()
        return Spent(int(calls), int(tokens))

    async def begin(self, question: Question, tokens: int, now: datetime) -> int:
        """The intent is on paper before the call; its number."""
        values = {
            "story": question.story,
            "revision": question.revision,
            "channel": question.channel,
            "question": question.print,
            "at": now,
            "tokens": tokens,
            "problem": "",
        }
        async with self._store.write() as connection:
            return int(
                (await connection.execute(insert(model_calls).values(values).returning(model_calls.c.id))).scalar_one()
            )

    async def end(self, call: int, tokens: int, answer: str | None, problem: str) -> None:
        """How it ended, and what it really cost."""
        change = update(model_calls).where(model_calls.c.id == call)
        async with self._store.write() as connection:
            await connection.execute(change.values(tokens=tokens, answer=answer, problem=problem))

    async def forget(self, before: datetime) -> int:
        """Drop the calls made before then, answers too; how many. A month's budget counts its calls: keep the month."""
        async with self._store.write() as connection:
            return (await connection.execute(delete(model_calls).where(model_calls.c.at < before))).rowcount
