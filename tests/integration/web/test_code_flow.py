"""Signing in by OpenID's code flow, at a provider that is not the one of the embedded stack."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared.audit import Act, Refusals
from shared.auth import TokenVerifier
from shared.health import Health
from shared.http import create_api
from shared.postgres import Database
from shared.web import SignedInVisitor, WebSettings, attach, create_pages
from shared.web.sign_in import router
from stack.postgres import EmbeddedPostgres
from tests.support.audited import Scenario, Told
from tests.support.databases import Databases
from tests.support.oidc import AUDIENCE, CLIENT, CLIENT_SECRET, Provider, running_provider

WIZARD = "http://wizard.test"
DATABASE = "web_tests"


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running_provider() as running:
        yield running


@asynccontextmanager
async def no_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture(scope="module")
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with databases.migrated(DATABASE):
        made = await Database.connect(databases.dsn("ci_mapping", DATABASE), application_name="web-tests")
        yield made
        await made.close()


@pytest.fixture
async def browser(provider: Provider, database: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Follows redirects between the pages and the provider, and keeps cookies, as a browser does."""
    settings = WebSettings.model_validate(
        {
            "session_key": base64.b64encode(bytes(32)).decode(),
            "wizard_url": WIZARD,
            "sign_in": "oidc",
            "oidc_issuer": provider.url,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": CLIENT_SECRET,
        }
    )
    tokens = SimpleNamespace(jwks_url=f"{provider.url}/jwks.json", jwt_issuer=provider.url, jwt_audience=AUDIENCE)
    verifier = TokenVerifier(tokens)
    app = create_api(service="mapping", health=Health(), lifespan=no_lifespan)
    app.state.verifier = verifier
    app.state.refusals = Refusals(database)
    app.state.context = SimpleNamespace(database=database)
    pages = create_pages(app, settings, tmp_path, {})

    @pages.get("/secret")
    async def secret(visitor: SignedInVisitor) -> dict[str, str]:
        return {"name": visitor.person.name, "email": visitor.session.email, "csrf": visitor.session.csrf}

    pages.include_router(router)
    attach(app, pages)
    async with httpx.AsyncClient(
        mounts={WIZARD: httpx.ASGITransport(app)}, base_url=WIZARD, follow_redirects=True, trust_env=False
    ) as client:
        yield client
    await verifier.close()


async def sent_back(browser: httpx.AsyncClient) -> httpx.URL:
    """The address at which the provider sends the person back, not yet visited."""
    answer = await browser.get("/sign-in/provider?next=/secret", follow_redirects=False)
    answer = await browser.get(answer.headers["location"], follow_redirects=False)
    return httpx.URL(answer.headers["location"])


def assert_nobody(answer: httpx.Response, code: str = "sign_in_failed") -> None:
    assert answer.status_code == 403
    assert code in answer.text


