"""The composition root: what mapping is made of, and in which order it starts and stops."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI

from services.mapping.api import add_routes
from services.mapping.api.access import Context
from services.mapping.handlers import (
    RequestHandlers,
    on_import_approved,
    on_import_finished,
    on_import_held,
    on_import_rejected,
)
from services.mapping.pages import add_pages
from services.mapping.settings import MappingSettings
from shared.auth import TokenVerifier
from shared.contracts.events import ImportApproved, ImportFinished, ImportHeld, ImportRejected, ImportRequested
from shared.health import Health
from shared.http import create_api
from shared.logging import configure
from shared.messaging import DeliverySubscription, Messenger, Subscription
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from shared.upkeep import Upkeep

SERVICE: Final = "mapping"


def subscriptions(requests: RequestHandlers) -> list[Subscription[Any] | DeliverySubscription[Any]]:
    """What mapping hears: requests of CRM frontends, and how its imports get on."""
    return [
        DeliverySubscription(ImportRequested, requests.on_import_requested, requests.on_undecodable),
        Subscription(ImportRejected, on_import_rejected),
        Subscription(ImportHeld, on_import_held),
        Subscription(ImportApproved, on_import_approved),
        Subscription(ImportFinished, on_import_finished),
    ]


def build_app(settings: MappingSettings) -> FastAPI:
    """The service as an app; its lifespan starts and drains everything."""
    configure(SERVICE, settings.log_format)
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.context, app.state.upkeep = await _start(settings, health, stack)
            yield

    app = create_api(service=SERVICE, health=health, lifespan=lifespan)
    add_routes(app)
    add_pages(app)
    return app


async def _start(settings: MappingSettings, health: Health, stack: AsyncExitStack) -> tuple[Context, Upkeep]:
    """Start in the order of need; the stack stops in the opposite one."""
    dsn = settings.postgres_dsn.get_secret_value()
    database = await Database.connect(dsn, application_name=SERVICE, max_size=settings.postgres_pool)
    stack.push_async_callback(database.close)
    verifier = TokenVerifier(settings)
    stack.push_async_callback(verifier.close)
    messenger = Messenger(SERVICE, database, settings, subscriptions(RequestHandlers(verifier)), health)
    await stack.enter_async_context(messenger)
    context = Context(
        database=database,
        verifier=verifier,
        secure_upload=SecureUpload(settings.secure_upload_url, settings.secure_upload_options),
        upload_limit_bytes=settings.upload_limit_bytes,
    )
    return context, Upkeep(database, verifier, messenger.dead_letters)
