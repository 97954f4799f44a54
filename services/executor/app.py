"""The composition root: what the executor is made of, and in which order it starts and stops."""

import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fastapi import FastAPI

from services.executor import handlers
from services.executor.repository.jobs import WAKE_CHANNEL
from services.executor.settings import ExecutorSettings
from services.executor.worker import Executor
from shared.auth import TokenVerifier
from shared.contracts.events import ImportApproved, ImportCancelled
from shared.health import Health
from shared.http import create_api
from shared.logging import configure
from shared.messaging import Messenger, Subscription
from shared.postgres import Database, WakeUp
from shared.upkeep import Upkeep, add_upkeep_routes
from shared.workers import Worker

SERVICE: Final = "executor"
SUBSCRIPTIONS: Final = (
    Subscription(ImportApproved, handlers.on_import_approved),
    Subscription(ImportCancelled, handlers.on_import_cancelled),
)
_CHUNK_CONNECTIONS: Final = 2  # the chunk in hand, and what has to be written after it was rolled back


def build_app(settings: ExecutorSettings) -> FastAPI:
    """The executor as an app; its lifespan starts and drains everything."""
    configure(SERVICE, settings.log_format)
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.upkeep = await _start(stack, settings, health)
            yield

    app = create_api(service=SERVICE, health=health, lifespan=lifespan)
    add_upkeep_routes(app)
    return app


async def _start(stack: AsyncExitStack, settings: ExecutorSettings, health: Health) -> Upkeep:
    """Start in the order of need; the stack stops in the opposite one, so the chunk in hand is finished first."""
    dsn = settings.postgres_dsn.get_secret_value()
    database = await Database.connect(dsn, application_name=SERVICE, max_size=settings.postgres_pool)
    stack.push_async_callback(database.close)
    # A pool of its own: plans and temporary tables of chunks stay with their connection, and statements take longer.
    patient = await Database.connect(
        dsn, application_name=f"{SERVICE}-chunks", max_size=_CHUNK_CONNECTIONS, command_timeout=settings.chunk_seconds
    )
    stack.push_async_callback(patient.close)
    verifier = TokenVerifier(settings)
    stack.push_async_callback(verifier.close)
    messenger = await stack.enter_async_context(Messenger(SERVICE, database, settings, SUBSCRIPTIONS, health))
    worker = Worker(
        "chunks",
        Executor(patient, name=f"{socket.gethostname()}:{os.getpid()}").step,
        health=health,
        wake=WakeUp(dsn, WAKE_CHANNEL),
        drain_seconds=settings.drain_seconds,
    )
    await stack.enter_async_context(worker)
    return Upkeep(database, verifier, messenger.dead_letters)
