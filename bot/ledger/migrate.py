"""Bring a ledger to this version's tables, also when two processes open it at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import LedgerError

SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_305_811  # any number of our own: who holds it migrates


def migrate(connection: Connection) -> None:
    """Run what is missing, inside the caller's transaction. Raises LedgerError for a ledger of a newer Crier."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise LedgerError(f"this ledger is of a newer Crier (version {current}): start that one, or restore a backup")
    command.upgrade(config, "head")
