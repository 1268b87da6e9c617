"""Clusters of reprints: each story has its cluster, and the passages by which its reprints are found."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from bot.ledger.moment import Moment
from bot.ledger.rows import articles
from bot.rules.identity import canonical
from bot.rules.reprints import ANCHORS_KEPT, Text

revision = "0002"
down_revision = "0001"

_BATCH = 500


def upgrade() -> None:
    """Add the column and the table, and fill both from what is there."""
    op.add_column("stories", sa.Column("cluster", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index(op.f("ix_stories_cluster"), "stories", ["cluster"], unique=False)
    op.create_table(
        "anchors",
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("story", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name=op.f("fk_anchors_story")),
        sa.PrimaryKeyConstraint("hash", "story", name=op.f("pk_anchors")),
        sqlite_with_rowid=False,
    )
    op.execute("UPDATE stories SET cluster = id")
    connection = op.get_bind()
    _remember_passages(connection)
    _shorten_links(connection)


def _remember_passages(connection: sa.Connection) -> None:
    """Of the stories of the last season, counted from the newest; older ones find no reprints any more."""
    stories = sa.table("stories", sa.column("id"), sa.column("revision"), sa.column("first_seen", Moment()))
    revisions = sa.table("revisions", sa.column("story"), sa.column("revision"), sa.column("article"))
    anchors = sa.table("anchors", sa.column("hash", sa.BigInteger()), sa.column("story"))
    newest = connection.execute(sa.select(sa.func.max(stories.c.first_seen, type_=Moment()))).scalar()
    if newest is None:
        return
    at_newest = (revisions.c.story == stories.c.id) & (revisions.c.revision == stories.c.revision)
    query = sa.select(stories.c.id, revisions.c.article).join_from(stories, revisions, at_newest)
    query = query.where(stories.c.first_seen >= newest - timedelta(days=90)).order_by(stories.c.id).limit(_BATCH)
    last = 0
    while batch := connection.execute(query.where(stories.c.id > last)).all():
        last = batch[-1].id
        rows = [
            {"hash": anchor, "story": row.id}
            for row in batch
            for anchor in Text.of(articles.validate_json(row.article)).anchors(ANCHORS_KEPT)
        ]
        if rows:
            connection.execute(sa.insert(anchors), rows)


def _shorten_links(connection: sa.Connection) -> None:
    """Links are known by a shorter name now: under one scheme, without mobile hosts and more tracking."""
    keys = sa.table("story_keys", sa.column("key"), sa.column("story"))
    links = connection.execute(sa.select(keys).where(keys.c.key.startswith("link:"))).all()
    taken = set(connection.execute(sa.select(keys.c.key)).scalars())
    for link in links:
        short = f"link:{canonical(link.key.removeprefix('link:'))}"
        if short not in taken:
            taken.add(short)
            connection.execute(sa.insert(keys).values(key=short, story=link.story))
