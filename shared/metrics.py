"""Metrics on a port of their own, which no browser of the CRM reaches."""

import contextlib
from collections.abc import Iterator
from typing import Final

from prometheus_client import start_http_server

from shared.logging import get_logger

_STOP_SECONDS: Final = 5.0

log = get_logger()


@contextlib.contextmanager
def served(host: str, port: int | None) -> Iterator[int | None]:
    """Serve them while the service runs; gives the port (0 asks for a free one), None where they are not served."""
    if port is None:
        yield None
        return
    server, thread = start_http_server(port, addr=host)
    try:
        log.info("metrics_served", port=server.server_port)
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(_STOP_SECONDS)
