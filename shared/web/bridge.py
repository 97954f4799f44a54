"""Lets pages use the JSON API of their service: a session stands in for the bearer token."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.session import CSRF_HEADER, Sessions

_API: Final = "/api/"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class SessionBridge:
    """Adds the token of the session to calls of the API that bring none; what changes something needs the secret."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["path"].startswith(_API):
            self._bring_token(scope)
        await self._app(scope, receive, send)

    def _bring_token(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if "authorization" in headers or is_from_elsewhere(headers):
            return
        session = self._sessions.read(HTTPConnection(scope))
        if session is None or not session.token:
            return
        if scope["method"] in _SAFE_METHODS or session.accepts(headers.get(CSRF_HEADER, "")):
            MutableHeaders(scope=scope)["authorization"] = f"Bearer {session.token}"


def is_from_elsewhere(headers: Headers) -> bool:
    """Whether the browser says that a page of another site made the request."""
    return headers.get("sec-fetch-site") == "cross-site"
