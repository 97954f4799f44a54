import base64
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from starlette.responses import Response

from services.mapping.api import add_routes
from services.mapping.context import Context
from services.mapping.pages import add_pages
from shared.auth import TokenVerifier
from shared.health import Health
from shared.http import create_api
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from shared.web import WebSettings
from shared.web.session import COOKIE, Session, Sessions
from stack.issuer import Issuer
from stack.people import AUDIENCE, PEOPLE
from tests.support.crm import Biller, Crm
from tests.support.databases import Databases

ISSUER = "http://issuer.example.com"
DATABASE = "pages_tests"
SETTINGS = WebSettings.model_validate(
    {
        "session_key": base64.b64encode(bytes(32)).decode(),
        "sign_in": "development",
        "sign_in_url": ISSUER,
        "tools_url": "https://crm.example.com/tools",
        "biller_tools_url": "https://crm.example.com/tools/biller",
    }
)

_ABOUT_A_CHECK = re.compile(r"/checks/[^/]+(/review)?")


@dataclass
class Browser:
    """A client with the session of a person, and the secret of its forms."""

    client: httpx.AsyncClient
    session: Session

    async def get(self, address: str) -> httpx.Response:
        return await self.client.get(address)

    async def post(self, address: str, **values: Any) -> httpx.Response:
        """Send a form; one about a check with all that its page shows."""
        shown = hidden(await self.get(address)) if _ABOUT_A_CHECK.fullmatch(address) else {}
        return await self.send(address, shown, **values)

    async def send(self, address: str, shown: Mapping[str, list[str]], **values: Any) -> httpx.Response:
        """Send a form with what a page showed, which may be a while ago."""
        return await self.client.post(address, data={**shown, "csrf": self.session.csrf, **values})


def hidden(page: httpx.Response) -> dict[str, list[str]]:
    """What the forms of a page bring along beside what a person types."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(check_no|\w+_shown)" value="([^"]*)">', page.text):
        found.setdefault(name, []).append(value)
    return found


@dataclass
class World:
    admin: asyncpg.Connection
    crm: Crm
    app: FastAPI
    issuer: Issuer

    def browser(self, person: str) -> Browser:
        session = Session().signed_in(
            self.issuer.token(person), name=person, email=f"{person}@example.com", seconds=600
        )
        response = Response()
        Sessions(SETTINGS).write(response, session)
        cookie = response.headers["set-cookie"].split(";")[0].split("=", 1)[1]
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://mapping", cookies={COOKIE: cookie}
        )
        return Browser(client, session)

    def stranger(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://mapping")


@asynccontextmanager
async def no_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


@pytest.fixture(scope="package")
async def world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with databases.migrated(DATABASE) as dsn:
        admin = await asyncpg.connect(dsn)
        database = await Database.connect(databases.dsn("ci_mapping", DATABASE), application_name="pages-tests")
        issuer = Issuer(ISSUER, Ed25519PrivateKey.generate(), PEOPLE)
        settings = SimpleNamespace(jwks_url=f"{ISSUER}/jwks.json", jwt_issuer=ISSUER, jwt_audience=AUDIENCE)
        keys = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=issuer.jwks())))
        verifier = TokenVerifier(settings, keys)
        app = create_api(service="mapping", health=Health(), lifespan=no_lifespan)
        add_routes(app)
        add_pages(app, SETTINGS)
        uploads = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri(), {})
        app.state.context = Context(database, uploads, 1024 * 1024)
        app.state.verifier = verifier
        yield World(admin, Crm(admin), app, issuer)
        await verifier.close()
        await database.close()
        await admin.close()


@pytest.fixture
async def biller(world: World) -> Biller:
    """One with WATER and SEWER and ten customers; ivy may do everything, paul paperless only."""
    made = await world.crm.biller()
    for subject, permission in (("ivy", "all"), ("paul", "paperless")):
        await world.crm.right(subject, made, permission)
    for number in range(10):
        await world.crm.customer(made, f"WTR-{number:04d}")
    return made
