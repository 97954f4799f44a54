"""The composition root of the validation service."""

from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.validation.api import add_routes
from services.validation.check import Tools
from services.validation.domain.limits import Limits
from services.validation.handlers import SUBSCRIPTIONS
from services.validation.one_row import Turns, judge_row
from services.validation.repository import outdated, words
from services.validation.repository.checks import CHANNEL
from services.validation.settings import ValidationSettings
from services.validation.worker import CheckWorker
from shared.messaging import DeadLetters, MessageBus
from shared.postgres import Database, WakeUp
from shared.retention import Rule, retention
from shared.sealing import Fingerprint, Sealer
from shared.secure_upload import SecureUpload
from shared.service import Running, compose
from shared.workers import Step, Worker, Workers

SERVICE: Final = "validation"
_GRACE_SECONDS: Final = 120.0  # a check ends itself; only a process that cannot even do that is stuck


def build_app(settings: ValidationSettings) -> FastAPI:
    app = compose(SERVICE, settings, partial(_start, settings))
    add_routes(app)
    return app


def outdated_rules(keep_rows: timedelta, keep_history: timedelta) -> tuple[Rule, ...]:
    return (
        Rule("plans", keep_rows, outdated.remove_piece),
        Rule("history", keep_history, outdated.remove_history),
    )


async def _start(settings: ValidationSettings, app: FastAPI, running: Running) -> DeadLetters:
    bus = MessageBus(SERVICE, running.database, settings, SUBSCRIPTIONS, running.health)
    await running.exits.enter_async_context(bus)
    tools = tools_of(settings)
    app.state.judge = Turns(partial(judge_row, running.database, tools))
    step = CheckWorker(running.database, tools, running.activity).step
    names = [f"checks-{number}" for number in range(1, settings.check_workers + 1)]
    wake = WakeUp(running.dsn, CHANNEL)
    workers = Workers([_worker(name, step, wake, settings, running) for name in names])
    await running.exits.enter_async_context(workers)
    words_step = partial(_write_words, running.database)
    await running.exits.enter_async_context(Worker("words of large plans", words_step, health=running.health))
    rules = outdated_rules(settings.keep_rows, settings.keep_history)
    await running.exits.enter_async_context(retention(running.database, running.health, *rules))
    return bus.dead_letters


async def _write_words(database: Database) -> bool:
    async with database.transaction() as connection:
        return await words.write_piece(connection)


def _worker(name: str, step: Step, wake: WakeUp, settings: ValidationSettings, running: Running) -> Worker:
    return Worker(
        name,
        step,
        health=running.health,
        wake=wake,
        limit_seconds=settings.check_seconds + _GRACE_SECONDS,
        drain_seconds=settings.drain_seconds,
    )


def tools_of(settings: ValidationSettings) -> Tools:
    return Tools(
        secure_upload=SecureUpload(settings.secure_upload_url, settings.secure_upload_options, settings.file_sealer),
        sealer=Sealer(settings.sealing_keys, settings.current_key_id),
        fingerprint=Fingerprint(settings.fingerprint_key_bytes),
        seconds=settings.check_seconds,
        silence_seconds=settings.check_silence_seconds,
        memory_megabytes=settings.check_memory_megabytes,
        limits=Limits(
            settings.second_person_payment_methods, settings.second_person_owners, settings.second_person_days
        ),
        undo_days=settings.undo_days,
    )
