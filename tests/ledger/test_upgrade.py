"""A ledger of a released version is brought to this one, with everything that is in it."""

from datetime import datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, bindparam, text

from bot.ledger import Ledger
from bot.ledger.migrate import SCRIPTS
from bot.ledger.moment import Moment
from bot.ledger.rows import articles as as_json
from bot.ledger.rows import text_of
from bot.ledger.store import connect
from bot.model.ledger import Verdict
from bot.model.story import Article
from bot.rules.identity import fingerprint, keys
from tests.fakes.pairs import articles

BRIDGE = articles()[0]


def _to_0001(raw: Connection) -> None:
    config = Config(attributes={"connection": raw})
    config.set_main_option("script_location", str(SCRIPTS))
    command.upgrade(config, "0001")


async def _fill(url: str, made: list[tuple[str, Article]], now: datetime) -> None:
    """A ledger as 0001 left it, with one story a (key, article)."""
    store = connect(url)
    story = text(
        "INSERT INTO stories (source, revision, fresh, remembered, first_seen, changed_at)"
        " VALUES ('daily', 1, false, false, :at, :at)"
    ).bindparams(bindparam("at", type_=Moment()))
    revision = text(
        "INSERT INTO revisions (story, revision, article, fingerprint, seen_at) VALUES (:id, 1, :article, 'old', :at)"
    ).bindparams(bindparam("at", type_=Moment()))
    async with store.write() as connection:
        await connection.run_sync(_to_0001)
        for number, (key, article) in enumerate(made, start=1):
            await connection.execute(story, {"at": now})
            values = {"id": number, "article": text_of(as_json, article), "at": now}
            await connection.execute(revision, values)
            key_row = {"key": key, "story": number}
            await connection.execute(text("INSERT INTO story_keys (key, story) VALUES (:key, :story)"), key_row)
    await store.engine.dispose()


@pytest.fixture
def filled() -> list[tuple[str, Article]]:
    return [(f"link:http://m.example.org/{number}", article) for number, article in enumerate(articles())]


async def test_every_story_of_0001_is_the_first_of_its_own_cluster(
    ledger_url: str, filled: list[tuple[str, Article]], now: datetime
) -> None:
    await _fill(ledger_url, filled, now)
    ledger = await Ledger.open(ledger_url)
    found = await ledger.stories.recent(100)
    assert len(found) == len(filled)
    assert all(story.cluster == story.id for story in found)
    await ledger.close()


async def test_a_reprint_of_a_story_of_0001_is_found(
    ledger_url: str, filled: list[tuple[str, Article]], now: datetime
) -> None:
    await _fill(ledger_url, filled, now)
    ledger = await Ledger.open(ledger_url)
    recorded = await ledger.stories.record("portal", BRIDGE, ["guid:portal:1"], fingerprint(BRIDGE), now)
    story = await ledger.stories.get(recorded.story)
    assert story is not None
    assert story.cluster == 1
    await ledger.close()


async def test_a_story_of_0001_is_known_again_by_its_link_and_not_revised(
    ledger_url: str, filled: list[tuple[str, Article]], now: datetime
) -> None:
    await _fill(ledger_url, filled, now)
    ledger = await Ledger.open(ledger_url)
    for number, article in enumerate(articles()):
        desktop = Article(
            article.headline, article.blocks, article.language, byline=article.byline,
            link=f"https://www.example.org/{number}",
        )  # fmt: skip
        recorded = await ledger.stories.record("daily", desktop, keys("daily", desktop), fingerprint(desktop), now)
        assert (recorded.story, recorded.verdict) == (number + 1, Verdict.KNOWN)
    await ledger.close()


async def test_an_empty_ledger_of_0001_is_upgraded_too(ledger_url: str, now: datetime) -> None:
    await _fill(ledger_url, [], now)
    ledger = await Ledger.open(ledger_url)
    assert await ledger.stories.recent(1) == ()
    await ledger.close()
