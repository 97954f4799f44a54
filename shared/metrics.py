"""Metrics on a port of their own, which no browser of the CRM reaches."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Final

import prometheus_client

from shared.logging import get_logger

_STOP_SECONDS: Final = 5.0

log = get_logger()


def from_zero(counter: prometheus_client.Counter, values: Iterable[str]) -> prometheus_client.Counter:
    """Let it tell 0 for each value of its label from the start: of a series that begins with 5, `rate` says 0."""
    for value in values:
        counter.labels(value)
    return counter


@contextlib.contextmanager
def served(host: str, port: int | None) -> Iterator[int | None]:
    """Serve them while the service runs; gives the port (0 asks for a free one), None where they are not served."""
    if port is None:
        yield None
        return
    server, thread = prometheus_client.start_http_server(port, addr=host)
    try:
        log.info("metrics_served", port=server.server_port)
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(_STOP_SECONDS)
