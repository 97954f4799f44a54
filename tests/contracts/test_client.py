"""The Python client is the one that the OpenAPI document describes, and asks for what it says."""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest

from customer_import_client import Operations, Refused, Transport, Unreachable
from tests.support.api_surface import DOCUMENT
from tests.support.client_code import CLIENT, client_code

_DOCUMENT = json.loads(DOCUMENT.read_text(encoding="utf-8"))
_STREAMS = {"follow_all", "follow_import"}
_OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in _DOCUMENT["paths"].items()
    for method, operation in operations.items()
}


def _client(answer: Callable[[httpx.Request], httpx.Response]) -> Operations:
    return Operations(Transport("http://test", "a-token", transport=httpx.MockTransport(answer)))


def test_the_generated_code_is_current() -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in CLIENT.glob("*.py")}
    for name, text in client_code(_DOCUMENT).items():
        assert there[name] == text, "run `python -m tests.support.client_code`"


def test_every_operation_is_a_method() -> None:
    methods = {name for name in vars(Operations) if not name.startswith("_")}
    assert methods == set(_OPERATIONS) - _STREAMS, "run `python -m tests.support.client_code`"


@pytest.mark.parametrize("name", sorted(set(_OPERATIONS) - _STREAMS))
def test_a_method_asks_for_what_the_document_says(name: str) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    method = getattr(_client(answer), name)
    parameters = list(inspect.signature(method).parameters.values())
    positional = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    named = {one.name: f"{one.name} given" for one in parameters if one.kind is one.KEYWORD_ONLY}
    body = b"a file" if name in {"upload_file", "send_part"} else {"a": "body"}
    result = method(*(body if one == "body" else f"{one}-given" for one in positional), **named)
    if isinstance(result, AbstractContextManager):
        with result as pieces:
            list(pieces)
    [request] = asked
    verb, path, operation = _OPERATIONS[name]
    assert request.method == verb
    assert request.url.path == re.sub(r"\{(\w+)\}", r"\1-given", path)
    assert dict(request.url.params) == dict(_values(operation, "query"))
    assert _values(operation, "header").items() <= dict(request.headers).items()
    assert request.headers["authorization"] == "Bearer a-token"
    assert ("body" in positional) == ("requestBody" in operation) == bool(request.content)


def _values(operation: dict[str, Any], place: str) -> dict[str, str]:
    given = [one["name"] for one in operation.get("parameters", ()) if one["in"] == place]
    return {name: f"{name.replace('-', '_')} given" for name in given if name != "authorization"}


def test_what_is_not_given_is_not_sent() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"items": []})

    _client(answer).list_rows("7", outcome=["held", "failed"], limit=5)
    assert asked[0].url.query == b"outcome=held&outcome=failed&limit=5"


def test_what_is_refused_is_raised_with_its_problem() -> None:
    problem = {"code": "F003", "title": "The file is gone"}
    client = _client(lambda _: httpx.Response(409, json=problem))
    with pytest.raises(Refused, match="409 F003") as refused:
        client.show_check("7")
    assert (refused.value.status, refused.value.problem) == (409, problem)
    with pytest.raises(Refused), client.download_log("7"):
        pass


@pytest.mark.parametrize("answer", [httpx.Response(502, text="<html>"), httpx.Response(502, json=["no", "problem"])])
def test_an_answer_of_something_else_is_refused_without_a_problem(answer: httpx.Response) -> None:
    with pytest.raises(Refused, match=r"^502$") as refused:
        _client(lambda _: answer).show_check("7")
    assert refused.value.problem == {}


def test_nobody_who_answers_is_told() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    with pytest.raises(Unreachable, match="ConnectError"):
        _client(answer).show_check("7")
    with pytest.raises(Unreachable, match="ConnectError"), _client(answer).download_log("7"):
        pass


def test_a_body_is_streamed_both_ways() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(201, json={"id": "f1", "sent": request.read().decode()})
        return httpx.Response(200, content=iter([b"line,", b"outcome\n"]))

    def pieces() -> Iterator[bytes]:
        yield b"Account,"
        yield b"Email\n"

    client = _client(answer)
    assert dict(client.upload_file(7, pieces(), name="f.csv")) == {"id": "f1", "sent": "Account,Email\n"}
    with client.download_log("7", which="failed") as log:
        assert b"".join(log) == b"line,outcome\n"