async def assert_signed_out(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/secret", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{WIZARD}/sign-in?next=/secret"


async def test_somebody_signs_in_and_comes_back_to_the_page_asked_for(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/secret")
    assert page.url.path == "/sign-in"
    link = re.search(r'href="(/sign-in/provider[^"]+)"', page.text)
    assert link is not None
    answer = await browser.get(link[1].replace("&amp;", "&"))
    assert answer.url == f"{WIZARD}/secret"
    assert (answer.json()["name"], answer.json()["email"]) == ("Ivy Marsh", "ivy@example.com")


async def test_signing_out_ends_the_session(browser: httpx.AsyncClient) -> None:
    csrf = (await browser.get("/sign-in/provider?next=/secret")).json()["csrf"]
    assert (await browser.post("/sign-out", data={"csrf": "wrong"})).status_code == 403
    assert (await browser.get("/secret", follow_redirects=False)).status_code == 200
    answer = await browser.post("/sign-out", data={"csrf": csrf})
    assert answer.url.path == "/sign-in"
    await assert_signed_out(browser)


async def test_a_wrong_state_is_refused(browser: httpx.AsyncClient) -> None:
    address = await sent_back(browser)
    assert_nobody(await browser.get(address.copy_set_param("state", "of-somebody-else")))
    assert_nobody(await browser.get(address.copy_remove_param("state")))
    await assert_signed_out(browser)


async def test_an_answer_in_a_browser_that_did_not_ask_is_refused(browser: httpx.AsyncClient) -> None:
    address = await sent_back(browser)
    browser.cookies.clear()
    assert_nobody(await browser.get(address))
    await assert_signed_out(browser)


async def test_a_wrong_nonce_is_refused(browser: httpx.AsyncClient, provider: Provider) -> None:
    provider.nonce = "of an older sign-in"
    assert_nobody(await browser.get("/sign-in/provider?next=/secret"))
    await assert_signed_out(browser)


async def test_an_expired_code_is_refused(browser: httpx.AsyncClient, provider: Provider) -> None:
    provider.codes_expire = True
    assert_nobody(await browser.get("/sign-in/provider?next=/secret"))
    await assert_signed_out(browser)


async def test_a_code_works_once(browser: httpx.AsyncClient) -> None:
    address = await sent_back(browser)
    assert (await browser.get(address)).url.path == "/secret"
    assert_nobody(await browser.get(address))


async def test_a_person_whom_the_provider_refuses_is_told_so(browser: httpx.AsyncClient, provider: Provider) -> None:
    provider.refuses = True
    assert_nobody(await browser.get("/sign-in/provider?next=/secret"), "sign_in_refused")
    await assert_signed_out(browser)


@pytest.mark.parametrize("identity", ["", "no token", "a.b.c"])
async def test_an_identity_that_cannot_be_read_is_refused(
    browser: httpx.AsyncClient, provider: Provider, identity: str
) -> None:
    provider.identity = identity
    assert_nobody(await browser.get("/sign-in/provider?next=/secret"))


async def test_tokens_for_somebody_else_are_refused(browser: httpx.AsyncClient, provider: Provider) -> None:
    provider.audience = "another-api"
    assert_nobody(await browser.get("/sign-in/provider?next=/secret"))
    provider.audience, provider.identity_audience = AUDIENCE, "another-client"
    assert_nobody(await browser.get("/sign-in/provider?next=/secret"))
    await assert_signed_out(browser)


async def test_a_long_token_still_fits_the_cookies(browser: httpx.AsyncClient, provider: Provider) -> None:
    provider.padding = "r" * 4_000
    answer = await browser.get("/sign-in/provider?next=/secret")
    assert answer.json()["name"] == "Ivy Marsh"
    assert all(len(f"{one.name}={one.value}") <= 4_096 for one in browser.cookies.jar)


async def test_a_copied_cookie_is_of_no_use_after_signing_out(browser: httpx.AsyncClient) -> None:
    csrf = (await browser.get("/sign-in/provider?next=/secret")).json()["csrf"]
    copied = {cookie.name: cookie.value or "" for cookie in browser.cookies.jar}
    await browser.post("/sign-out", data={"csrf": csrf})
    browser.cookies.clear()
    browser.cookies.update(copied)
    await assert_signed_out(browser)


async def test_a_session_left_alone_has_ended(browser: httpx.AsyncClient, postgres: EmbeddedPostgres) -> None:
    await browser.get("/sign-in/provider?next=/secret")
    admin = await asyncpg.connect(postgres.dsn(database=DATABASE))
    try:
        for minutes, status in ((29, 200), (31, 303)):
            await admin.execute(
                "UPDATE mapping.web_session SET last_seen_at = now() - make_interval(mins => $1)", minutes
            )
            assert (await browser.get("/secret", follow_redirects=False)).status_code == status
    finally:
        await admin.close()


async def test_signing_out_goes_on_to_the_provider(browser: httpx.AsyncClient, provider: Provider) -> None:
    provider.ends_sessions = True
    csrf = (await browser.get("/sign-in/provider?next=/secret")).json()["csrf"]
    answer = await browser.post("/sign-out", data={"csrf": csrf}, follow_redirects=False)
    assert answer.headers["location"].startswith(f"{provider.url}/end-session?client_id={CLIENT}&post_logout")
    assert provider.url in answer.headers["content-security-policy"].split("form-action")[1].split(";")[0]


async def _signs_in_and_out(browser: httpx.AsyncClient, admin: asyncpg.Connection) -> None:
    told = await Told.from_now(admin)
    csrf = (await browser.get("/sign-in/provider?next=/secret")).json()["csrf"]
    await browser.post("/sign-out", data={"csrf": csrf})
    entry = await told.one(Act.SIGNED_IN)
    assert (entry["actor"], entry["detail"], entry["source"]) == ("ivy", {"how": "oidc"}, "page from 127.0.0.1")
    assert (await told.one(Act.SIGNED_OUT))["actor"] == "ivy"


async def _is_not_signed_in(browser: httpx.AsyncClient, admin: asyncpg.Connection) -> None:
    told, back = await Told.from_now(admin), await sent_back(browser)
    assert_nobody(await browser.get(back.copy_set_param("state", "another")))
    entry = await told.one(Act.SIGN_IN_REFUSED)
    assert (entry["actor"], entry["detail"]["code"]) == ("", "sign_in_failed")


SCENARIOS: dict[Act, Scenario] = {
    Act.SIGNED_IN: _signs_in_and_out,
    Act.SIGNED_OUT: _signs_in_and_out,
    Act.SIGN_IN_REFUSED: _is_not_signed_in,
}


@pytest.mark.parametrize("scenario", dict.fromkeys(SCENARIOS.values()), ids=lambda one: one.__name__.strip("_"))
async def test_it_leaves_its_entry(browser: httpx.AsyncClient, postgres: EmbeddedPostgres, scenario: Scenario) -> None:
    admin = await asyncpg.connect(postgres.dsn(database=DATABASE))
    try:
        await scenario(browser, admin)
    finally:
        await admin.close()
