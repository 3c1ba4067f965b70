"""A product small enough to test the launcher with: it has the commands and the routes that the launcher asks for."""

import os

import click
import psycopg
from flask import Flask
from flask.cli import AppGroup

app = Flask(__name__, static_folder=None)
db = AppGroup("db", help="Stands for the migrations.")
demo = AppGroup("demo", help="Stands for the demo business.")


def connect(variable: str) -> psycopg.Connection[tuple[int]]:
    """Open a connection to the database that the launcher named."""
    return psycopg.connect(os.environ[variable].replace("+psycopg", ""), row_factory=psycopg.rows.tuple_row)


@app.get("/readyz")
def readyz() -> str:
    """Count the cups through the app role; the launcher waits for the 200."""
    with connect("DATABASE_URL") as connection:
        row = connection.execute("SELECT count(*) FROM cup").fetchone()
    assert row is not None
    return f"{row[0]} cups"


@db.command()
def upgrade() -> None:
    """Make the table as the owner."""
    with connect("DATABASE_OWNER_URL") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS cup (id bigint GENERATED ALWAYS AS IDENTITY)")
        connection.execute("CREATE TABLE IF NOT EXISTS alembic_version AS SELECT '1' AS version_num")


@demo.command()
def seed() -> None:
    """Add one cup each time, so that a test sees what was kept and when it ran."""
    with connect("DATABASE_URL") as connection:
        connection.execute("INSERT INTO cup DEFAULT VALUES")


@demo.command()
def logins() -> None:
    """Print what the launcher passes on."""
    click.echo("alma@example.com / latte")


app.cli.add_command(db)
app.cli.add_command(demo)
