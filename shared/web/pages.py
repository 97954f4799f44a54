"""The frame of all pages: an application of its own beside the API, with its headers, errors and static files."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Final, cast
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment
from starlette.datastructures import FormData, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.approvals import waiting_for
from shared.auth import AuthenticationFailed, KeySetUnavailable, Person, TokenVerifier
from shared.errors import DomainError, error_types
from shared.http import Problem, problem_of, problem_response, record_refusal, unstorable
from shared.logging import get_logger
from shared.postgres import Database, is_transient, is_unstorable
from shared.web import open_sessions
from shared.web.bridge import SessionBridge, is_from_elsewhere
from shared.web.forms import is_storable, too_long
from shared.web.rendering import environment, zone_of
from shared.web.session import CSRF_FIELD, CSRF_HEADER, Session, Sessions
from shared.web.settings import WebSettings

_STATIC: Final = Path(__file__).with_name("static")
_SIGN_IN: Final = "/sign-in"
_SOON: Final = 300.0  # seconds before the end of a session at which people are warned
FRAGMENT_HEADER: Final = "x-fragment"

log = get_logger()


class NotSignedIn(Exception):
    """The page is for people who are signed in."""


@dataclass(frozen=True, slots=True)
class Web:
    settings: WebSettings
    sessions: Sessions
    templates: Environment


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, and the session."""

    person: Person
    session: Session


def web_of(request: Request) -> Web:
    return cast("Web", request.app.state.web)


def host_of(request: Request) -> Any:
    return request.app.state.host.state


async def _visitor(request: Request) -> Visitor:
    session = web_of(request).sessions.read(request)
    if session is None or not session.token or not await is_in_use(request, session):
        raise NotSignedIn
    verifier: TokenVerifier = host_of(request).verifier
    try:
        person = await verifier.verify(session.token)
    except AuthenticationFailed:
        raise NotSignedIn from None
    except KeySetUnavailable:
        raise Problem(
            503, "sign_in_unavailable", "Sign-in is not available right now", remedy="Try again in a few minutes"
        ) from None
    request.state.visitor = Visitor(person, session)
    request.state.subject = person.subject
    if request.method == "GET" and FRAGMENT_HEADER not in request.headers:
        async with host_of(request).context.database.connection() as connection:
            request.state.approvals = len(await waiting_for(connection, person.subject))
    return Visitor(person, session)


async def is_in_use(request: Request, session: Session) -> bool:
    settings = web_of(request).settings
    database: Database = host_of(request).context.database
    return await open_sessions.is_open(database, open_sessions.id_of(session), settings.session_idle_seconds)


SignedInVisitor = Annotated[Visitor, Depends(_visitor)]


async def checked_form(request: Request) -> FormData:
    """The form of a post that carries the secret of its session."""
    session = web_of(request).sessions.read(request)
    form = await _storable_form(request)
    given = str(form.get(CSRF_FIELD, "")) or request.headers.get(CSRF_HEADER, "")
    if session is None or is_from_elsewhere(request.headers) or not session.accepts(given):
        raise Problem(
            403, "form_expired", "This page was open too long", remedy="Reload it and try again; your draft is saved"
        )
    return form


async def _storable_form(request: Request) -> FormData:
    try:
        form = await request.form()
    except UnicodeError:  # a sender may name any codec for its fields
        raise unstorable("form") from None
    if not all(is_storable(str(text)) for field in form.multi_items() for text in field):
        raise unstorable("form")
    return form


Form = Annotated[FormData, Depends(checked_form)]


def render(request: Request, template: str, /, *, status: int = 200, **values: object) -> HTMLResponse:
    """A page, or for a script that asks for it only its main part."""
    web = web_of(request)
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    session = visitor.session if visitor else web.sessions.read(request)
    given = {
        "visitor": visitor,
        "csrf": session.csrf if session else "",
        "zone": zone_of(request),
        "wizard_url": web.settings.wizard_url,
        "status_url": web.settings.status_url,
        "runbooks_url": web.settings.runbooks_url,
        "places": (("Tools", web.settings.tools_url), ("Biller Tools", web.settings.biller_tools_url)),
        "path": request.url.path,
        "fragment": FRAGMENT_HEADER in request.headers,
        "approvals": getattr(request.state, "approvals", 0),
        "session_seconds": session.seconds_left if session else 0,
        "session_idle": round(web.settings.session_idle_seconds),
        "draft_version": "",
        "is_answer": request.method == "POST",
    }
    return HTMLResponse(web.templates.get_template(template).render(given | values), status)


def see_other(address: str) -> RedirectResponse:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def create_pages(host: FastAPI, settings: WebSettings, templates: Path, words: Mapping[str, object]) -> FastAPI:
    """The application of the pages; `attach` puts it on the service once its routes are there."""
    pages = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages.state.host = host
    pages.state.web = Web(settings, Sessions(settings), environment(templates, words))
    pages.exception_handler(NotSignedIn)(_go_and_sign_in)
    pages.exception_handler(DomainError)(_on_domain_error)
    pages.exception_handler(HTTPException)(_on_http_error)
    pages.exception_handler(RequestValidationError)(_on_invalid)
    pages.add_middleware(_Headers, policy=_policy(settings))
    pages.add_api_route("/session", _session, methods=["GET"])
    pages.add_api_route("/session/left", _session_left, methods=["GET"])
    pages.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return pages


