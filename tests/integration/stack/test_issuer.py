import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import jwt
import pytest

from stack.issuer import ALGORITHM
from stack.people import AUDIENCE
from stack.ports import free_port
from stack.processes import answers, spawn


@pytest.fixture
async def issuer(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    port = free_port()
    child = spawn("issuer", [sys.executable, "-m", "stack.issuer", "--port", str(port)], tmp_path / "issuer.log")
    try:
        await child.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), limit=30)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        await child.stop()


async def test_a_token_verifies_against_the_published_key(issuer: httpx.AsyncClient) -> None:
    token = (await issuer.post("/token", json={"person": "paul"})).json()["access_token"]
    key = jwt.PyJWKSet.from_dict((await issuer.get("/jwks.json")).json())[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=AUDIENCE,
        issuer=str(issuer.base_url).rstrip("/"),
        options={"require": ["iss", "aud", "sub", "name", "exp", "iat", "jti"]},
    )
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    assert claims["sub"] == "paul"
    assert claims["exp"] - claims["iat"] == 3600
    assert set(claims) == {"iss", "aud", "sub", "name", "exp", "iat", "jti"}  # no email, and rights stand in the CRM


async def test_people_have_an_email_outside_their_token(issuer: httpx.AsyncClient) -> None:
    people = {person["person"]: person for person in (await issuer.get("/people")).json()}
    assert set(people) == {"ivy", "paul", "sam"}
    assert all("@" in person["email"] for person in people.values())
    assert [key for key, person in people.items() if person["may_approve"]] == ["sam"]


async def test_strangers_get_no_token(issuer: httpx.AsyncClient) -> None:
    assert (await issuer.post("/token", json={"person": "mallory"})).status_code == 404


async def test_a_request_under_another_host_name_is_refused(issuer: httpx.AsyncClient) -> None:
    assert (await issuer.get("/people", headers={"Host": "rebound.example"})).status_code == 400


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])  # noqa: S104  # the point of the test
async def test_an_address_that_is_not_loopback_is_refused(host: str, tmp_path: Path) -> None:
    log = tmp_path / "issuer.log"
    child = spawn("issuer", [sys.executable, "-m", "stack.issuer", "--port", "1", "--host", host], log)
    assert await child.ended(limit=30) != 0
    assert "loopback only" in log.read_text()
