"""The composition root: what the notifier is made of, and in which order it starts and stops."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI

from services.notifier.api.access import Context
from services.notifier.api.routes import add_routes
from services.notifier.handlers import Handlers
from services.notifier.live import Changes
from services.notifier.log_file import ResultLog
from services.notifier.mailer import TRY_SECONDS, Mailer, PostOffice
from services.notifier.mailer.message import MessageWriter
from services.notifier.pages import add_pages
from services.notifier.repository.events import MAIL_CHANNEL
from services.notifier.settings import NotifierSettings
from shared.auth import TokenVerifier
from shared.contracts.events import (
    CheckProgressed,
    ChunkApplied,
    ImportApproved,
    ImportCancelled,
    ImportConfirmed,
    ImportDefined,
    ImportFinished,
    ImportHeld,
    ImportRejected,
)
from shared.health import Health
from shared.http import create_api
from shared.logging import configure
from shared.messaging import Messenger, Subscription
from shared.postgres import Database, WakeUp
from shared.secure_upload import SecureUpload
from shared.upkeep import Upkeep, add_upkeep_routes
from shared.workers import Worker

SERVICE: Final = "notifier"
_STUCK_SECONDS: Final = TRY_SECONDS * 3.0


def subscriptions(handlers: Handlers) -> list[Subscription[Any]]:
    """Every event of an import."""
    return [
        Subscription(ImportDefined, handlers.on_import_defined),
        Subscription(CheckProgressed, handlers.on_check_progressed),
        Subscription(ImportRejected, handlers.on_import_rejected),
        Subscription(ImportHeld, handlers.on_import_held),
        Subscription(ImportConfirmed, handlers.on_import_confirmed),
        Subscription(ImportApproved, handlers.on_import_approved),
        Subscription(ChunkApplied, handlers.on_chunk_applied),
        Subscription(ImportCancelled, handlers.on_import_cancelled),
        Subscription(ImportFinished, handlers.on_import_finished),
    ]


def post_office(settings: NotifierSettings) -> PostOffice:
    """The mail server of the settings."""
    return PostOffice(
        host=settings.smtp_host,
        port=settings.smtp_port,
        starttls=settings.smtp_starttls == "required",
        timeout_seconds=settings.smtp_timeout_seconds,
        sender=settings.mail_from,
        user=settings.smtp_user,
        password=None if settings.smtp_password is None else settings.smtp_password.get_secret_value(),
        ca_file=settings.smtp_ca_file,
    )


def build_app(settings: NotifierSettings) -> FastAPI:
    """The notifier as an app; its lifespan starts and drains everything."""
    configure(SERVICE, settings.log_format)
    health = Health()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.context, app.state.upkeep = await _start(settings, health, stack)
            yield

    app = create_api(service=SERVICE, health=health, lifespan=lifespan)
    add_routes(app)
    add_upkeep_routes(app)
    add_pages(app)
    return app


async def _start(settings: NotifierSettings, health: Health, stack: AsyncExitStack) -> tuple[Context, Upkeep]:
    """Start in the order of need; the stack stops in the opposite one."""
    dsn = settings.postgres_dsn.get_secret_value()
    database = await Database.connect(dsn, application_name=SERVICE, max_size=settings.postgres_pool)
    stack.push_async_callback(database.close)
    verifier = TokenVerifier(settings)
    stack.push_async_callback(verifier.close)
    log = ResultLog(database, SecureUpload(settings.secure_upload_url, settings.secure_upload_options))
    changes = await stack.enter_async_context(Changes(dsn))
    await stack.enter_async_context(_mail_worker(settings, database, log, health))
    messenger = Messenger(SERVICE, database, settings, subscriptions(Handlers(settings.mail_domain)), health)
    await stack.enter_async_context(messenger)
    context = Context(
        database=database,
        verifier=verifier,
        changes=changes,
        log=log,
        heartbeat_seconds=settings.sse_heartbeat_seconds,
        stream_seconds=settings.sse_stream_seconds,
    )
    return context, Upkeep(database, verifier, messenger.dead_letters)


def _mail_worker(settings: NotifierSettings, database: Database, log: ResultLog, health: Health) -> Worker:
    mailer = Mailer(
        database=database,
        post_office=post_office(settings),
        writer=MessageWriter(settings.mail_from),
        log=log,
        public_url=None if settings.public_url is None else str(settings.public_url),
    )
    return Worker(
        "mailer",
        mailer.step,
        health=health,
        wake=WakeUp(settings.postgres_dsn.get_secret_value(), MAIL_CHANNEL),
        limit_seconds=_STUCK_SECONDS,
        drain_seconds=settings.drain_seconds,
    )
