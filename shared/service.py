"""A service: what all of them are made of, and running one as one process, one event loop, one HTTP port."""

import argparse
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import uvicorn
from fastapi import FastAPI

from shared import metrics, tracing
from shared.activity import Activity
from shared.audit import Refusals
from shared.auth import TokenRules, TokenVerifier
from shared.health import Health
from shared.http import create_api
from shared.instances import Instance
from shared.logging import configure
from shared.maintenance import Maintenance, add_maintenance_routes
from shared.messaging import DeadLetters
from shared.postgres import Database
from shared.settings import (
    HttpServiceSettings,
    ServiceSettings,
    Settings,
    TracingSettings,
    default_of,
    problems_of,
    variable,
)
from shared.version import VERSION
from shared.vitals import Vitals

EXIT_SETTINGS: Final = 78  # EX_CONFIG: to start it again changes nothing
_S = TypeVar("_S", bound=HttpServiceSettings)


@dataclass(frozen=True, slots=True)
class Running:
    """What every service has while it runs.

    What it starts beside that goes on ``exits``, which stops it in the opposite order, before the database is closed.
    """

    dsn: str
    database: Database
    verifier: TokenVerifier
    health: Health
    activity: Activity
    exits: AsyncExitStack


Start = Callable[[FastAPI, Running], Awaitable[DeadLetters]]


def compose(service: str, settings: HttpServiceSettings, start: Start) -> FastAPI:
    """The service as an app; its lifespan starts and drains everything. ``start`` adds what is the service's own."""
    configure(service, settings.log_format)
    traces = TracingSettings()
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        dsn = settings.postgres_dsn.get_secret_value()
        async with AsyncExitStack() as exits:
            exits.enter_context(metrics.served(settings.metrics_host, settings.metrics_port))
            await exits.enter_async_context(tracing.started(service, on=traces.is_on))
            database = await Database.connect(dsn, application_name=service, max_size=settings.postgres_pool)
            exits.push_async_callback(database.close)
            rules = TokenRules(settings.jwt_longest_seconds, settings.jwt_requires_access_type)
            verifier = TokenVerifier(settings, rules=rules)
            exits.push_async_callback(verifier.close)
            await exits.enter_async_context(Vitals(service, database))
            activity = Activity()
            await exits.enter_async_context(Instance(database, health, activity))
            dead_letters = await start(app, Running(dsn, database, verifier, health, activity, exits))
            app.state.verifier = verifier
            app.state.refusals = Refusals(database)
            app.state.maintenance = Maintenance(database, dead_letters)
            yield

    app = create_api(service=service, health=health, lifespan=lifespan)
    add_maintenance_routes(app, service)
    return app


def run(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT; then end requests, and leave the lifespan, which drains the rest."""
    uvicorn.run(
        app,
        host=settings.http_host,
        port=settings.http_port,
        forwarded_allow_ips=settings.trusted_proxies,
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=int(min(settings.drain_seconds, 10)),  # streams of events never end by themselves
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 * 1024,
    )


def main(service: str, settings_type: type[_S], build: Callable[[_S], FastAPI], *beside: type[Settings]) -> None:
    """The command of a service: `--help`, `--version`, or to run it as the environment says.

    ``beside`` are settings that its parts read for themselves.
    """
    parser = argparse.ArgumentParser(
        prog=f"customer-import-{service}",
        description=f"Run one process of the service {service} until SIGTERM. Start as many as you like.",
        epilog=_settings_in_words(settings_type, *beside, TracingSettings),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    parser.parse_args()
    try:
        settings = settings_type()
        app = build(settings)
    except ValueError as error:
        parser.exit(EXIT_SETTINGS, "\n".join([*problems_of(error), f"Settings: {parser.prog} --help", ""]))
    run(app, settings)


def _settings_in_words(*types: type[Settings]) -> str:
    fields = {variable(name, each): field for each in types for name, field in each.model_fields.items()}
    lines = ["settings, from the environment:"]
    for name, field in sorted(fields.items(), key=lambda one: not one[1].is_required()):
        default = default_of(field)
        told = f" ({default if field.is_required() else f'default: {default}'})" if default else ""
        lines.append(f"  {name}{told}\n      {field.description or ''}")
    return "\n".join(lines)
