"""What may import what: the contracts of pyproject.toml, and the few rules that they cannot say."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "app"
DOMAIN_MAY_USE = {"pydantic", "pydantic_core", "dateutil"}

CALLERS_OF_UNSCOPED = {"app/cli/ledger.py"}
RAW_SQL_OUTSIDE_CORE = {  # each runs in a scope, and row-level security bounds it like everything else
    "app/queries/hash_chain.py",
    "app/queries/verification.py",
    "app/services/grants.py",
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("app", include_external_packages=True, cache_dir=None)


def test_the_import_contracts_hold() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_the_domain_uses_the_standard_library_pydantic_and_dateutil_alone(graph: grimp.ImportGraph) -> None:
    assert _foreign(graph, "app.domain") - DOMAIN_MAY_USE == set()


def test_the_launcher_uses_the_standard_library_alone(graph: grimp.ImportGraph) -> None:
    assert _foreign(graph, "app.embedded") == set()


def test_the_package_itself_is_empty() -> None:
    assert (APP / "__init__.py").read_text() == ""


def test_nothing_is_imported_inside_a_function() -> None:
    found = []
    for file, tree in _trees(APP):
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                found += [f"{file}:{node.lineno}" for node in inner]
    assert found == []


def test_only_the_listed_callers_leave_every_scope() -> None:
    callers = {file for file, tree in _trees(APP) if "unscoped" in _names(tree)} - {"app/core/tenancy.py"}
    assert callers == CALLERS_OF_UNSCOPED
    assert {file for file in callers if not file.startswith("app/cli/")} == set()


def test_raw_sql_and_bare_tables_are_used_in_core_and_the_listed_hot_paths_alone() -> None:
    found = set()
    for file, tree in _trees(APP):
        if not file.startswith("app/core/") and _uses_raw_sql(tree):
            found.add(file)
    assert found == RAW_SQL_OUTSIDE_CORE


def test_only_core_reaches_engines_and_drivers_so_every_transaction_names_its_business() -> None:
    reaching = {
        file
        for file, tree in _trees(APP)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("engine", "engines", "driver_connection")
    }
    assert {file for file in reaching if not file.startswith("app/core/")} == set()


def _uses_raw_sql(tree: ast.AST) -> bool:
    """Say whether `text(…)` is executed, a driver is reached, or `Model.__table__` is used.

    Models may use text() for the conditions of indexes: that is DDL, written by migrations and never run by requests.
    """
    imports = {
        a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "sqlalchemy" for a in n.names
    }
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    is_model = "DeclarativeBase" in imports or "Index" in imports or "CheckConstraint" in imports
    return ("text" in imports and not is_model) or bool(attributes & {"__table__", "exec_driver_sql"})


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _trees(folder: Path) -> Iterator[tuple[str, ast.AST]]:
    for file in sorted(folder.rglob("*.py")):
        yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def _foreign(graph: grimp.ImportGraph, package: str) -> set[str]:
    """Return what a package imports from outside itself that is not the standard library."""
    modules = graph.find_descendants(package) | {package}
    imported = {found for module in modules for found in graph.find_modules_directly_imported_by(module)}
    outside = {name for name in imported if not name.startswith(package)}
    return {name if name.startswith("app.") else name.partition(".")[0] for name in outside} - sys.stdlib_module_names
