"""One import is one trace: from the request over outbox, Kafka and the tables of work to the mail."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex

import pytest

from bench.data import write_file
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory
from tests.support.collector import Collector, Span, collecting
from tests.support.databases import quick_folder
from tests.support.imports import client_of, new_biller, start, until

_ROWS = 3
_WAY = (  # of one import, in order: the service and what it does
    ("mapping", "POST /imports"),
    ("mapping", "publish customer-import.import-defined.v1"),
    ("validation", "handle customer-import.import-defined.v1"),
    ("validation", "check"),
    ("validation", "publish customer-import.import-approved.v1"),
    ("executor", "handle customer-import.import-approved.v1"),
    ("executor", "apply batch"),
    ("executor", "end import"),
    ("executor", "publish customer-import.import-finished.v1"),
    ("notifier", "handle customer-import.import-finished.v1"),
    ("notifier", "send mail"),
)


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with collecting() as running:
        yield running


@pytest.fixture
async def traced(collector: Collector, tmp_path: Path) -> AsyncIterator[EmbeddedStack]:
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with quick_folder(tmp_path / "stack") as data:
        run = RunDirectory(tmp_path / "stack", data=data)
        run.logs.mkdir(parents=True)
        async with EmbeddedStack(run, Parts.EVERYTHING & ~Parts.DEMO_DATA, settings=settings) as stack:
            yield stack


async def test_an_import_is_one_trace_from_the_request_to_the_mail(
    traced: EmbeddedStack, collector: Collector, tmp_path: Path
) -> None:
    trace_id = token_hex(16)
    ivy = await client_of(traced, "ivy")
    ivy._mapping._transport.headers["traceparent"] = f"00-{trace_id}-{token_hex(8)}-01"
    biller = await new_biller(traced, _ROWS)
    file = tmp_path / "customers.csv"
    write_file(file, _ROWS)
    status = await start(ivy, biller, file, log_recipients=["lee@example.com"])
    assert status["counts"]["applied"] == _ROWS

    async def whole() -> bool:
        return {(span.service, span.name) for span in collector.of_trace(trace_id)} >= _STEPS

    await until(whole, "the spans of the whole way", limit=20)
    spans = {span.span_id: span for span in collector.of_trace(trace_id)}
    mail = next(span for span in spans.values() if span.name == "send mail")
    assert _services_above(mail, spans) == ["notifier", "executor", "validation", "mapping"]
    batch = next(span for span in spans.values() if span.name == "apply batch")
    assert (batch.attributes["import.id"], batch.attributes["import.batch"]) == (status["import_id"], 1)
    statements = [span for span in spans.values() if span.parent_id == batch.span_id]
    assert {"COMMIT", "UPDATE"} <= {span.name for span in statements}
    for personal in (b"@example", b"CUSTOMER 1", b"000000001"):
        assert personal not in collector.said
    for service in ("mapping", "validation", "executor-1", "notifier"):
        lines = [json.loads(line) for line in traced.run.log(service).read_text().splitlines()]
        assert trace_id in {line.get("trace_id") for line in lines}, service


_STEPS = {(f"customer-import-{service}", name) for service, name in _WAY}


def _services_above(span: Span, spans: dict[str, Span]) -> list[str]:
    """Whose spans the way up to the request leads through, without repeating one."""
    services: list[str] = []
    here: Span | None = span
    while here is not None:
        service = here.service.removeprefix("customer-import-")
        if services[-1:] != [service]:
            services.append(service)
        here = spans.get(here.parent_id)
    return services
