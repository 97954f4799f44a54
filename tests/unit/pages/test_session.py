import base64
import time
from dataclasses import replace

import pytest
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from shared.web.session import COOKIE, Session, Sessions
from shared.web.settings import WebSettings
from shared.web.sign_in import safe_target

SETTINGS = WebSettings.model_validate(
    {
        "session_key": base64.b64encode(bytes(32)).decode(),
        "wizard_url": "https://crm.example.com/",
        "status_url": "https://status.example.com",
    }
)


def request_with(cookie: str) -> Request:
    return Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})


def cookie_of(response: Response) -> str:
    return response.headers["set-cookie"].split(";")[0].split("=", 1)[1]


def test_a_session_comes_back_as_it_was() -> None:
    sessions, response = Sessions(SETTINGS), Response()
    session = Session().signed_in("token", name="Ivy", email="ivy@example.com", seconds=60)
    sessions.write(response, session)
    assert sessions.read(request_with(cookie_of(response))) == session
    header = response.headers["set-cookie"].lower()
    assert all(word in header for word in ("httponly", "secure", "samesite=lax"))
    assert "token" not in cookie_of(response)


@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "é"])
def test_a_cookie_of_somebody_else_is_no_session(cookie: str) -> None:
    request = Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode("latin-1"))]})
    assert Sessions(SETTINGS).read(request) is None


def test_a_session_that_has_ended_is_none() -> None:
    sessions, response = Sessions(SETTINGS), Response()
    sessions.write(response, replace(Session(), expires_at=int(time.time()) - 1))
    assert sessions.read(request_with(cookie_of(response))) is None


def test_signing_in_changes_the_secret() -> None:
    before = Session()
    after = before.signed_in("token", name="", email="", seconds=60)
    assert not after.accepts(before.csrf)
    assert not after.accepts("")
    assert after.accepts(after.csrf)


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/import/new", "https://crm.example.com/import/new"),
        ("https://status.example.com/status/completed", "https://status.example.com/status/completed"),
        ("https://crm.example.com/import/new", "https://crm.example.com/import/new"),
        ("https://crm.example.com.evil.example/", "https://crm.example.com/"),
        ("//evil.example", "https://crm.example.com/"),
        ("/\\evil.example", "https://crm.example.com/"),
        ("javascript:alert(1)", "https://crm.example.com/"),
        ("/a\nb", "https://crm.example.com/"),
    ],
)
def test_after_signing_in_one_stays_on_our_pages(target: str, goes: str) -> None:
    assert safe_target(target, SETTINGS) == goes


def test_a_key_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValidationError):
        WebSettings.model_validate({"session_key": base64.b64encode(b"short").decode()})
