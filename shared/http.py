"""The HTTP side that all services share: health, metrics, problems as `application/problem+json`, safe headers."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from http import HTTPMethod, HTTPStatus
from re import Pattern
from typing import Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import tracing
from shared.audit import SYSTEM, Act, Refusals, coming_from
from shared.errors import Conflict, DomainError, Forbidden, Gone, Invalid, NotFound, TooLarge, TooMany, Unavailable
from shared.health import Health
from shared.logging import get_logger
from shared.openapi import PROBLEM_JSON, document_problems, problem_type
from shared.postgres import is_transient, is_unstorable

REQUESTS: Final = Counter("import_http_requests", "HTTP requests", ("method", "route", "status"))
SECONDS: Final = Histogram("import_http_seconds", "Time to the end of the response", ("method", "route"))

_SAFE_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000",
    "cache-control": "no-store",
}
_DOCUMENTATION: Final = "/docs"
_METHODS: Final = frozenset(HTTPMethod)  # callers may make up others; labels are of a closed set
_MOST_PLACES: Final = 5
_LARGEST_BODY: Final = 1024 * 1024
_PHRASES: Final = {413: "Request Entity Too Large"}  # newer Pythons call it otherwise; a code stays
_REFUSED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_API: Final = "/api/"
_PROBES: Final = ("/healthz", "/readyz")
_OF_SIGN_IN: Final = "sign_in_"

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

log = get_logger()


class Problem(DomainError):
    """A domain error with its HTTP status: what the edge tells, and raises where nothing below it has."""

    def __init__(self, status: int, code: str, title: str, place: str = "", remedy: str = "") -> None:
        super().__init__(code, title, place, remedy)
        self.status = status


_STATUS_OF: Final[Mapping[type[DomainError], HTTPStatus]] = {
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Gone: HTTPStatus.GONE,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def problem_of(error: DomainError) -> Problem:
    if isinstance(error, Problem):
        return error
    status = next(_STATUS_OF[kind] for kind in type(error).__mro__ if kind in _STATUS_OF)
    return Problem(status, error.code, error.title, error.place, error.remedy)


def create_api(*, service: str, health: Health, lifespan: Lifespan | None = None, version: str = "1.0.0") -> FastAPI:
    """An application with `/healthz` and `/readyz`; the watchdog runs around ``lifespan``."""

    @contextlib.asynccontextmanager
    async def watched(app: FastAPI) -> AsyncIterator[None]:
        async with health, (lifespan or _nothing)(app):
            yield

    # No address is mended by a redirect, which would lead to whatever host the request names.
    app = FastAPI(
        title=f"Customer Import: {service}",
        version=version,
        lifespan=watched,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # the names of a generated client
    )
    document_problems(app)
    _add_probes(app, health)
    app.exception_handler(DomainError)(_on_domain_error)
    app.exception_handler(RequestValidationError)(_on_invalid)
    app.exception_handler(HTTPException)(_on_http_error)
    app.add_middleware(_SmallBodies)
    app.add_middleware(_Guarded)
    app.add_middleware(_Measured)
    app.add_middleware(_Located)
    app.add_middleware(_Traced)
    app.add_middleware(_SafeHeaders)  # added last, so outermost: on every answer
    return app


def stream_bodies(app: FastAPI, to: Pattern[str]) -> None:
    """What is sent to these addresses may be of any size: it is streamed, with a limit of its own."""
    app.state.streamed = to


@contextlib.asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield


def problem_response(problem: Problem) -> Response:
    body = {
        "type": problem_type(problem.code),
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "place": problem.place,
        "remedy": problem.remedy,
    }
    headers = {"www-authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else None
    return Response(orjson.dumps(body), problem.status, headers, media_type=PROBLEM_JSON)


def _add_probes(app: FastAPI, health: Health) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", include_in_schema=False)
    async def readyz(response: Response) -> dict[str, list[str]]:
        missing = health.ready()
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
        return {"missing": missing}


async def _on_domain_error(request: Request, error: DomainError) -> Response:
    problem = problem_of(error)
    await record_refusal(request, problem, getattr(request.app.state, "refusals", None))
    return problem_response(problem)


async def record_refusal(request: Request, problem: Problem, refusals: Refusals | None) -> None:
    """Put it in the audit trail if somebody was refused; a person that is known stands in the request's state."""
    if refusals is not None and problem.status in _REFUSED:
        route = getattr(request.scope.get("route"), "path", "unknown")
        actor = getattr(request.state, "subject", SYSTEM)
        act = Act.SIGN_IN_REFUSED if problem.code.startswith(_OF_SIGN_IN) else Act.REFUSED
        await refusals.record(act, actor, problem.code, f"{request.method} {route}")


