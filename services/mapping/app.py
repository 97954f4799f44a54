"""The composition root: what mapping is made of, and in which order it starts and stops."""

from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.mapping.api import add_routes
from services.mapping.context import Context, Unfinished
from services.mapping.handlers import RequestHandlers, subscriptions
from services.mapping.pages import add_pages
from services.mapping.removal import outdated_rules, remover, remover_of_parts
from services.mapping.row_checks import RowChecks
from services.mapping.settings import MappingSettings
from shared.messaging import DeadLetters, MessageBus
from shared.retention import retention
from shared.secure_upload import SecureUpload
from shared.service import Running, compose

SERVICE: Final = "mapping"


def build_app(settings: MappingSettings) -> FastAPI:
    app = compose(SERVICE, settings, partial(_start, settings))
    add_routes(app)
    add_pages(app)
    return app


async def _start(settings: MappingSettings, app: FastAPI, running: Running) -> DeadLetters:
    requests = RequestHandlers(running.verifier)
    bus = MessageBus(SERVICE, running.database, settings, subscriptions(requests), running.health)
    await running.exits.enter_async_context(bus)
    secure_upload = SecureUpload(settings.secure_upload_url, settings.secure_upload_options, settings.file_sealer)
    await running.exits.enter_async_context(remover(running.database, secure_upload, running.health))
    keep = timedelta(days=settings.keep_files_days)
    await running.exits.enter_async_context(remover_of_parts(running.database, secure_upload, running.health))
    keep_unfinished = timedelta(days=settings.keep_unfinished_days)
    rules = outdated_rules(secure_upload, keep, settings.keep_history, keep_unfinished)
    await running.exits.enter_async_context(retention(running.database, running.health, *rules))
    row_checks = RowChecks(str(settings.validation_url or ""))
    running.exits.push_async_callback(row_checks.close)
    app.state.context = Context(
        database=running.database,
        secure_upload=secure_upload,
        upload_limit_bytes=settings.upload_limit_bytes,
        undo_days=settings.undo_days,
        unfinished=Unfinished(settings.unfinished_uploads, settings.unfinished_upload_bytes, keep_unfinished),
        row_checks=row_checks,
    )
    return bus.dead_letters
