import base64
import time
from dataclasses import replace
from typing import Any

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


def settings(**values: Any) -> WebSettings:
    return WebSettings.model_validate({"session_key": base64.b64encode(bytes(32)).decode(), **values})


@pytest.mark.parametrize(
    ("given", "is_secure"),
    [
        ({"wizard_url": "https://a.example", "status_url": "https://b.example"}, True),
        ({"wizard_url": "https://a.example"}, True),
        ({"wizard_url": "http://127.0.0.1:8001", "status_url": "http://127.0.0.1:8002"}, False),
        ({"sign_in": "oidc"}, True),  # of one origin
        ({}, True),
        ({"sign_in": "development"}, False),
        ({"wizard_url": "http://127.0.0.1:8001", "secure_cookies": True}, True),
    ],
)
def test_the_cookie_is_for_tls_and_this_host_wherever_the_pages_are(given: dict[str, Any], *, is_secure: bool) -> None:
    response = Response()
    Sessions(settings(**given)).write(response, Session())
    header = response.headers["set-cookie"]
    assert header.startswith("__Host-ci_session=") is is_secure
    assert ("; Secure" in header) is is_secure
    assert "; Path=/" in header
    assert "domain" not in header.lower()


def test_where_pages_are_secure_a_plain_cookie_is_no_session() -> None:
    response = Response()
    Sessions(settings(secure_cookies=False)).write(response, Session())
    plain = response.headers["set-cookie"].split(";")[0]
    request = Request({"type": "http", "headers": [(b"cookie", plain.encode())]})
    assert Sessions(settings(secure_cookies=False)).read(request) is not None
    assert Sessions(SETTINGS).read(request) is None


@pytest.mark.parametrize("name", ["tools_url", "biller_tools_url"])
def test_a_place_in_the_crm_is_an_address_of_the_web(name: str) -> None:
    assert getattr(settings(**{name: "https://crm.example.com/tools"}), name)
    with pytest.raises(ValidationError):
        settings(**{name: "javascript:alert(1)"})


@pytest.mark.parametrize(
    ("sign_in_url", "wizard_url", "is_fine"),
    [
        ("http://127.0.0.1:9", "http://127.0.0.1:8001", True),
        ("http://localhost:9", "", True),
        ("http://10.0.0.5", "http://127.0.0.1:8001", False),
        ("http://issuer.example.com", "", False),
        ("", "", False),
        ("http://127.0.0.1:9", "https://crm.example.com", False),
    ],
)
def test_the_development_sign_in_stays_on_one_machine(
    monkeypatch: pytest.MonkeyPatch, sign_in_url: str, wizard_url: str, *, is_fine: bool
) -> None:
    for name, value in {"SIGN_IN": "development", "SIGN_IN_URL": sign_in_url, "WIZARD_URL": wizard_url}.items():
        monkeypatch.setenv(f"IMPORT_{name}", value)
    if is_fine:
        assert WebSettings.from_environment().sign_in == "development"
        return
    with pytest.raises(ValueError, match="development"):
        WebSettings.from_environment()
