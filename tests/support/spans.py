"""Spans that are recorded in the process of the test."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import tracing
from shared.tracing.recorder import Recorder


@contextmanager
def recorded() -> Iterator[InMemorySpanExporter]:
    """Traces are on, and every span that ends is kept."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    with tracing.recording(Recorder(provider)):
        yield kept
