"""How migrations run: as the owner of the schema, one migrator at a time, giving way rather than stopping the till."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import app.models  # noqa: F401 - fills the metadata
from app.core.model import Base

ONE_MIGRATOR = 7_251_001


def run() -> None:
    """Wait for the migrator's lock, then migrate in one transaction."""
    settings = current_app.extensions["settings"]
    engine = create_engine(settings.owner_url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ONE_MIGRATOR})
        connection.execute(text("SET lock_timeout = '3s'"))
        connection.execute(text("SET client_connection_check_interval = '1s'"))
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=False)
        with context.begin_transaction():
            context.run_migrations()


run()
