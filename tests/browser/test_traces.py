"""One import is one trace: from the request or the click over outbox, Kafka and the tables of work to the mail."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_hex
from typing import cast
from uuid import uuid4

import pytest
from playwright.async_api import Browser
from rich.console import Console

from bench.data import definition, write_file
from cli.bodies import Definition
from cli.client import Client
from cli.run import start_import
from stack.embedded import EmbeddedStack, Parts
from stack.run_directory import RunDirectory
from tests.browser.conftest import new_context
from tests.browser.wizard import Wizard, sign_in
from tests.support.collector import Collector, Span, collecting
from tests.support.databases import quick_folder
from tests.support.imports import client_of, new_biller, start, until

_ROWS = 3
_WAY = (  # of one import, in order: the service and what it does
    ("validation", "check"),
    ("validation", "publish customer-import.import-approved.v1"),
    ("executor", "handle customer-import.import-approved.v1"),
    ("executor", "apply batch"),
    ("executor", "end import"),
    ("executor", "publish customer-import.import-finished.v1"),
    ("notifier", "handle customer-import.import-finished.v1"),
    ("notifier", "send mail"),
)
_REQUEST = (
    ("mapping", "POST /imports"),
    ("mapping", "publish customer-import.import-defined.v1"),
    ("validation", "handle customer-import.import-defined.v1"),
    *_WAY,
)
_CLICK = (
    ("mapping", "POST /checks/{import_id}/review"),
    ("mapping", "publish customer-import.import-confirmed.v1"),
    ("validation", "handle customer-import.import-confirmed.v1"),
    *_WAY,
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


async def test_an_import_is_one_trace_from_the_request_or_the_click_to_the_mail(
    traced: EmbeddedStack, collector: Collector, chromium: Browser, tmp_path: Path
) -> None:
    trace_id = token_hex(16)
    ivy = await client_of(traced, "ivy")
    for operations in (ivy._plain, ivy._mapping):  # files, and all the rest
        operations._transport.headers["traceparent"] = f"00-{trace_id}-{token_hex(8)}-01"
    biller = await new_biller(traced, _ROWS)
    file = tmp_path / "customers.csv"
    write_file(file, _ROWS)
    status = await start(ivy, biller, file, log_recipients=["lee@example.com"])
    assert status["counts"]["applied"] == _ROWS

    spans = await _whole_way(collector, trace_id, _REQUEST)
    batch = next(span for span in spans.values() if span.name == "apply batch")
    assert (batch.attributes["import.id"], batch.attributes["import.batch"]) == (status["import_id"], 1)
    statements = [span for span in spans.values() if span.parent_id == batch.span_id]
    assert {"COMMIT", "UPDATE"} <= {span.name for span in statements}
    for personal in (b"@example", b"CUSTOMER 1", b"000000001"):
        assert personal not in collector.said
    for service in ("mapping", "validation", "executor-1", "notifier"):
        lines = [json.loads(line) for line in traced.run.log(service).read_text().splitlines()]
        assert trace_id in {line.get("trace_id") for line in lines}, service
    await _whole_way(collector, await _clicked(traced, chromium, ivy, file), _CLICK)


async def _clicked(stack: EmbeddedStack, chromium: Browser, ivy: Client, file: Path) -> str:
    """The trace of an import that waits for a person, who clicks on Start."""
    biller = await new_biller(stack, _ROWS)
    asked = {**definition(biller), "decide": "ask", "log_recipients": ["lee@example.com"]}
    console = Console(quiet=True)
    import_id = await asyncio.to_thread(start_import, ivy, console, cast("Definition", asked), file, uuid4())

    async def waits() -> bool:
        status = await asyncio.to_thread(ivy.status, import_id)
        return status is not None and status["state"] == "held"

    await until(waits, "the check")
    context = await new_context(chromium)
    page = await context.new_page()
    wizard = Wizard(page, stack.service_url("mapping"), stack.service_url("notifier"))
    await sign_in(page, wizard.url, "ivy")
    await page.goto(f"{wizard.url}/checks/{import_id}/review")
    async with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        await wizard.start()
    told = await (await answered.value).header_value("traceresponse")
    await context.close()
    assert told is not None
    return told.split("-")[1]


async def _whole_way(collector: Collector, trace_id: str, way: tuple[tuple[str, str], ...]) -> dict[str, Span]:
    """The spans of the trace, once the mail was sent; batches and mails lead back to whoever asked.

    A mail hangs below what the notifier heard last, which need not be the end: topics have no order among each other.
    """
    steps = {(f"customer-import-{service}", name) for service, name in way}

    async def whole() -> bool:
        return {(span.service, span.name) for span in collector.of_trace(trace_id)} >= steps

    await until(whole, "the spans of the whole way", limit=20)
    spans = {span.span_id: span for span in collector.of_trace(trace_id)}
    ways = {name: [_services_above(span, spans) for span in spans.values() if span.name == name] for _, name in way}
    assert ways["apply batch"] == [["executor", "validation", "mapping"]]
    assert {(way[0], way[-1]) for way in ways["send mail"]} == {("notifier", "mapping")}
    return spans


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
