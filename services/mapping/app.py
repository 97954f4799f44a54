"""The composition root: what mapping is made of, and in which order it starts and stops."""

from functools import partial
from typing import Any, Final

from fastapi import FastAPI

from services.mapping.api import add_routes
from services.mapping.context import Context
from services.mapping.handlers import (
    RequestHandlers,
    on_import_approved,
    on_import_finished,
    on_import_held,
    on_import_rejected,
)
from services.mapping.pages import add_pages
from services.mapping.removal import remover
from services.mapping.settings import MappingSettings
from shared.contracts.events import ImportApproved, ImportFinished, ImportHeld, ImportRejected, ImportRequested
from shared.messaging import DeadLetters, DeliverySubscription, Messenger, Subscription
from shared.secure_upload import SecureUpload
from shared.service import Running, compose

SERVICE: Final = "mapping"


def subscriptions(requests: RequestHandlers) -> list[Subscription[Any] | DeliverySubscription[Any]]:
    """What mapping hears: requests of CRM frontends, and how its imports get on."""
    return [
        DeliverySubscription(
            ImportRequested, requests.on_import_requested, requests.on_undecodable, requests.on_failed
        ),
        Subscription(ImportRejected, on_import_rejected),
        Subscription(ImportHeld, on_import_held),
        Subscription(ImportApproved, on_import_approved),
        Subscription(ImportFinished, on_import_finished),
    ]


def build_app(settings: MappingSettings) -> FastAPI:
    """The service as an app; its lifespan starts and drains everything."""
    app = compose(SERVICE, settings, partial(_start, settings))
    add_routes(app)
    add_pages(app)
    return app


async def _start(settings: MappingSettings, app: FastAPI, running: Running) -> DeadLetters:
    requests = RequestHandlers(running.verifier)
    messenger = Messenger(SERVICE, running.database, settings, subscriptions(requests), running.health)
    await running.exits.enter_async_context(messenger)
    secure_upload = SecureUpload(settings.secure_upload_url, settings.secure_upload_options)
    await running.exits.enter_async_context(remover(running.database, secure_upload, running.health))
    app.state.context = Context(
        database=running.database,
        secure_upload=secure_upload,
        upload_limit_bytes=settings.upload_limit_bytes,
    )
    return messenger.dead_letters
