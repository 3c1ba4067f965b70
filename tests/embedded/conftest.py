"""A stand-in project for each test of the launcher, gone afterwards with all its processes."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.embedded.launching import Launcher, make_project


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a space in its name that also the servers' account can reach."""
    made = Path(tempfile.mkdtemp(prefix="regulars launch ")).resolve()
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def launch(folder: Path) -> Iterator[Callable[..., Launcher]]:
    """Make launchers of one project: `launch(instance=…, port=…)`; start them by `.start()`."""
    project = make_project(folder)
    made: list[Launcher] = []

    def make(**where: object) -> Launcher:
        made.append(Launcher(project, **where))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for launcher in made:
        launcher.clean_up()
