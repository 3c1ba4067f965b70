"""What was vendored is what is served: every file is on the list of sums, and every folder brings its licence."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "app" / "static" / "vendor"


def test_every_vendored_file_has_the_sum_that_was_written_down() -> None:
    lines = [line.split("  ", 1) for line in (VENDOR / "SHA256SUMS").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    present = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "SHA256SUMS"
    }
    assert present == listed


def test_every_vendored_library_has_a_version_and_a_licence() -> None:
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    named = {re.sub(r"-\d.*", "", path.name) for path in folders}
    assert named == {"tabler", "htmx", "alpine-csp", "uplot", "swagger-ui", "jsqr"}
    assert all(re.fullmatch(r"[a-z-]+-\d+\.\d+\.\d+", path.name) for path in folders)
    assert all((path / "LICENSE").read_text().strip() for path in folders)
