"""`flask docs …`: the parts of the documentation that are made from the code."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.api_reference import postman_text, reference_text
from app.queries.schema import DrawnTable, drawn_tables

docs = AppGroup("docs", help="Make documentation from the code.")

_HEAD = """# The tables

Made from the models by `flask docs er-diagram`; a test fails when it is out of date. Every table but the platform's
(`business`, `user_account`, `membership`, `user_session`, `api_key`, `device`, `idempotency`, `due`) carries
`business_id` first in its primary key, and points to its parents by (`business_id`, id).

```mermaid
erDiagram
"""


@docs.command("er-diagram")
@click.option("--check", is_flag=True, help="Only say whether the file is up to date; exit 1 when it is not.")
@click.option("--file", "path", type=click.Path(path_type=Path), default=Path("docs/er-diagram.md"), show_default=True)
def er_diagram(check: bool, path: Path) -> None:
    """Write the entity-relationship diagram of all tables."""
    _keep(path, er_diagram_text(), command="er-diagram", check=check)


@docs.command("api-reference")
@click.option("--check", is_flag=True, help="Only say whether the files are up to date; exit 1 when one is not.")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("docs/reference"), show_default=True)
def api_reference(check: bool, folder: Path) -> None:
    """Write the page of curl for every call, and the Postman collection."""
    document = current_app.test_client().get("/api/v1/openapi.json").get_json()
    _keep(folder / "api.md", reference_text(document), command="api-reference", check=check)
    _keep(folder / "regulars.postman_collection.json", postman_text(document), command="api-reference", check=check)


def er_diagram_text() -> str:
    """The page with the diagram, as Mermaid."""
    tables = drawn_tables()
    lines = [line for table in tables for line in _entity(table)]
    lines += [f"  {parent} ||--o{{ {table.name} : has" for table in tables for parent in table.parents]
    return _HEAD + "\n".join(lines) + "\n```\n"


def _keep(path: Path, made: str, *, command: str, check: bool) -> None:
    """Write what was made, or say that the file differs from it."""
    if not check:
        path.write_text(made, encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != made:
        raise click.ClickException(f"{path} is out of date; run: flask docs {command}")


def _entity(table: DrawnTable) -> list[str]:
    marks = {(True, True): " PK,FK", (True, False): " PK", (False, True): " FK", (False, False): ""}
    rows = [f"    {column.type} {column.name}{marks[column.is_key, column.is_reference]}" for column in table.columns]
    return [f"  {table.name} {{", *rows, "  }"]
