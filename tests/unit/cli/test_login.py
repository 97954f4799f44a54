"""Signing in from a terminal: with the development issuer's device flow, and profiles that keep what came of it."""

import asyncio
import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from cli import device_flow, login, profiles, system
from cli.__main__ import NAME, app
from cli.device_flow import Asked, Provider
from cli.errors import CommandError, UnreachableError
from cli.profiles import Profile
from cli.system import ENVIRONMENT, find_system
from stack.issuer import Issuer, build_app

_ISSUER = "http://localhost"
_PROFILE = Profile(
    {"mapping": "https://imports.example.com", "notifier": "https://imports.example.com"}, _ISSUER, "cli"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def provider() -> Iterator[httpx.Client]:
    """The development issuer, without a server."""
    inside = httpx.ASGITransport(build_app(Issuer(_ISSUER, Ed25519PrivateKey.generate())))

    async def answer(request: httpx.Request) -> httpx.Response:
        given = await inside.handle_async_request(
            httpx.Request(request.method, request.url, content=request.content, headers=request.headers)
        )
        return httpx.Response(given.status_code, headers=given.headers, content=await given.aread())

    transport = httpx.MockTransport(lambda request: asyncio.run(answer(request)))
    with httpx.Client(transport=transport, base_url=_ISSUER) as client:
        yield client


def _everywhere(provider: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **_: client(transport=provider._transport, base_url=_ISSUER))


def _in_the_browser(provider: httpx.Client, person: str = "ivy") -> Callable[[Asked], None]:
    def agree(asked: Asked) -> None:
        assert asked.code in provider.get(str(asked.whole_address)).text
        assert provider.post("/device", data={"user_code": asked.code, "person": person}).status_code == 200

    return agree


def test_a_person_signs_in_in_the_browser_while_the_terminal_waits(provider: httpx.Client) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            _in_the_browser(provider)(asked[0])

    asked: list[Asked] = []
    signed_in = Provider(provider, _ISSUER).sign_in(_PROFILE, asked.append, wait)
    assert len(waits) == 3
    assert signed_in.access_token.count(".") == 2
    assert signed_in.services == _PROFILE.services
    renewed = Provider(provider, _ISSUER).renewed(signed_in)
    assert renewed.refresh_token not in {"", signed_in.refresh_token}
    with pytest.raises(CommandError, match="not signed in"):
        Provider(provider, _ISSUER).renewed(signed_in)  # a token is exchanged once


def _provider(answers: dict[str, Any]) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        told = answers[request.url.path]
        return httpx.Response(400 if "error" in told else 200, json=told)

    return httpx.Client(transport=httpx.MockTransport(answer))


_METADATA: dict[str, Any] = {
    "issuer": _ISSUER,
    "token_endpoint": f"{_ISSUER}/token",
    "device_authorization_endpoint": f"{_ISSUER}/start",
}
_STARTED: dict[str, Any] = {"device_code": "d", "user_code": "A-B", "verification_uri": _ISSUER, "expires_in": 20}


@pytest.mark.parametrize(
    ("metadata", "started", "answer", "told"),
    [
        ({}, _STARTED, {"error": "access_denied"}, "refused"),
        ({}, _STARTED, {"error": "expired_token"}, "in time"),
        ({}, _STARTED, {"error": "slow_down"}, "in time"),
        ({}, _STARTED, {"error": "invalid_client"}, "invalid_client"),
        ({}, {"error": "unauthorized_client"}, {}, "unauthorized_client"),
        ({"issuer": "https://other.example"}, _STARTED, {}, "another issuer"),
        ({"token_endpoint": "http://id.example.com/token"}, _STARTED, {}, "not an https address"),
    ],
)
def test_what_a_provider_refuses_is_said(
    metadata: dict[str, Any], started: dict[str, Any], answer: dict[str, Any], told: str
) -> None:
    served = {"/.well-known/openid-configuration": _METADATA | metadata, "/start": started, "/token": answer}
    with pytest.raises(CommandError, match=told):
        Provider(_provider(served), _ISSUER).sign_in(_PROFILE, lambda _: None, lambda _: None)


def test_a_provider_without_the_device_flow_and_one_that_is_away() -> None:
    served = {"/.well-known/openid-configuration": {"issuer": _ISSUER, "token_endpoint": f"{_ISSUER}/token"}}
    with pytest.raises(CommandError, match="device flow"):
        Provider(_provider(served), _ISSUER).sign_in(_PROFILE, lambda _: None, lambda _: None)
    page = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(502, text="<html>")))
    with pytest.raises(UnreachableError):
        Provider(page, _ISSUER)


