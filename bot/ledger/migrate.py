"""Bring a ledger to this version's tables, also when two processes open it at once."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.errors import LedgerError

SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_305_811  # any number of our own: who holds it migrates


def versions() -> list[str]:
    """Every version there is, oldest first, by the names of the migrations' files."""
    return sorted(path.name[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))


def migrate(connection: Connection) -> None:
    """Run what is missing, inside the caller's transaction. Raises LedgerError for a ledger of a newer Crier."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    known, current = versions(), _current(connection)
    if current == known[-1]:
        return
    if current is not None and current not in known:
        raise LedgerError(f"this ledger is of a newer Crier (version {current}): start that one, or restore a backup")
    import_module("bot.ledger.upgrading").upgrade(connection, str(SCRIPTS))


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
