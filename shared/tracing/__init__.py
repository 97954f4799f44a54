"""Traces of OpenTelemetry: which service did what, and when, for one request. Off unless a collector is named.

While they are off, nothing of OpenTelemetry is loaded. A span holds ids, counts and names of ours: no value of a row or
message, no address, no text of an exception.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from shared.tracing.recorder import Recorder

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Attributes = Mapping[str, str | int | float]

TRACEPARENT_HEADER: Final = "traceparent"
"""As W3C Trace Context names it, over HTTP and on Kafka."""


class _Switch:
    recorder: "Recorder | None" = None


_switch: Final = _Switch()
_NONE: Final[Attributes] = {}


@contextlib.asynccontextmanager
async def started(service: str, *, on: bool) -> AsyncIterator[None]:
    """Record traces as long as this is entered, if they are on, and send them where OTEL_… says."""
    if not on:
        yield
        return
    from shared.tracing.recorder import exporting  # noqa: PLC0415 - 100 ms and 20 MB that nobody pays without traces

    async with exporting(service) as recorder:
        with recording(recorder):
            yield


@contextlib.contextmanager
def recording(recorder: "Recorder") -> Iterator[None]:
    before, _switch.recorder = _switch.recorder, recorder
    try:
        yield
    finally:
        _switch.recorder = before


def is_on() -> bool:
    return _switch.recorder is not None


def span(
    name: str, kind: Kind = "internal", *, parent: str | None = None, attributes: Attributes = _NONE
) -> AbstractContextManager[None]:
    """A span around the block, below ``parent`` (a traceparent) or else below the span it is in.

    An error that passes is named by its type.
    """
    if _switch.recorder is None:
        return contextlib.nullcontext()
    return _switch.recorder.span(name, kind, parent, attributes)


def past(name: str, kind: Kind, seconds: float, *, parent: str | None = None, attributes: Attributes = _NONE) -> None:
    """A span that has just ended and took so long; nothing where it would belong to no trace."""
    if _switch.recorder is not None:
        _switch.recorder.past(name, kind, seconds, parent, attributes)


def mark(name: str, attributes: Attributes, *, failed: bool = False) -> None:
    """Say more of the span this is in, once it is known."""
    if _switch.recorder is not None:
        _switch.recorder.mark(name, attributes, failed=failed)


def traceparent() -> str | None:
    """Where this is in its trace, for whoever goes on with it elsewhere; None outside of any."""
    return None if _switch.recorder is None else _switch.recorder.traceparent()


def ids() -> dict[str, str]:
    """For lines of the log: trace_id and span_id, as 32 and 16 hexadecimal digits; empty outside of any trace."""
    return {} if _switch.recorder is None else _switch.recorder.ids()
