from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared import tracing
from shared.health import Health
from shared.http import create_api
from shared.settings import TracingSettings, problems_of
from tests.support.spans import recorded

_TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
_CALLER = f"00-{_TRACE_ID}-b7ad6b7169203331-01"


@pytest.fixture
def kept() -> Iterator[InMemorySpanExporter]:
    with recorded() as exporter:
        yield exporter


@pytest.fixture
def app() -> FastAPI:
    app = create_api(service="mapping", health=Health())

    @app.get("/imports/{import_id}")
    async def show(import_id: str) -> dict[str, str]:
        if import_id == "broken":
            raise RuntimeError("lee@example.com")
        return {"import_id": import_id, **tracing.ids()}

    return app


async def _get(app: FastAPI, path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path, headers=headers)


async def test_a_request_is_a_span_of_its_caller_s_trace(app: FastAPI, kept: InMemorySpanExporter) -> None:
    answer = await _get(app, "/imports/7?email=lee%40example.com", traceparent=_CALLER)
    [span] = kept.get_finished_spans()
    assert span.name == "GET /imports/{import_id}"
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/imports/{import_id}",
        "http.response.status_code": 200,
    }
    assert answer.json()["trace_id"] == _TRACE_ID
    assert answer.headers["traceresponse"] == f"00-{_TRACE_ID}-{answer.json()['span_id']}-01"


async def test_a_traceparent_that_is_none_begins_a_trace(app: FastAPI, kept: InMemorySpanExporter) -> None:
    await _get(app, "/imports/7", traceparent="00-nonsense")
    [span] = kept.get_finished_spans()
    assert span.parent is None


async def test_a_probe_is_no_span(app: FastAPI, kept: InMemorySpanExporter) -> None:
    await _get(app, "/healthz")
    await _get(app, "/readyz")
    assert kept.get_finished_spans() == ()


async def test_an_answer_of_ours_that_is_our_fault_fails_the_span(app: FastAPI, kept: InMemorySpanExporter) -> None:
    await _get(app, "/imports/broken")
    [span] = kept.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert "lee@example.com" not in span.to_json()


def test_an_error_is_told_by_its_type_alone(kept: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="lee"), tracing.span("check"):
        raise ValueError("lee@example.com")
    [span] = kept.get_finished_spans()
    assert (span.attributes or {})["error.type"] == "ValueError"
    assert span.status.status_code is StatusCode.ERROR
    assert span.events == ()
    assert "lee@example.com" not in span.to_json()


def test_what_belongs_to_no_trace_is_not_told_afterwards(kept: InMemorySpanExporter) -> None:
    tracing.past("SELECT", "client", 0.1)
    with tracing.span("check"):
        tracing.past("SELECT", "client", 0.1)
    assert [span.name for span in kept.get_finished_spans()] == ["SELECT", "check"]


async def test_without_traces_nothing_is_told(app: FastAPI) -> None:
    answer = await _get(app, "/imports/7", traceparent=_CALLER)
    assert answer.json() == {"import_id": "7"}
    assert "traceresponse" not in answer.headers
    with tracing.span("check"):
        assert tracing.traceparent() is None


def test_traces_are_on_where_a_collector_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not TracingSettings().is_on
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
    assert TracingSettings().is_on
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert not TracingSettings().is_on


def test_a_setting_of_traces_that_is_no_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "sometimes")
    with pytest.raises(ValueError, match="sampler") as refused:
        TracingSettings()
    [problem] = problems_of(refused.value)
    assert problem.startswith("OTEL_TRACES_SAMPLER: ")
