"""Corrections: revisions that the desk makes, and what of them could not reach readers until an editor has seen it."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import exists, insert, or_, select, update

from bot.ledger.moves import note
from bot.ledger.order_tables import corrections, unreached
from bot.ledger.rows import articles, editions, select_deliveries, select_stories, story_of, text_of
from bot.ledger.standing import as_correction
from bot.ledger.store import Store
from bot.ledger.tables import deliveries, receipts, revisions, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, State
from bot.model.ledger import Recorded, Verdict
from bot.model.order import Correction, Unreached
from bot.model.story import Article

_OTHER = [Act.EDIT.value, Act.DELETE.value]


class Corrections:
    """What readers must hear."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def make(
        self, story: int, correction: Correction, change: Callable[[Article], Article], who: str, now: datetime
    ) -> Recorded:
        """Revise the newest revision by `change`, which may raise. Nothing is composed by this: the story is fresh.

        The source's own words stay known: that its page reads as before is no new revision.
        """
        async with self._store.write() as connection:
            mine = stories.c.id == story
            await connection.execute(select(stories.c.id).where(mine).with_for_update())
            known = story_of((await connection.execute(select_stories().where(mine))).one())
            at_newest = (revisions.c.story == story, revisions.c.revision == known.revision)
            print_ = (await connection.execute(select(revisions.c.fingerprint).where(*at_newest))).scalar_one()
            number = known.revision + 1
            article = text_of(articles, change(known.article))
            row = {"story": story, "revision": number, "article": article, "fingerprint": print_, "seen_at": now}
            await connection.execute(insert(revisions).values(row))
            said = {"kind": correction.kind.value, "correction": text_of(as_correction, correction), "who": who}
            await connection.execute(insert(corrections).values(story=story, revision=number, at=now, **said))
            await connection.execute(update(stories).where(mine).values(revision=number, fresh=True, changed_at=now))
            why = f"{correction.kind}: {correction.text or f'{correction.old} → {correction.new}'}"
            await note(connection, [Decision(Verb.CORRECTED, who, why, now, story, number)])
        return Recorded(story, number, Verdict.REVISED)

    async def missed(self, story: int, revision: int, channels: Collection[str], why: str, now: datetime) -> None:
        """These channels keep saying something else; each is listed once a revision."""
        there = select(unreached.c.channel).where(unreached.c.story == story, unreached.c.revision == revision)
        async with self._store.write() as connection:
            known = set((await connection.execute(there)).scalars())
            rows = [
                {"story": story, "revision": revision, "channel": channel, "why": why, "at": now}
                for channel in channels
                if channel not in known
            ]
            if rows:
                await connection.execute(insert(unreached), rows)

    async def unseen(self, story: int | None = None) -> tuple[Unreached, ...]:
        """What is out and wrong, and nobody has said to have seen it: oldest first.

        Also edits and deletions that failed. What a later act put right is not listed.
        """
        later = deliveries.alias("later")
        put_right = exists().where(
            later.c.story == unreached.c.story,
            later.c.channel == unreached.c.channel,
            or_(later.c.revision > unreached.c.revision, later.c.act == Act.DELETE.value),
            later.c.state == State.SENT.value,
        )
        listed = select(unreached).where(unreached.c.seen_at.is_(None), ~put_right).order_by(unreached.c.at)
        known = exists().where(
            unreached.c.story == deliveries.c.story,
            unreached.c.channel == deliveries.c.channel,
            unreached.c.revision == deliveries.c.revision,
        )
        after = exists().where(
            later.c.story == deliveries.c.story,
            later.c.channel == deliveries.c.channel,
            later.c.id > deliveries.c.id,
            later.c.state == State.SENT.value,
        )
        failed = select_deliveries().where(
            deliveries.c.state == State.FAILED.value, deliveries.c.act.in_(_OTHER), ~known, ~after
        )
        if story is not None:
            listed = listed.where(unreached.c.story == story)
            failed = failed.where(deliveries.c.story == story)
        async with self._store.read() as connection:
            found = [
                Unreached(row.story, row.revision, row.channel, row.why, row.at)
                for row in await connection.execute(listed)
            ]
            found += [
                Unreached(row.story, row.revision, row.channel, f"{row.act}: {row.reason}", row.changed_at)
                for row in await connection.execute(failed)
            ]
            told = []
            for one in sorted(found, key=lambda one: one.at):
                post = (
                    select(deliveries.c.edition, receipts.c.permalink)
                    .join(receipts, receipts.c.delivery == deliveries.c.id)
                    .where(deliveries.c.story == one.story, deliveries.c.channel == one.channel)
                    .order_by(deliveries.c.id.desc())
                    .limit(1)
                )
                row = (await connection.execute(post)).one_or_none()
                headline = editions.validate_json(row.edition).headline if row else ""
                link = row.permalink if row else None
                told.append(
                    Unreached(one.story, one.revision, one.channel, one.why, one.at, headline=headline, permalink=link)
                )
        return tuple(told)

    async def seen(self, story: int, who: str, now: datetime, channel: str | None = None) -> int:
        """An editor knows of it; how many entries leave the list."""
        waiting = [one for one in await self.unseen(story) if channel in (None, one.channel)]
        async with self._store.write() as connection:
            for one in waiting:
                mine = (
                    unreached.c.story == story,
                    unreached.c.revision == one.revision,
                    unreached.c.channel == one.channel,
                )
                values = {"seen_by": who, "seen_at": now}
                if not (await connection.execute(update(unreached).where(*mine).values(values))).rowcount:
                    row = {
                        "story": story,
                        "revision": one.revision,
                        "channel": one.channel,
                        "why": one.why,
                        "at": one.at,
                    }
                    await connection.execute(insert(unreached).values(**row, **values))
            await note(
                connection,
                [Decision(Verb.SEEN, who, one.why, now, story, one.revision, one.channel) for one in waiting],
            )
        return len(waiting)
