"""The embedded PostgreSQL of one instance: made once, started or adopted, stopped; its data stay."""

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from app.embedded import account, binaries, stale_locks
from app.embedded.console import LaunchError
from app.embedded.log_files import open_for_process, tail
from app.embedded.paths import Places
from app.embedded.processes import is_running, wait_until

SUPERUSER = "postgres"
DATABASE = "regulars"
PORT = 5432  # only part of the socket's name: nothing listens on the network
START_SECONDS = 60.0
STOP_SECONDS = 60
FIRST_WITH_BUILTIN_LOCALE = 17
ROLES = Path(__file__).with_name("roles.sql")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "client_connection_check_interval": "1s",
}


@dataclass
class Postgres:
    """A PostgreSQL on a unix socket in a private folder. `is_durable=False` (tests only) leaves out fsync."""

    places: Places
    is_durable: bool = True
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.bin = binaries.postgres_folder(self.places.data)
        self.major = binaries.major_version(self.bin)
        self.data = self.places.data / f"pg{self.major}"

    def start(self) -> bool:
        """Make the cluster if there is none, start it or adopt a running one, and wait until it answers.

        Returns True when a running server was adopted. Roles and database are made, or seen to be there.
        """
        self._initialise()
        is_adopted = self.is_ready()
        if not is_adopted:
            stale_locks.clear(self.data, self.places.sockets, PORT)
            self._spawn()
            if not wait_until(lambda: self.is_ready() or not self.is_alive(), START_SECONDS) or not self.is_ready():
                raise LaunchError(f"PostgreSQL does not start. Its last words:\n{tail(self.log)}")
        self.run_sql(ROLES, DATABASE)
        return is_adopted

    def stop(self) -> None:
        """Stop the server in its fast way (sessions are ended, everything committed is kept); idle when it is down."""
        if self.pid() is None:
            return
        account.run([self.bin / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", str(STOP_SECONDS)])
        if self._child is not None:
            self._child.wait(STOP_SECONDS)
            self._child = None

    def is_ready(self) -> bool:
        """Say whether the server takes connections."""
        return account.run([self.bin / "pg_isready", "-q", *self._address()]).returncode == 0

    def is_alive(self) -> bool:
        """Say whether the server's process lives, be it ours or adopted."""
        if self._child is not None:
            return self._child.poll() is None
        return self.pid() is not None

    def pid(self) -> int | None:
        """Return the postmaster's pid, or None when it does not run."""
        pid = stale_locks.recorded_pid(self.data / "postmaster.pid")
        return pid if pid is not None and is_running(pid) else None

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the SQLAlchemy URL of a role: regulars_owner, regulars_app, regulars_maintenance or postgres."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.places.sockets}&port={PORT}"

    def run_sql(self, script: Path, database: str) -> None:
        """Run a psql script as superuser; the psql variable `database` names the one it is about."""
        variables = ["-v", f"database={database}", "-v", "ON_ERROR_STOP=1"]
        command = [self.bin / "psql", "-X", "-q", *self._address(), "-U", SUPERUSER, "-d", "postgres", *variables]
        answer = account.run(command, text_in=script.read_text(encoding="utf-8"))
        if answer.returncode != 0:
            raise LaunchError(f"PostgreSQL refused {script.name}:\n{answer.stderr.strip()}")

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.places.logs / "postgres.log"

    def _address(self) -> list[str | Path]:
        return ["-h", self.places.sockets, "-p", str(PORT)]

    def _initialise(self) -> None:
        if self.data.exists():
            self._refuse_foreign_data()
            return
        unfinished = self.data.with_suffix(".new")  # renamed when complete: a killed initdb leaves no half cluster
        shutil.rmtree(unfinished, ignore_errors=True)
        account.make_private_folder(unfinished)
        locale = ["--locale=C"]
        if self.major >= FIRST_WITH_BUILTIN_LOCALE:  # then the order of names is the same on every machine
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        sync = [] if self.is_durable else ["--no-sync"]
        options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", *locale, *sync]
        answer = account.run([self.bin / "initdb", "-D", unfinished, *options])
        if answer.returncode != 0:
            raise LaunchError(f"initdb failed:\n{answer.stdout}{answer.stderr}")
        unfinished.rename(self.data)

    def _refuse_foreign_data(self) -> None:
        uid, _ = account.service_ids()
        owner = self.data.stat().st_uid
        if owner != uid:
            raise LaunchError(
                f"{self.data} was made by another account (uid {owner}, now {uid}).\n"
                "Start it as the account that made it, or give another INSTANCE_PATH."
            )

    def _spawn(self) -> None:
        settings = SETTINGS | {
            "fsync": "on" if self.is_durable else "off",
            "unix_socket_directories": str(self.places.sockets),
        }
        command: list[str | Path] = [self.bin / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open_for_process(self.log) as log:
            self._child = subprocess.Popen(
                command,
                cwd="/",
                env=account.clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the launcher, which stops the database last
                **account.popen_options(),
            )
