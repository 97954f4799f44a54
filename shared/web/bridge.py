"""Lets pages use the JSON API of their service: a session stands in for the bearer token."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.postgres import Database
from shared.web import open_sessions
from shared.web.session import CSRF_HEADER, Sessions

STILL_OPEN: Final = "session_still_open"
_API: Final = "/api/"
_DOCUMENTATION: Final = frozenset({"/docs", "/openapi.json"})
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class SessionBridge:
    """Adds the token of the session to calls of the API that bring none; what changes something needs the secret."""

    def __init__(self, app: ASGIApp, sessions: Sessions, idle_seconds: float) -> None:
        self._app = app
        self._sessions = sessions
        self._idle_seconds = idle_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (scope["path"].startswith(_API) or scope["path"] in _DOCUMENTATION):
            await self._bring_token(scope)
        await self._app(scope, receive, send)

    async def _bring_token(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if "authorization" in headers or is_from_elsewhere(headers):
            return
        session = self._sessions.read(HTTPConnection(scope))
        if session is None or not session.token:
            return
        if not (scope["method"] in _SAFE_METHODS or session.accepts(headers.get(CSRF_HEADER, ""))):
            return
        session_id = open_sessions.id_of(session)
        database: Database = scope["app"].state.context.database
        if await open_sessions.is_open(database, session_id, self._idle_seconds):
            scope.setdefault("state", {})[STILL_OPEN] = self._still_open(database, session_id)
            MutableHeaders(scope=scope)["authorization"] = f"Bearer {session.token}"

    def _still_open(self, database: Database, session_id: bytes) -> Callable[[], Awaitable[bool]]:
        """For answers that last: whether the session that asked is still there; looking does not count as using it."""

        async def still_open() -> bool:
            return await open_sessions.is_open(database, session_id, self._idle_seconds, is_used=False)

        return still_open


def is_from_elsewhere(headers: Headers) -> bool:
    """Whether the browser says that a page of another site made the request."""
    return headers.get("sec-fetch-site") == "cross-site"
