"""Running a service: one process, one event loop, one HTTP port."""

import uvicorn
from fastapi import FastAPI

from shared.settings import ServiceSettings


def run(app: FastAPI, settings: ServiceSettings) -> None:
    """Serve until SIGTERM or SIGINT; then end requests, and leave the lifespan, which drains the rest."""
    uvicorn.run(
        app,
        host=settings.http_host,
        port=settings.http_port,
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=int(min(settings.drain_seconds, 10)),  # streams of events never end by themselves
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=64 * 1024,
    )
