"""The embedded PostgreSQL of one instance: made once, started or adopted, stopped; its data stay."""

import shutil
from pathlib import Path

from app.embedded import account, binaries, stale_locks
from app.embedded.console import LaunchError
from app.embedded.paths import Places
from app.embedded.processes import works_in
from app.embedded.server import Server

SUPERUSER = "postgres"
DATABASE = "regulars"
PORT = 5432  # only part of the socket's name: nothing listens on the network
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
    "autovacuum_naptime": "10s",  # without statistics of what was just imported, plans go astray
    "client_connection_check_interval": "1s",
}


class Postgres(Server):
    """A PostgreSQL on a unix socket in a private folder. `is_durable=False` (tests only) leaves out fsync."""

    def __init__(self, places: Places, *, is_durable: bool = True) -> None:
        super().__init__(places)
        self.is_durable = is_durable
        self.bin = binaries.postgres_folder(places.data)
        self.major = binaries.major_version(self.bin)
        self.data = places.data / f"pg{self.major}"

    def start(self) -> bool:
        """Make the cluster if there is none, start or adopt it, and see that roles and database are there."""
        self._initialise()
        is_adopted = self._is_there_already()
        if not is_adopted:
            stale_locks.clear(self.data, self.places.sockets, PORT)
            settings = SETTINGS | {"fsync": "on" if self.is_durable else "off"}
            settings["unix_socket_directories"] = str(self.places.sockets)
            options = [f"--{name}={value}" for name, value in settings.items()]
            self._spawn([self.bin / "postgres", "-D", self.data, *options], Path("/"))
        self.run_sql(ROLES, DATABASE)
        return is_adopted

    def stop(self) -> None:
        """Stop the server in its fast way: sessions are ended, everything committed is kept."""
        if self.pid() is None:
            return
        self._signal("fast")
        if self.pid() is not None:
            self._signal("immediate")  # crash-safe all the same: the next start replays its log
        self._reap(is_ending=True)

    def is_ready(self) -> bool:
        """Say whether the server takes connections."""
        return account.run([self.bin / "pg_isready", "-q", *self._address()]).returncode == 0

    def pid(self) -> int | None:
        """Return the postmaster's pid, or None when it does not run on these data (the number may be another's)."""
        pid = stale_locks.recorded_pid(self.data / "postmaster.pid")
        return pid if pid is not None and works_in(pid, self.data) else None

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

    def ask(self, query: str, database: str = DATABASE) -> str:
        """Return what psql prints for a query as superuser: bare rows, or nothing when the query fails."""
        command = [self.bin / "psql", "-X", "-q", "-t", "-A", *self._address(), "-U", SUPERUSER, "-d", database]
        return account.run([*command, "-c", query]).stdout.strip()

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

    def _signal(self, mode: str) -> None:
        account.run([self.bin / "pg_ctl", "stop", "-D", self.data, "-m", mode, "-w", "-t", str(STOP_SECONDS)])

    def _address(self) -> list[str | Path]:
        return ["-h", self.places.sockets, "-p", str(PORT)]
