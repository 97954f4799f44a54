"""The composition root: what the executor is made of, and in which order it starts and stops."""

import os
import socket
from datetime import timedelta
from functools import partial
from typing import Final

from fastapi import FastAPI

from services.executor.handlers import SUBSCRIPTIONS
from services.executor.repository import outdated
from services.executor.repository.jobs import WAKE_CHANNEL
from services.executor.settings import ExecutorSettings
from services.executor.worker import Executor
from shared.messaging import DeadLetters, MessageBus
from shared.postgres import Database, WakeUp
from shared.retention import Rule, retention
from shared.service import Running, compose
from shared.workers import Worker

SERVICE: Final = "executor"
_CHUNK_CONNECTIONS: Final = 2  # the chunk in hand, and what has to be written after it was rolled back


def build_app(settings: ExecutorSettings) -> FastAPI:
    return compose(SERVICE, settings, partial(_start, settings))


async def _start(settings: ExecutorSettings, _app: FastAPI, running: Running) -> DeadLetters:
    # They stop in the opposite order, so the chunk in hand is finished first.
    # A pool of its own: plans and temporary tables of chunks stay with their connection, and statements take longer.
    patient = await Database.connect(
        running.dsn,
        application_name=f"{SERVICE}-chunks",
        max_size=_CHUNK_CONNECTIONS,
        command_timeout=settings.chunk_seconds,
    )
    running.exits.push_async_callback(patient.close)
    bus = MessageBus(SERVICE, running.database, settings, SUBSCRIPTIONS, running.health)
    await running.exits.enter_async_context(bus)
    worker = Worker(
        "chunks",
        Executor(patient, name=f"{socket.gethostname()}:{os.getpid()}").step,
        health=running.health,
        wake=WakeUp(running.dsn, WAKE_CHANNEL),
        drain_seconds=settings.drain_seconds,
    )
    await running.exits.enter_async_context(worker)
    rule = Rule("results", timedelta(days=settings.keep_rows_days), outdated.remove_piece)
    await running.exits.enter_async_context(retention(running.database, running.health, rule))
    return bus.dead_letters
