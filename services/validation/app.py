"""The composition root of the validation service."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fastapi import FastAPI

from services.validation import handlers
from services.validation.check import Tools
from services.validation.repository.checks import CHANNEL
from services.validation.settings import ValidationSettings
from services.validation.worker import CheckWorker
from shared.auth import TokenVerifier
from shared.contracts.events import ImportCancelled, ImportConfirmed, ImportDefined, ImportFinished
from shared.health import Health
from shared.http import create_api
from shared.logging import configure
from shared.messaging import Messenger, Subscription
from shared.postgres import Database, WakeUp
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload
from shared.upkeep import Upkeep, add_upkeep_routes
from shared.workers import Worker

SERVICE: Final = "validation"
SUBSCRIPTIONS: Final = (
    Subscription(ImportDefined, handlers.on_import_defined),
    Subscription(ImportConfirmed, handlers.on_import_confirmed),
    Subscription(ImportCancelled, handlers.on_import_cancelled),
    Subscription(ImportFinished, handlers.on_import_finished),
)


def build_app(settings: ValidationSettings) -> FastAPI:
    """The service as an app; its lifespan starts and drains everything."""
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


async def _start(stack: AsyncExitStack, settings: ValidationSettings, health: Health) -> Upkeep:
    dsn = settings.postgres_dsn.get_secret_value()
    database = await Database.connect(dsn, application_name=SERVICE, max_size=settings.postgres_pool)
    stack.push_async_callback(database.close)
    verifier = TokenVerifier(settings)
    stack.push_async_callback(verifier.close)
    messenger = await stack.enter_async_context(Messenger(SERVICE, database, settings, SUBSCRIPTIONS, health))
    worker = Worker(
        "checks",
        CheckWorker(database, tools_of(settings)).step,
        health=health,
        wake=WakeUp(dsn, CHANNEL),
        limit_seconds=settings.check_seconds,
        drain_seconds=settings.drain_seconds,
    )
    await stack.enter_async_context(worker)
    return Upkeep(database, verifier, messenger.dead_letters)


def tools_of(settings: ValidationSettings) -> Tools:
    """What checks work with, as configured."""
    return Tools(
        secure_upload=SecureUpload(settings.secure_upload_url, settings.secure_upload_options),
        sealer=Sealer(settings.sealing_keys, settings.current_key_id),
        fingerprint=Fingerprint(settings.fingerprint_key_bytes),
        seconds=settings.check_seconds,
        memory_megabytes=settings.check_memory_megabytes,
    )