def attach(host: FastAPI, pages: FastAPI) -> None:
    web: Web = pages.state.web
    host.add_middleware(SessionBridge, sessions=web.sessions, idle_seconds=web.settings.session_idle_seconds)
    host.mount("/", pages)


def error_page(request: Request, problem: Problem) -> Response:
    if request.url.path.startswith("/api/"):
        return problem_response(problem)
    return render(request, "error.html", status=problem.status, problem=problem)


async def _go_and_sign_in(request: Request, _error: Exception) -> Response:
    web = web_of(request)
    came_from = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    is_post = request.method != "GET"
    if is_post:
        came_from = _page_of_form(request)
    if FRAGMENT_HEADER in request.headers:
        return Response(status_code=HTTPStatus.UNAUTHORIZED)
    if not getattr(request.app.state, "is_wizard", True):  # signing in is the wizard's, so it needs the way back
        came_from = web.settings.status_url + came_from
    why = "ended=1&" if is_post else ""
    return see_other(f"{web.settings.wizard_url}{_SIGN_IN}?{why}next={quote(came_from, safe='/')}")


def _page_of_form(request: Request) -> str:
    """Where a form was sent from, which browsers say within one origin."""
    page = urlsplit(request.headers.get("referer", ""))
    is_own = page.netloc == request.url.netloc and page.path.startswith("/") and not page.path.startswith("//")
    return page.path + (f"?{page.query}" if page.query else "") if is_own else "/"


async def _session(visitor: SignedInVisitor) -> Response:
    """For scripts: whether a form can be sent, and the secret that it needs."""
    return PlainTextResponse(visitor.session.csrf)


async def _session_left(request: Request) -> Response:
    """For scripts: when the session ends, and whether it ends soon for being left alone. Looking is no use of it."""
    web = web_of(request)
    session = web.sessions.read(request)
    if session is None or not session.token or not await _is_kept(request, session, 0):
        return Response(status_code=HTTPStatus.UNAUTHORIZED)
    is_left_alone = not await _is_kept(request, session, _SOON)
    return JSONResponse({"seconds": session.seconds_left, "is_left_alone": is_left_alone})


async def _is_kept(request: Request, session: Session, seconds: float) -> bool:
    """Whether the session, left alone as long as it was, is still open in so many seconds."""
    idle = web_of(request).settings.session_idle_seconds - seconds
    database: Database = host_of(request).context.database
    return await open_sessions.is_open(database, open_sessions.id_of(session), idle, is_used=False)


async def _on_domain_error(request: Request, error: DomainError) -> Response:
    problem = problem_of(error)
    await record_refusal(request, problem, getattr(host_of(request), "refusals", None))
    return error_page(request, problem)


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND:
        return error_page(request, _not_found())
    return error_page(request, Problem(status, status.phrase.lower().replace(" ", "_"), status.phrase))


async def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    """A path that names nothing is not found; what stands behind the question mark was asked for and can't be read."""
    asked = [one for one in error.errors() if one["loc"][:1] == ("query",)]
    return error_page(request, _unreadable(asked[0]) if asked else _not_found())


def _unreadable(wrong: Mapping[str, Any]) -> Problem:
    name = str(wrong["loc"][1]) if len(wrong["loc"]) > 1 else ""
    if wrong["type"] == "string_too_long":
        words = too_long("What you searched for", str(wrong["input"]), int(wrong["ctx"]["max_length"]))
        return Problem(400, "search_too_long", words, remedy="Go back and search for a shorter text")
    words = f"The address asks for something that can't be read: {name}"
    return Problem(400, "unreadable_address", words, remedy="Go back and choose again on the page")


def _not_found() -> Problem:
    return Problem(404, "not_found", "Page not found", remedy="Check the address")


def _policy(settings: WebSettings) -> str:
    # Browsers apply form-action to redirects that follow a post as well, so both services stand there.
    # Signing out goes on to the provider.
    addresses = (settings.wizard_url, settings.status_url, settings.oidc_issuer)
    origins = sorted({origin_of(url) for url in addresses if url})
    targets = " ".join(["'self'", *origins])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        f"connect-src 'self'; form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class _Headers:
    """The headers of pages, and a page for what nobody foresaw."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = self._policy
                headers.setdefault("referrer-policy", "same-origin")
                headers.setdefault("cache-control", "no-cache" if "/static/" in scope["path"] else "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await error_page(Request(scope, receive), _unforeseen(error))(scope, receive, send_with_headers)


def _unforeseen(error: Exception) -> Problem:
    if is_transient(error):
        log.warning("page_postponed", error_types=error_types(error))
        return Problem(503, "unavailable", "The system is not available right now", remedy="Try again in a moment")
    if is_unstorable(error):
        log.warning("page_held_no_storable_value", error_types=error_types(error))
        return unstorable("form")
    support_code = secrets.token_hex(4)  # what the visitor is shown leads to the log
    log.error("page_failed", support_code=support_code, exc_info=error)
    remedy = f"Try again; if it happens again, send support this code: {support_code}"
    return Problem(500, "internal", "Something went wrong", remedy=remedy)
