"""The OpenAPI document says what is really answered: every problem as `application/problem+json`."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.client import responses as phrases
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field

PROBLEM_JSON: Final = "application/problem+json"
_DEPRECATED_SINCE: Final = "@1795824000"  # 2026-11-28
_METHODS: Final = frozenset(("get", "put", "post", "delete", "patch"))
_OF_FASTAPI: Final = ("HTTPValidationError", "ValidationError")
# What any operation may answer, beside what its route says itself.
_OF_ALL: Final = {
    "422": "a value is not valid; `place` names it",
    "503": "something this needs is not reachable; the same request is safe to repeat",
}
_OF_THE_SIGNED_IN: Final = {"401": "nobody is signed in, or the token is no longer valid"}
_WITH_A_BODY: Final = {"400": "the body cannot be read", "413": "the body is too large"}

_MEANINGS: Final = _OF_ALL | _OF_THE_SIGNED_IN | _WITH_A_BODY


def problem_type(code: str) -> str:
    """Where the code is explained, from the address that was asked: a page of mapping."""
    return f"/codes#{code}"


def moved(former: str, now: str) -> Callable[[Request, Response], None]:
    """A dependency of a route of earlier releases: it tells programs where the same is now (RFC 9745, RFC 8288)."""

    def tell(request: Request, response: Response) -> None:
        successor = quote(
            request.url.path.replace(former, now, 1), errors="replace"
        )  # a header takes no more than this
        response.headers["deprecation"] = _DEPRECATED_SINCE
        response.headers["link"] = f'<{successor}>; rel="successor-version"'

    return tell


class ProblemBody(BaseModel):
    """A problem (RFC 9457) with a stable code, the place and the remedy."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="leads to the explanation of the code")
    title: str
    status: int
    code: str = Field(description="stable; docs/codes.md lists them")
    place: str
    remedy: str


def document_problems(app: FastAPI) -> None:
    """Let ``/openapi.json`` tell of problems as they are answered."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _documented(
                get_openapi(title=app.title, version=app.version, routes=app.routes, description=app.description)
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents


def _documented(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault(ProblemBody.__name__, ProblemBody.model_json_schema(mode="serialization"))
    for operation in _operations(document):
        responses = operation["responses"]
        if "HTTPValidationError" in str(responses.get("422")):
            del responses["422"]
        for status, meaning in _answers_of(operation).items():
            responses.setdefault(status, {"description": meaning, "content": {PROBLEM_JSON: _a_problem()}})
        for status, response in responses.items():
            if int(status) >= HTTPStatus.BAD_REQUEST:
                response["content"] = {PROBLEM_JSON: _told(response)}
                if response["description"] == phrases.get(int(status)):  # which differs between Pythons
                    response["description"] = _MEANINGS.get(status, response["description"])
    for name in _OF_FASTAPI:
        schemas.pop(name, None)
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document.get("paths", {}).values():
        yield from (operation for method, operation in path.items() if method in _METHODS)


def _answers_of(operation: dict[str, Any]) -> dict[str, str]:
    signed_in = _OF_THE_SIGNED_IN if operation.get("security") else {}
    with_body = _WITH_A_BODY if "requestBody" in operation else {}
    return {**_OF_ALL, **signed_in, **with_body}


def _told(response: dict[str, Any]) -> dict[str, Any]:
    """What a route says of its problems itself; a plain one may come before it, as of a body that is not valid."""
    plain = _a_problem()
    told = response.get("content", {}).get("application/json", plain)
    return plain if told == plain else {"schema": {"anyOf": [told["schema"], plain["schema"]]}}


def _a_problem() -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}}
