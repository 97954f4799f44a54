"""What records the spans: the SDK of OpenTelemetry, which reads the OTEL_… variables by itself."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.tracing import TRACEPARENT_HEADER, Attributes, Kind
from shared.version import VERSION

_FORMAT: Final = TraceContextTextMapPropagator()
_KINDS: Final[Mapping[Kind, SpanKind]] = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
_CLOSE_SECONDS: Final = 5.0
_NANOSECONDS: Final = 1_000_000_000


class Recorder:
    """Makes spans with a provider, whoever it hands them to."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("customer-import", VERSION)

    @contextlib.contextmanager
    def span(self, name: str, kind: Kind, parent: str | None, attributes: Attributes) -> Iterator[None]:
        # The SDK would record the text of an exception and its trace, which may hold values of a row.
        with self._tracer.start_as_current_span(
            name,
            _context(parent),
            _KINDS[kind],
            attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(StatusCode.ERROR)
                span.set_attribute("error.type", type(error).__name__)
                raise

    def past(self, name: str, kind: Kind, seconds: float, parent: str | None, attributes: Attributes) -> None:
        context = _context(parent)
        if not trace.get_current_span(context).get_span_context().is_valid:
            return
        end = time.time_ns()
        began = end - int(seconds * _NANOSECONDS)
        span = self._tracer.start_span(name, context, _KINDS[kind], attributes, start_time=began)
        span.end(end)

    def mark(self, name: str, attributes: Attributes, *, failed: bool) -> None:
        span = trace.get_current_span()
        span.update_name(name)
        span.set_attributes(attributes)
        if failed:
            span.set_status(StatusCode.ERROR)

    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        _FORMAT.inject(carrier)
        return carrier.get(TRACEPARENT_HEADER)

    def ids(self) -> dict[str, str]:
        here: SpanContext = trace.get_current_span().get_span_context()
        if not here.is_valid:
            return {}
        return {"trace_id": trace.format_trace_id(here.trace_id), "span_id": trace.format_span_id(here.span_id)}


@contextlib.asynccontextmanager
async def exporting(service: str) -> AsyncIterator[Recorder]:
    """A recorder that sends spans by OTLP over HTTP, in a thread of its own; what is left goes out at the end."""
    resource = Resource.create({"service.name": f"customer-import-{service}", "service.version": VERSION})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield Recorder(provider)
    finally:
        # The SDK waits half a minute for a collector that is away: nobody else does.
        closing = threading.Thread(target=provider.shutdown, name="traces", daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, _CLOSE_SECONDS)


def _context(parent: str | None) -> Context | None:
    return None if parent is None else _FORMAT.extract({TRACEPARENT_HEADER: parent})
