import importlib
import re
from collections.abc import AsyncIterator
from http import HTTPMethod

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY, generate_latest
from pydantic import BaseModel

from shared.health import Health
from shared.http import Problem, create_api, stream_bodies
from shared.metrics import served

_LABELS = {
    "kind",
    "trouble",
    "version",
    *("method", "route", "status", "state", "topic", "reason"),
    *("effect", "le", "outcome", "result", "service", "what", "worker"),
}


class Body(BaseModel):
    email: str
    count: int


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
def app(health: Health) -> FastAPI:
    api = create_api(service="mapping", health=health)

    @api.post("/things/{thing_id}")
    async def take(thing_id: int, body: Body) -> dict[str, int]:
        return {"count": body.count + thing_id}

    @api.get("/problem")
    async def problem() -> None:
        raise Problem(401, "unauthenticated", "Nobody", "header", "Send a token")

    @api.get("/failing")
    async def failing() -> None:
        raise ZeroDivisionError("secret")

    @api.get("/away")
    async def away() -> None:
        raise ConnectionResetError("secret")

    return api


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_a_problem_is_told_with_code_place_and_remedy(client: httpx.AsyncClient) -> None:
    answer = await client.get("/problem")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json() == {
        "type": "/codes#unauthenticated",
        "title": "Nobody",
        "status": 401,
        "code": "unauthenticated",
        "place": "header",
        "remedy": "Send a token",
    }


async def test_an_invalid_request_is_told_its_places_and_never_its_values(client: httpx.AsyncClient) -> None:
    answer = await client.post("/things/x@example.com", json={"count": "x@example.com"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["place"] == "path.thing_id, body.email, body.count"
    assert "example.com" not in answer.text


@pytest.mark.parametrize(("path", "status", "code"), [("/failing", 500, "internal"), ("/away", 503, "unavailable")])
async def test_what_nobody_foresaw_tells_nothing(client: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/failing", "/problem"])
async def test_every_answer_has_the_safe_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_an_unknown_path_is_a_problem_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await client.delete("/problem")).headers["allow"] == "GET"


async def test_no_service_reads_a_large_body_unless_it_streams_it(app: FastAPI, client: httpx.AsyncClient) -> None:
    large = {"email": "x" * 1024 * 1024, "count": 1}
    answer = await client.post("/things/1", json=large)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    stream_bodies(app, re.compile("/things/2"))
    assert [(await client.post(f"/things/{place}", json=large)).status_code for place in (1, 2)] == [413, 200]


async def test_readiness_says_what_is_missing(client: httpx.AsyncClient, health: Health) -> None:
    assert (await client.get("/readyz")).status_code == 200
    health.pulse("messages", 60).beat("Kafka is not reachable")
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"missing": ["messages: Kafka is not reachable"]})
    assert (await client.get("/healthz")).status_code == 200


async def test_requests_are_counted_by_route_and_not_by_path(client: httpx.AsyncClient) -> None:
    await client.post("/things/987654", json={"email": "", "count": 1})
    await client.request("MADE-UP-987654", "/things/987654")
    metrics = generate_latest().decode()
    assert 'route="/things/{thing_id}",status="200"' in metrics
    assert "987654" not in metrics
    assert (await client.get("/metrics")).status_code == 404


def test_metrics_have_a_port_of_their_own_while_the_service_runs() -> None:
    with served("127.0.0.1", 0) as port:
        assert "import_http_requests" in httpx.get(f"http://127.0.0.1:{port}/metrics").text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/metrics")
    with served("127.0.0.1", None) as port:
        assert port is None


def test_labels_are_of_a_closed_set() -> None:
    """Nothing that callers or files make up: no id, no path, no name."""
    for module in (
        "services.validation.worker",
        "services.notifier.app",
        "services.executor.app",
        "services.mapping.app",
    ):
        importlib.import_module(module)
    ours = [one for one in REGISTRY.collect() if one.name.startswith("import_")]
    used = {label for one in ours for sample in one.samples for label in sample.labels}
    declared = {label for one in set(REGISTRY._collector_to_names) for label in getattr(one, "_labelnames", ())}
    assert len(ours) > 5
    assert used | declared <= _LABELS
    for one in ours:
        for sample in one.samples:
            assert sample.labels.get("method", "other") in {*map(str, HTTPMethod), "other"}
            assert re.fullmatch(r"unknown|(/[a-z0-9_.-]*|/\{[a-z_]+(:path)?\})*", sample.labels.get("route", "unknown"))
