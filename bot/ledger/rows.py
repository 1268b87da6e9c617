"""Between rows and values."""

import json
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, exists, select

from bot.ledger.order_tables import orders
from bot.ledger.subscriber_tables import shared_editions
from bot.ledger.tables import decisions, deliveries, receipts, revisions, stories
from bot.model.decision import Decision, Verb
from bot.model.delivery import Act, Delivery, Receipt, State
from bot.model.edition import Edition
from bot.model.order import Orders
from bot.model.source import Memory
from bot.model.story import Article, Story

articles = TypeAdapter(Article)
editions = TypeAdapter(Edition)
memories = TypeAdapter(Memory)


_LET_GO = (
    exists()
    .where(decisions.c.story == stories.c.id, decisions.c.verb == Verb.RELEASED.value, decisions.c.channel.is_(None))
    .correlate(stories)
    .label("let_go")
)


AS_COMPOSED = "="
"""Stands in the ledger for what was sent where that is word for word what was composed."""


def text_of(adapter: TypeAdapter[Any], value: object) -> str:
    """A value as the JSON that stands in a column; what it says anyway is left out."""
    return adapter.dump_json(value, exclude_defaults=True).decode()


def sent_of(stored: str, edition: Edition, number: int) -> str:
    """What one post of a thread said when it went out."""
    return edition.post(number).text if stored == AS_COMPOSED else stored


def select_stories() -> Select[Any]:
    """Stories at their newest revision, ready for `story_of`."""
    at_newest = (revisions.c.story == stories.c.id) & (revisions.c.revision == stories.c.revision)
    return _story_columns().join(revisions, at_newest)


def select_revisions() -> Select[Any]:
    """Every revision of stories, ready for `story_of`."""
    return _story_columns().join(revisions, revisions.c.story == stories.c.id)


def _story_columns() -> Select[Any]:
    return select(
        stories.c.id,
        stories.c.source,
        stories.c.first_seen,
        stories.c.cluster,
        stories.c.held,
        _LET_GO,
        revisions.c.revision,
        revisions.c.article,
        revisions.c.seen_at,
        *(column for column in orders.c if column is not orders.c.story),
    ).select_from(stories.outerjoin(orders, orders.c.story == stories.c.id))


def story_of(row: Row[Any]) -> Story:
    """A row of `select_stories` or `select_revisions`."""
    return Story(
        id=row.id,
        source=row.source,
        revision=row.revision,
        article=articles.validate_json(row.article),
        first_seen=row.first_seen,
        revised_at=row.seen_at,
        cluster=row.cluster,
        held=row.held,
        orders=orders_from(row),
        released=row.let_go,
    )


def orders_from(row: Row[Any]) -> Orders:
    """A row that has the columns of `orders`; all of them are NULL where nothing was ordered."""
    if row.needed is None:
        return Orders()
    return Orders(
        needed=row.needed,
        because=row.because,
        signed=tuple(json.loads(row.signed)),
        scheduled=row.scheduled,
        embargo=row.embargo,
        hurried=tuple(json.loads(row.hurried)),
        urgent=row.urgent,
        picture=row.picture,
    )


def select_deliveries() -> Select[Any]:
    """Deliveries with their editions and receipts, ready for `delivery_of`."""
    columns = select(
        deliveries,
        shared_editions.c.edition.label("shared_edition"),
        receipts.c.platform_id,
        receipts.c.permalink,
        receipts.c.at.label("receipt_at"),
        receipts.c.sent,
    )
    read = columns.outerjoin(shared_editions, shared_editions.c.id == deliveries.c.shared)
    return read.outerjoin(receipts, receipts.c.delivery == deliveries.c.id)


def delivery_of(row: Row[Any]) -> Delivery:
    """A row of `select_deliveries`."""
    receipt, edition = None, editions.validate_json(row.shared_edition or row.edition)
    if row.platform_id is not None:
        receipt = Receipt(row.platform_id, row.receipt_at, row.permalink, sent_of(row.sent, edition, 0))
    return Delivery(
        id=row.id,
        story=row.story,
        revision=row.revision,
        channel=row.channel,
        lane=row.lane,
        act=Act(row.act),
        state=State(row.state),
        priority=row.priority,
        due_at=row.due_at,
        key=row.key,
        edition=edition,
        attempts=row.attempts,
        reason=row.reason,
        created_at=row.created_at,
        changed_at=row.changed_at,
        lease_until=row.lease_until,
        worker=row.worker,
        receipt=receipt,
        doubtful=getattr(row, "doubtful", False),
    )


def decision_values(decision: Decision) -> dict[str, object]:
    """A decision as the values of an insert."""
    return {
        "story": decision.story,
        "revision": decision.revision,
        "channel": decision.channel,
        "verb": decision.verb.value,
        "who": decision.who,
        "why": decision.why,
        "at": decision.at,
    }
