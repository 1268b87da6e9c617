"""Run the migrations that are missing; loaded only where some are, for Alembic is 10 MB."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, scripts: str) -> None:
    """To the newest version, inside the caller's transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", scripts)
    command.upgrade(config, "head")
