"""The composition root: what the executor is made of, and in which order it starts and stops."""

from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.executor.handlers import SUBSCRIPTIONS
from services.executor.repository import outdated
from services.executor.repository.jobs import WAKE_CHANNEL
from services.executor.settings import ExecutorSettings
from services.executor.worker import Executor
from shared.instances import name_of_process
from shared.messaging import DeadLetters, MessageBus
from shared.postgres import Database, WakeUp
from shared.retention import Rule, retention
from shared.service import Running, compose
from shared.workers import Worker, Workers

SERVICE: Final = "executor"


def build_app(settings: ExecutorSettings) -> FastAPI:
    return compose(SERVICE, settings, partial(_start, settings))


def outdated_rules(keep_rows: timedelta, keep_history: timedelta) -> tuple[Rule, ...]:
    return (
        Rule("results", keep_rows, outdated.remove_piece),
        Rule("history", keep_history, outdated.remove_history),
    )


async def _start(settings: ExecutorSettings, _app: FastAPI, running: Running) -> DeadLetters:
    # They stop in the opposite order, so the chunk in hand is finished first.
    # A pool of its own: plans and temporary tables of chunks stay with their connection, and statements take longer.
    patient = await Database.connect(
        running.dsn,
        application_name=f"{SERVICE}-chunks",
        max_size=settings.chunk_workers + 1,  # the chunks in hand, and what has to be written after one was rolled back
        command_timeout=settings.chunk_seconds,
    )
    running.exits.push_async_callback(patient.close)
    bus = MessageBus(SERVICE, running.database, settings, SUBSCRIPTIONS, running.health)
    await running.exits.enter_async_context(bus)
    if settings.biller_batches:
        running.activity.limits = {"biller_batches": settings.biller_batches}
    # One executor, so that its workers share the turns. Postgres does the work: each chunk keeps a core of it busy.
    step = Executor(
        patient, name=name_of_process(), activity=running.activity, most_of_biller=settings.biller_batches
    ).step
    wake = WakeUp(running.dsn, WAKE_CHANNEL)
    workers = [
        Worker(f"chunks-{number}", step, health=running.health, wake=wake, drain_seconds=settings.drain_seconds)
        for number in range(1, settings.chunk_workers + 1)
    ]
    await running.exits.enter_async_context(Workers(workers))
    rules = outdated_rules(settings.keep_rows, settings.keep_history)
    await running.exits.enter_async_context(retention(running.database, running.health, *rules))
    return bus.dead_letters
