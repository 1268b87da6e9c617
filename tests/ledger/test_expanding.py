"""A new version migrates the ledger while a worker of an older one goes on: migrations only ever add."""

from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot.ledger.migrate import SCRIPTS, versions
from bot.ledger.store import connect


@dataclass(frozen=True)
class Column:
    """What matters to a worker that does not name it."""

    optional: bool
    """It may be left out of an INSERT."""
    kind: str


Tables = dict[str, dict[str, Column]]


def _through_all(raw: Connection) -> dict[str, Tables]:
    """The tables as each version leaves them."""
    config = Config(attributes={"connection": raw})
    config.set_main_option("script_location", str(SCRIPTS))
    seen = {}
    for version in versions():
        command.upgrade(config, version)
        seen[version] = _tables(raw)
    return seen


def _tables(raw: Connection) -> Tables:
    looked = inspect(raw)
    return {
        table: {
            one["name"]: Column(
                bool(one["nullable"] or one["default"] is not None or one.get("autoincrement") is True),
                str(one["type"]),
            )
            for one in looked.get_columns(table)
        }
        for table in looked.get_table_names()
    }


async def test_what_an_older_worker_reads_and_writes_is_still_there(ledger_url: str) -> None:
    store = connect(ledger_url)
    async with store.write() as connection:
        seen = await connection.run_sync(_through_all)
    await store.engine.dispose()
    newest = seen[versions()[-1]]
    for version, tables in seen.items():
        for table, columns in tables.items():
            now = newest.get(table, {})
            gone = {name for name, column in columns.items() if name not in now or now[name].kind != column.kind}
            asked = {name for name, column in now.items() if name not in columns and not column.optional}
            stricter = {name for name, column in columns.items() if column.optional and not now[name].optional}
            assert (gone, asked, stricter) == (set(), set(), set()), f"{table}, for a worker of version {version}"


def test_the_versions_are_known_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    assert versions() == sorted(script.revision for script in scripts.walk_revisions())
    assert versions()[-1] == scripts.get_current_head()
