"""Between rows and values."""

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, select

from bot.ledger.tables import deliveries, receipts, revisions, stories
from bot.model.decision import Decision
from bot.model.delivery import Act, Delivery, Receipt, State
from bot.model.edition import Edition
from bot.model.source import Memory
from bot.model.story import Article, Story

articles = TypeAdapter(Article)
editions = TypeAdapter(Edition)
memories = TypeAdapter(Memory)


def text_of(adapter: TypeAdapter[Any], value: object) -> str:
    """A value as the JSON that stands in a column."""
    return adapter.dump_json(value).decode()


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
        revisions.c.revision,
        revisions.c.article,
        revisions.c.seen_at,
    ).select_from(stories)


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
    )


def select_deliveries() -> Select[Any]:
    """Deliveries with their receipts, ready for `delivery_of`."""
    return select(
        deliveries,
        receipts.c.platform_id,
        receipts.c.permalink,
        receipts.c.at.label("receipt_at"),
        receipts.c.sent,
    ).outerjoin(receipts, receipts.c.delivery == deliveries.c.id)


def delivery_of(row: Row[Any]) -> Delivery:
    """A row of `select_deliveries`."""
    receipt = None
    if row.platform_id is not None:
        receipt = Receipt(row.platform_id, row.receipt_at, row.permalink, row.sent)
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
        edition=editions.validate_json(row.edition),
        attempts=row.attempts,
        reason=row.reason,
        created_at=row.created_at,
        changed_at=row.changed_at,
        lease_until=row.lease_until,
        worker=row.worker,
        receipt=receipt,
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
