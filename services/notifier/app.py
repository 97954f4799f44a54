"""The composition root: what the notifier is made of, and in which order it starts and stops."""

from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.notifier.api.routes import add_routes
from services.notifier.context import Context
from services.notifier.destinations import Destinations
from services.notifier.handlers import Handlers, subscriptions
from services.notifier.links import Links
from services.notifier.live import Changes
from services.notifier.log_file import ResultLog
from services.notifier.mailer import TRY_SECONDS, Customers, Mailer, Notices, PostOffice
from services.notifier.mailer.message import MessageWriter
from services.notifier.measuring import Measuring
from services.notifier.pages import add_pages
from services.notifier.repository import outdated
from services.notifier.repository.events import MAIL_CHANNEL
from services.notifier.repository.webhooks import WEBHOOK_CHANNEL
from services.notifier.settings import NotifierSettings
from services.notifier.streams import Streams
from services.notifier.unsubscribing import Unsubscribing
from services.notifier.webhooks import SEND_SECONDS, Sender
from shared.messaging import DeadLetters, LagReader, MessageBus
from shared.postgres import WakeUp
from shared.retention import Rule, retention
from shared.secure_upload import SecureUpload
from shared.service import Running, compose
from shared.web import WebSettings
from shared.web.settings import decoded
from shared.workers import Worker

SERVICE: Final = "notifier"
_MEASURE_SECONDS: Final = 15.0
_LAG_SECONDS: Final = 10.0
_LAG_KEPT_SECONDS: Final = _LAG_SECONDS * 2  # longer than it takes until the broker is asked again
_SENDERS: Final = 3  # a system that does not answer holds up one of them, for seconds
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


def outdated_rules(keep_history: timedelta, keep_messages: timedelta) -> tuple[Rule, ...]:
    return (
        Rule("history", keep_history, outdated.remove_history),
        Rule("webhooks", keep_messages, outdated.remove_of_webhooks),
    )


async def _start(settings: NotifierSettings, app: FastAPI, running: Running) -> DeadLetters:
    # They stop in the opposite order.
    log = ResultLog(
        running.database, SecureUpload(settings.secure_upload_url, settings.secure_upload_options, settings.file_sealer)
    )
    changes = await running.exits.enter_async_context(Changes(running.dsn))
    web = WebSettings.from_environment()
    await running.exits.enter_async_context(_mail_worker(settings, web, running, log))
    if settings.customers_after is not None:
        await running.exits.enter_async_context(_customer_worker(settings, running))
    destinations = Destinations.named(settings.webhook_inside_networks)
    box = settings.secret_box
    if box is not None:
        for number in range(1, _SENDERS + 1):
            await running.exits.enter_async_context(
                _sending_worker(number, running, Sender(running.database, box, destinations))
            )
    lag = LagReader(settings, kept_seconds=_LAG_KEPT_SECONDS)
    await running.exits.enter_async_context(_lag_worker(lag, running))
    measuring = Worker(
        "measuring", Measuring(running.database).step, health=running.health, poll_seconds=_MEASURE_SECONDS
    )
    await running.exits.enter_async_context(measuring)
    rules = outdated_rules(settings.keep_history, timedelta(days=settings.keep_messages_days))
    await running.exits.enter_async_context(retention(running.database, running.health, *rules))
    handlers = Handlers(settings.mail_domain, timedelta(minutes=settings.held_notice_minutes), settings.customers_after)
    bus = MessageBus(SERVICE, running.database, settings, subscriptions(handlers), running.health)
    await running.exits.enter_async_context(bus)
    app.state.context = Context(
        database=running.database,
        changes=changes,
        log=log,
        heartbeat_seconds=settings.sse_heartbeat_seconds,
        stream_seconds=settings.sse_stream_seconds,
        lag=lag,
        streams=Streams(settings.sse_streams_per_person),
        unsubscribing=unsubscribing_of(web),
        destinations=destinations,
        box=box,
        bounce_secrets=settings.signing_bounces,
    )
    return bus.dead_letters


def _mail_worker(settings: NotifierSettings, web: WebSettings, running: Running, log: ResultLog) -> Worker:
    office, writer, links = post_office(settings), MessageWriter(settings.mail_from), links_of(settings, web)
    mailer = Mailer(running.database, office, writer, log, links)
    notices = Notices(running.database, office, writer, links, unsubscribing_of(web))

    async def step() -> bool:
        return await mailer.step() or await notices.step()

    return Worker(
        "mailer",
        step,
        health=running.health,
        wake=WakeUp(running.dsn, MAIL_CHANNEL),
        limit_seconds=_STUCK_SECONDS,
        drain_seconds=settings.drain_seconds,
    )


def _customer_worker(settings: NotifierSettings, running: Running) -> Worker:
    """Of its own: thousands of emails to customers must not hold up those to operators."""
    customers = Customers(
        running.database, post_office(settings), MessageWriter(settings.mail_from), settings.mail_domain
    )
    return Worker(
        "customer-emails",
        customers.step,
        health=running.health,
        limit_seconds=_STUCK_SECONDS,
        drain_seconds=settings.drain_seconds,
    )


def _lag_worker(lag: LagReader, running: Running) -> Worker:
    """So that nobody who opens the page of operations waits for the broker."""

    async def step() -> bool:
        await lag.refresh()
        return False

    return Worker("lag", step, health=running.health, poll_seconds=_LAG_SECONDS)


def _sending_worker(number: int, running: Running, sender: Sender) -> Worker:
    return Worker(
        f"webhooks-{number}",
        sender.step,
        health=running.health,
        wake=WakeUp(running.dsn, WEBHOOK_CHANNEL) if number == 1 else None,
        limit_seconds=SEND_SECONDS * 4,
    )


def links_of(settings: NotifierSettings, web: WebSettings) -> Links:
    status = str(settings.public_url or "").rstrip("/") or web.status_url
    return Links(status, web.wizard_url)


def unsubscribing_of(web: WebSettings) -> Unsubscribing:
    return Unsubscribing(None if web.session_key is None else decoded(web.session_key))