async def _on_invalid(_request: Request, error: RequestValidationError) -> Response:
    places = [".".join(map(str, item["loc"])) for item in error.errors()]
    kinds = sorted({str(item["type"]).replace("_", " ") for item in error.errors()})
    return problem_response(
        Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid",
            "The request is not valid: " + ", ".join(kinds[:_MOST_PLACES]),
            ", ".join(places[:_MOST_PLACES]),
            f"Correct it as described in {_DOCUMENTATION}",
        )
    )


async def _on_http_error(_request: Request, error: HTTPException) -> Response:
    title = _PHRASES.get(error.status_code, HTTPStatus(error.status_code).phrase)
    answer = problem_response(Problem(error.status_code, title.lower().replace(" ", "_"), title))
    answer.headers.update(error.headers or {})
    return answer


def unstorable(place: str) -> Problem:
    """A value that nothing can hold: a NUL, a number or a moment beyond every column."""
    title, remedy = "The request contains a value that can't be stored", "Use only text, numbers and dates"
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", title, place, remedy)


def _unknown_problem(error: Exception) -> Problem:
    if is_transient(error):
        log.warning("request_postponed", exc_info=error)
        title, remedy = (
            "The service is temporarily unavailable",
            "Try again in a moment; sending the same request again is safe",
        )
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", title, remedy=remedy)
    if is_unstorable(error):  # a bound that a type lacks: nothing is broken, and the caller can do something
        log.warning("request_held_no_storable_value", exc_info=error)
        return unstorable("")
    log.error("request_failed", exc_info=error)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side")


def _holds_nul(scope: Scope) -> bool:
    return "\0" in scope["path"] or b"%00" in scope["query_string"] or b"\0" in scope["query_string"]


class _Guarded:
    """Answers what nobody foresaw, without telling the caller or the server's own log what it says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = scope["type"] != "http"

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            if not started and _holds_nul(scope):
                await problem_response(unstorable("address"))(scope, receive, send)
                return
            await self._app(scope, receive, watch)
        except Exception as error:
            if started:  # too late for an answer: the server cuts the connection
                raise
            await problem_response(_unknown_problem(error))(scope, receive, send)


class _SmallBodies:
    """Stops reading a body above the limit and answers 413: bodies are read before anyone is asked who sends them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_streamed(scope):
            await self._app(scope, receive, send)
            return
        read = 0

        async def receive_little() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > _LARGEST_BODY:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_little, send)


def _is_streamed(scope: Scope) -> bool:
    streamed: Pattern[str] | None = getattr(scope["app"].state, "streamed", None)
    return streamed is not None and streamed.fullmatch(scope["path"]) is not None


class _SafeHeaders:
    """Adds the headers that are right for an API to what the application did not decide itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class _Traced:
    """A span for each request, in the trace of whoever asks; the answer tells its id (`traceresponse`)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not tracing.is_on() or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
            return
        parent = Headers(scope=scope).get(tracing.TRACEPARENT_HEADER)

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                _tell_answer(scope, message)
            await send(message)

        with tracing.span(_method_of(scope), "server", parent=parent):
            await self._app(scope, receive, watch)


def _tell_answer(scope: Scope, message: Message) -> None:
    method, route, status = _method_of(scope), _route_of(scope), message["status"]
    told = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    tracing.mark(f"{method} {route}", told, failed=status >= HTTPStatus.INTERNAL_SERVER_ERROR)
    MutableHeaders(scope=message)["traceresponse"] = tracing.traceparent() or ""


class _Located:
    """Says where whatever the audit trail records of a request came from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = scope["client"][0] if scope.get("client") else "unknown"
        with coming_from(f"{'API' if scope['path'].startswith(_API) else 'page'} from {host}"):
            await self._app(scope, receive, send)


class _Measured:
    """Counts and times requests by the template of their route, never by their path, which holds ids."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value
        started = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            method, route = _method_of(scope), _route_of(scope)
            REQUESTS.labels(method, route, status).inc()
            SECONDS.labels(method, route).observe(time.perf_counter() - started)


def _method_of(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "other"


def _route_of(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "unknown")
