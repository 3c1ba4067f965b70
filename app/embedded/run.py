"""bin/run: makes the environment, starts everything, says where it is, keeps it running, stops it cleanly."""

import os
import time
from contextlib import ExitStack

from app.embedded import environment, launch_lock, network, paths, procfile, product, secrets, settings
from app.embedded.console import LaunchError, complain, say, step
from app.embedded.interruption import Interruption, Stopped
from app.embedded.parent_watch import ParentWatch
from app.embedded.prepared import Prepared
from app.embedded.product import Product
from app.embedded.services import Services
from app.embedded.supervisor import Supervisor

STARTED_AT = "REGULARS_STARTED_AT"  # goes along when the launcher starts anew inside .venv
READY_SECONDS = 120.0
LOOK_SECONDS = 0.5
MOST_DEATHS_AT_START = 3


def main() -> int:
    """Run until somebody stops us; return the exit status."""
    started_at = float(os.environ.setdefault(STARTED_AT, str(time.monotonic())))
    try:
        chosen = settings.read()
        environment.enter(environment.RUNTIME, "app.embedded.run")
        del os.environ[STARTED_AT]
        interruption = Interruption()
        interruption.listen()
        _run(chosen, interruption, started_at)
    except LaunchError as error:
        complain(f"\n{error}")
        return 1
    except Stopped:
        say("Stopped before everything had started.")
    return 0


def _run(chosen: settings.Settings, interruption: Interruption, started_at: float) -> None:
    places = paths.settle(chosen.instance)
    with ExitStack() as stack:
        is_after_kill = stack.enter_context(launch_lock.held(places.lock))
        network.demand_free(chosen.host, chosen.port, is_after_kill=is_after_kill)
        services = Services(places, outside=dict(os.environ))
        stack.callback(_stop_services, services)
        services.start()
        interruption.check()
        variables = _environment(chosen, places, services)
        watch = ParentWatch()
        stack.callback(watch.close)
        commands = Product(variables, watch, interruption)
        prepared = Prepared(services.postgres, has_demo=chosen.has_demo)
        if not prepared.is_current():
            _prepare(commands, has_demo=chosen.has_demo)
            prepared.remember()
        supervisor = Supervisor(procfile.read(paths.PROJECT / "Procfile"), variables, places.logs, watch)
        stack.callback(_stop_processes, supervisor, interruption)
        supervisor.start()
        _wait_until_ready(chosen, supervisor, interruption)
        say(f"\nRegulars is ready after {time.monotonic() - started_at:.1f} s: {chosen.base_url}\n")
        if chosen.has_demo:
            commands.run(*product.DEMO_LOGINS)
        say(f"\nLogs: {places.logs}   Stop with Ctrl-C.")
        while not interruption.wait(LOOK_SECONDS):
            services.tend()
            supervisor.tend()


def _environment(chosen: settings.Settings, places: paths.Places, services: Services) -> dict[str, str]:
    own = {
        "HOST": chosen.host,
        "PORT": str(chosen.port),
        "BASE_URL": chosen.base_url,
        "INSTANCE_PATH": str(places.instance),
        "PYTHONUNBUFFERED": "1",
    }
    return secrets.ensure(places.instance / "secrets") | os.environ | services.urls() | own


def _prepare(commands: Product, *, has_demo: bool) -> None:
    with step("Migrations"):
        commands.run(*product.MIGRATE)
    if has_demo:
        with step("Demo business", is_talkative=True):
            commands.run(*product.SEED_DEMO)


def _wait_until_ready(chosen: settings.Settings, supervisor: Supervisor, interruption: Interruption) -> None:
    deadline = time.monotonic() + READY_SECONDS
    with step("Web, workers and scheduler"):
        while not network.is_ready(chosen.host, chosen.port):
            interruption.wait(0.1)
            interruption.check()
            supervisor.tend()
            if time.monotonic() > deadline or supervisor.most_deaths >= MOST_DEATHS_AT_START:
                raise LaunchError(f"It does not become ready.\n{supervisor.last_words()}")


def _stop_processes(supervisor: Supervisor, interruption: Interruption) -> None:
    with step("Stopping web, workers and scheduler (again Ctrl-C: at once)"):
        supervisor.stop(lambda: interruption.is_hurried)


def _stop_services(services: Services) -> None:
    with step("Stopping Valkey and PostgreSQL"):
        services.stop()


if __name__ == "__main__":
    raise SystemExit(main())
