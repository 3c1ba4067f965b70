"""The example client and the tutorial of the documentation, run as a stranger runs them, on real processes."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

from tests.browser.conftest import Street
from tests.factories.people import PASSWORD

DOCS = Path(__file__).parents[2] / "docs"
CLIENT = DOCS / "how-to" / "client.py"
TUTORIAL = DOCS / "tutorial" / "first-purchase-by-api.md"


def run(url: str, email: str, password: str, order_id: str) -> subprocess.CompletedProcess[str]:
    said = [url, email, password, "+380671112239", "12.50", order_id]
    return subprocess.run([sys.executable, str(CLIENT), *said], capture_output=True, text=True, timeout=60, check=False)


def sold(url: str, street: Street, order_id: str) -> str:
    done = run(url, street.shop.owner.email, PASSWORD, order_id)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def losing_the_first_purchase(url: str) -> Iterator[tuple[str, list[str]]]:
    """A way to the product on which the answer to the first purchase is lost; yields its address and the keys seen."""
    keys: list[str] = []

    class Way(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key = self.headers.get("Idempotency-Key")
            answer = forwarded(Request(url + self.path, body, dict(self.headers), method="POST"))
            if key is not None:
                keys.append(key)
            if key is not None and len(keys) == 1:
                self.close_connection = True
            else:
                self.say(answer)

        def do_GET(self) -> None:
            self.say(forwarded(Request(url + self.path, headers=dict(self.headers))))

        def say(self, answer: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Way)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", keys
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def forwarded(request: Request) -> bytes:
    with urlopen(request) as answer:
        said: bytes = answer.read()
    return said


def test_it_records_once_reads_the_balance_and_survives_a_lost_answer(street: Street) -> None:
    first = sold(street.origin, street, "client 1")
    assert "Bean points: " in first
    assert "balance 25\n" in first
    assert "balance 25\n" in sold(street.origin, street, "client 1"), "the same order again earns nothing more"
    with losing_the_first_purchase(street.origin) as (address, keys):
        assert "balance 50\n" in sold(address, street, "client 2")
    assert keys == ["order client 2"] * 2, "sent again under the same key after the answer was lost"


def test_it_says_what_was_refused(street: Street) -> None:
    done = run(street.origin, street.shop.owner.email, "not the password", "client 3")
    assert done.returncode == 1
    assert "wrong_credentials" in done.stderr


def test_it_is_short_and_needs_no_package() -> None:
    text = CLIENT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 60
    modules = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert modules <= set(sys.stdlib_module_names)


def test_the_tutorial_runs_as_it_stands(street: Street) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    assert "REGULARS=http://127.0.0.1:8000\n" in blocks[0]
    script = "\n".join(blocks).replace("http://127.0.0.1:8000", street.origin)
    done = subprocess.run(["bash", "-eu", "-c", script], capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ACTIVE" in done.stdout
    assert '"punches": 1' in done.stdout
    assert '"status": "completed"' in done.stdout