@pytest.mark.parametrize("address", ["http://imports.example.com", "ftp://localhost", "imports.example.com", ""])
def test_tokens_go_nowhere_in_the_clear(address: str) -> None:
    with pytest.raises(CommandError, match="https"):
        device_flow.require_safe(address)


def test_a_profile_is_kept_for_its_owner_alone_and_used(home: Path) -> None:
    profiles.save("default", replace(_PROFILE, access_token="secret", expires_at=2**40))
    kept = home / "customer-import" / "profiles.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert [path.name for path in kept.parent.iterdir()] == ["profiles.json"]
    found = find_system(None)
    assert (found.token, found.url("mapping")) == ("secret", "https://imports.example.com")
    assert "secret" not in repr(profiles.profiles()["default"])


def test_a_token_that_ends_is_renewed_and_kept(provider: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in = Provider(provider, _ISSUER).sign_in(_PROFILE, _in_the_browser(provider), lambda _: None)
    profiles.save("default", replace(signed_in, expires_at=0))
    _everywhere(provider, monkeypatch)
    assert find_system(None).token != signed_in.access_token
    assert profiles.profiles()["default"].refresh_token != signed_in.refresh_token


def test_without_tokens_one_has_to_sign_in_and_an_unknown_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    profiles.save("default", _PROFILE)
    with pytest.raises(CommandError, match="not signed in"):
        find_system(None)
    monkeypatch.setenv(profiles.VARIABLE, "elsewhere")
    with pytest.raises(CommandError, match="elsewhere"):
        find_system(None)


def test_the_environment_comes_before_a_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    profiles.save("default", replace(_PROFILE, access_token="a", expires_at=2**40))
    monkeypatch.setenv("CUSTOMER_IMPORT_URL", "https://other.example")
    with pytest.raises(CommandError, match="CUSTOMER_IMPORT_TOKEN"):  # the token of a profile goes nowhere else
        find_system(None)
    monkeypatch.setenv("CUSTOMER_IMPORT_TOKEN", "t")
    monkeypatch.setenv("CUSTOMER_IMPORT_STATUS_URL", "https://status.example")
    found = find_system(None)
    assert (found.token, found.url("executor"), found.url("notifier")) == (
        *("t", "https://other.example"),
        "https://status.example",
    )


def test_a_file_that_is_none_is_said_to_be_none(home: Path) -> None:
    (home / "customer-import").mkdir()
    (home / "customer-import" / "profiles.json").write_text('{"default": {"no": "profile"}}')
    with pytest.raises(CommandError, match=r"profiles\.json can't be read"):
        profiles.profiles()


def test_login_profiles_logout(provider: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    _everywhere(provider, monkeypatch)
    monkeypatch.setattr(login, "_ask", _in_the_browser(provider))
    monkeypatch.setattr(login, "_wait", lambda _: None)
    monkeypatch.setattr(system, "_embedded", lambda _: pytest.fail("not asked"))

    def run(*words: str) -> Any:
        ended = CliRunner().invoke(app, [*words, "--json"], prog_name=NAME)
        assert ended.exit_code == 0, ended.output
        return json.loads(ended.stdout)

    where = ("--url", "https://imports.example.com/", "--issuer", _ISSUER)
    told = run("--profile", "work", "login", *where)
    assert told["services"]["executor"] == "https://imports.example.com"
    monkeypatch.setenv(profiles.VARIABLE, "work")
    assert run("profiles")[0] == {
        "profile": "work",
        "url": "https://imports.example.com",
        "issuer": _ISSUER,
        "signed_in": True,
    }
    former = profiles.profiles()["work"]
    assert run("logout") == {"profile": "work", "signed_in": False}
    with pytest.raises(CommandError):
        Provider(provider, _ISSUER).renewed(former)  # the provider knows
    assert run("profiles")[0]["signed_in"] is False
    assert run("login")["profile"] == "work"  # where is known by now


def test_the_first_login_has_to_say_where() -> None:
    ended = CliRunner().invoke(app, ["login"], prog_name=NAME)
    assert isinstance(ended.exception, CommandError)
    assert "--url" in ended.exception.remedy
