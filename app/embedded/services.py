"""PostgreSQL and Valkey together, with the URLs they are reached by; also a command that leaves them running."""

import argparse
import os
import shlex
import time
from contextlib import suppress
from pathlib import Path

from app.embedded import paths
from app.embedded.console import LaunchError, complain, say, step
from app.embedded.postgres import DATABASE, SUPERUSER, Postgres
from app.embedded.server import Server
from app.embedded.valkey import Valkey

POSTGRES_URLS = {
    "DATABASE_URL": "regulars_app",
    "DATABASE_OWNER_URL": "regulars_owner",
    "DATABASE_MAINTENANCE_URL": "regulars_maintenance",
}
RESTART_PAUSE_SECONDS = 3.0


class Services:
    """The servers of one instance. A DATABASE_URL or REDIS_URL from outside switches the embedded one off."""

    def __init__(self, places: paths.Places, *, is_durable: bool = True, outside: dict[str, str] | None = None) -> None:
        outside = outside or {}
        self.places = places
        self.outside = {name: outside[name] for name in (*POSTGRES_URLS, "REDIS_URL") if outside.get(name)}
        self.postgres = None if "DATABASE_URL" in self.outside else Postgres(places, is_durable=is_durable)
        self._due_at = 0.0
        self.valkey = None if "REDIS_URL" in self.outside else Valkey(places)

    def start(self) -> None:
        """Start or adopt both servers, PostgreSQL first."""
        for server in self._servers():
            with step(type(server).__name__):
                is_adopted = server.start()
            if is_adopted:
                complain(f"  {type(server).__name__} was still running and is used again")

    def stop(self) -> None:
        """Stop both servers, Valkey first."""
        for server in reversed(self._servers()):
            server.stop()
        with suppress(OSError):  # it stays when something else still listens in it
            self.places.sockets.rmdir()

    def tend(self) -> None:
        """Start a server again that has died; to be called about twice a second. Never raises LaunchError."""
        for server in self._servers():
            if time.monotonic() >= self._due_at and not server.is_alive():
                complain(f"{type(server).__name__} has ended and starts again; see {server.log}")
                self._due_at = time.monotonic() + RESTART_PAUSE_SECONDS
                try:
                    server.start()
                except LaunchError as error:
                    complain(str(error))

    def urls(self) -> dict[str, str]:
        """Return the environment variables by which the product finds its database roles and its queue.

        With an outside DATABASE_URL, the owner's and the maintenance role's URLs are the outside ones, if given.
        """
        found = dict(self.outside)
        if self.postgres is not None:
            found |= {name: self.postgres.url(role) for name, role in POSTGRES_URLS.items()}
        if self.valkey is not None:
            found["REDIS_URL"] = self.valkey.url()
        return found

    def superuser_url(self, database: str = DATABASE) -> str:
        """Return the URL of the embedded cluster's superuser (tests and templates; never the product)."""
        if self.postgres is None:
            raise LaunchError("The database is not ours: it has no superuser for us.")
        return self.postgres.url(SUPERUSER, database)

    def _servers(self) -> list[Server]:
        return [server for server in (self.postgres, self.valkey) if server is not None]


def main() -> int:
    """`python -m app.embedded.services start|stop|urls --instance DIR`: for development.

    `eval "$(python -m app.embedded.services start --instance DIR)"` sets the URLs in a shell.
    """
    parser = argparse.ArgumentParser(prog="python -m app.embedded.services", description=main.__doc__)
    parser.add_argument("action", choices=["start", "stop", "urls"])
    parser.add_argument("--instance", type=Path, default=None, help="default: INSTANCE_PATH or ./instance")
    arguments = parser.parse_args()
    try:
        services = Services(paths.settle(arguments.instance or paths.default_instance()), outside=dict(os.environ))
        if arguments.action == "start":
            services.start()
        if arguments.action == "stop":
            services.stop()
            return 0
    except LaunchError as error:
        complain(str(error))
        return 1
    for name, value in services.urls().items():
        say(f"export {name}={shlex.quote(value)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
