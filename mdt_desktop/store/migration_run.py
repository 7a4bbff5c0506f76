"""Runs Alembic over the program's own writer connection; loaded only when a store needs a migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from mdt_desktop.store.database import Database
from mdt_desktop.store.unit_of_work import engine_of


def upgrade(database: Database, folder: Path) -> None:
    """Apply every revision in `folder` that the store does not have yet, all or none."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    with engine_of(database).connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
