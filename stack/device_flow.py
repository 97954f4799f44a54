"""The device flow (RFC 8628) of the development issuer: a terminal waits until a browser says who somebody is."""

import html
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse

_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_SECONDS: Final = 600
_INTERVAL: Final = 1
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"  # nothing that can be misread or spells a word
_PAGE: Final = """<!doctype html><html lang="en"><title>Sign in</title><h1>Sign in a command line</h1>
<form method="post"><p>Code: <input name="user_code" value="{code}" required></p>
<p>Person: <select name="person">{people}</select></p><button>Sign in</button></form></html>"""


@dataclass(slots=True)
class _Waiting:
    user_code: str
    ends_at: float
    person: str | None = None


@dataclass(slots=True)
class DeviceFlow:
    """Terminals that wait, by their code; and what may be exchanged for a new token."""

    url: str
    people: dict[str, str]  # names by key
    token: Callable[[str], str]
    lifetime: int
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _refresh: dict[str, str] = field(default_factory=dict)

    def start(self) -> dict[str, object]:
        device_code = secrets.token_urlsafe(32)
        letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
        user_code = f"{letters[:4]}-{letters[4:]}"
        self._waiting[device_code] = _Waiting(user_code, time.monotonic() + _SECONDS)
        return {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": f"{self.url}/device",
            "verification_uri_complete": f"{self.url}/device?user_code={user_code}",
            "expires_in": _SECONDS,
            "interval": _INTERVAL,
        }

    def agree(self, user_code: str, person: str) -> bool:
        for waiting in self._waiting.values():
            if waiting.user_code == user_code.strip().upper() and person in self.people:
                waiting.person = person
                return True
        return False

    def exchange(self, device_code: str) -> dict[str, object]:
        waiting = self._waiting.get(device_code)
        if waiting is None or waiting.ends_at < time.monotonic():
            return {"error": "expired_token"}
        if waiting.person is None:
            return {"error": "authorization_pending"}
        del self._waiting[device_code]
        return self._tokens(waiting.person)

    def renew(self, refresh_token: str) -> dict[str, object]:
        person = self._refresh.pop(refresh_token, None)
        return {"error": "invalid_grant"} if person is None else self._tokens(person)

    def forget(self, refresh_token: str) -> None:
        self._refresh.pop(refresh_token, None)

    def _tokens(self, person: str) -> dict[str, object]:
        refresh_token = secrets.token_urlsafe(32)
        self._refresh[refresh_token] = person
        kind = {"token_type": "Bearer", "expires_in": self.lifetime}
        return {"access_token": self.token(person), "refresh_token": refresh_token, **kind}


def device_router(flow: DeviceFlow) -> APIRouter:
    router = APIRouter()

    @router.get("/.well-known/openid-configuration")
    async def metadata() -> dict[str, object]:
        return {
            "issuer": flow.url,
            "jwks_uri": f"{flow.url}/jwks.json",
            "device_authorization_endpoint": f"{flow.url}/device/start",
            "token_endpoint": f"{flow.url}/device/token",
            "revocation_endpoint": f"{flow.url}/device/revoke",
            "grant_types_supported": [_GRANT, "refresh_token"],
        }

    @router.post("/device/start")
    async def start() -> dict[str, object]:
        return flow.start()

    @router.get("/device")
    async def page(user_code: str = "") -> HTMLResponse:
        people = "".join(f"<option value={key}>{html.escape(name)}</option>" for key, name in flow.people.items())
        return HTMLResponse(_PAGE.format(code=html.escape(user_code), people=people))

    @router.post("/device")
    async def agree(user_code: Annotated[str, Form()], person: Annotated[str, Form()]) -> HTMLResponse:
        if not flow.agree(user_code, person):
            raise HTTPException(404, "No command line waits with this code")
        return HTMLResponse("<!doctype html><title>Signed in</title><p>You can close this page.")

    @router.post("/device/token")
    async def token(
        grant_type: Annotated[str, Form()],
        device_code: Annotated[str, Form()] = "",
        refresh_token: Annotated[str, Form()] = "",
    ) -> JSONResponse:
        answer = flow.exchange(device_code) if grant_type == _GRANT else flow.renew(refresh_token)
        return JSONResponse(answer, 400 if "error" in answer else 200)

    @router.post("/device/revoke")
    async def revoke(token: Annotated[str, Form()]) -> dict[str, str]:
        flow.forget(token)
        return {}

    return router
