"""The composition root: what the notifier is made of, and in which order it starts and stops."""

from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.notifier.api.routes import add_routes
from services.notifier.context import Context
from services.notifier.handlers import Handlers, subscriptions
from services.notifier.live import Changes
from services.notifier.log_file import ResultLog
from services.notifier.mailer import TRY_SECONDS, Mailer, PostOffice
from services.notifier.mailer.message import MessageWriter
from services.notifier.measuring import Measuring
from services.notifier.pages import add_pages
from services.notifier.repository import outdated
from services.notifier.repository.events import MAIL_CHANNEL
from services.notifier.settings import NotifierSettings
from services.notifier.streams import Streams
from shared.messaging import DeadLetters, LagReader, MessageBus
from shared.postgres import WakeUp
from shared.retention import Rule, retention
from shared.secure_upload import SecureUpload
from shared.service import Running, compose
from shared.workers import Worker

SERVICE: Final = "notifier"
_MEASURE_SECONDS: Final = 15.0
_STUCK_SECONDS: Final = TRY_SECONDS * 3.0


def post_office(settings: NotifierSettings) -> PostOffice:
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
    app = compose(SERVICE, settings, partial(_start, settings))
    add_routes(app)
    add_pages(app)
    return app


def outdated_rules(keep_history: timedelta) -> tuple[Rule, ...]:
    return (Rule("history", keep_history, outdated.remove_history),)


async def _start(settings: NotifierSettings, app: FastAPI, running: Running) -> DeadLetters:
    # They stop in the opposite order.
    log = ResultLog(running.database, SecureUpload(settings.secure_upload_url, settings.secure_upload_options))
    changes = await running.exits.enter_async_context(Changes(running.dsn))
    await running.exits.enter_async_context(_mail_worker(settings, running, log))
    measuring = Worker(
        "measuring", Measuring(running.database).step, health=running.health, poll_seconds=_MEASURE_SECONDS
    )
    await running.exits.enter_async_context(measuring)
    rules = outdated_rules(settings.keep_history)
    await running.exits.enter_async_context(retention(running.database, running.health, *rules))
    handlers = Handlers(settings.mail_domain)
    bus = MessageBus(SERVICE, running.database, settings, subscriptions(handlers), running.health)
    await running.exits.enter_async_context(bus)
    app.state.context = Context(
        database=running.database,
        changes=changes,
        log=log,
        heartbeat_seconds=settings.sse_heartbeat_seconds,
        stream_seconds=settings.sse_stream_seconds,
        lag=LagReader(settings),
        streams=Streams(settings.sse_streams_per_person),
    )
    return bus.dead_letters


def _mail_worker(settings: NotifierSettings, running: Running, log: ResultLog) -> Worker:
    mailer = Mailer(
        database=running.database,
        post_office=post_office(settings),
        writer=MessageWriter(settings.mail_from),
        log=log,
        public_url=None if settings.public_url is None else str(settings.public_url),
    )
    return Worker(
        "mailer",
        mailer.step,
        health=running.health,
        wake=WakeUp(running.dsn, MAIL_CHANNEL),
        limit_seconds=_STUCK_SECONDS,
        drain_seconds=settings.drain_seconds,
    )
