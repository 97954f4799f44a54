from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from services.mapping.api import add_routes
from services.mapping.context import Context
from services.mapping.handlers import RequestHandlers, subscriptions
from shared.audit import Refusals
from shared.auth import TokenVerifier
from shared.health import Health
from shared.http import create_api
from shared.maintenance import Maintenance, add_maintenance_routes
from shared.messaging import DeadLetters
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from stack.issuer import Issuer
from stack.people import AUDIENCE, PEOPLE, Person
from tests.integration.mapping.world import World
from tests.support.crm import Biller, Crm
from tests.support.databases import Databases

ISSUER = "http://issuer.example.com"
VERA = Person("vera", "Vera", "vera@example.com", "looks after dead letters", "all")
MALLORY = Person("mallory", "Mallory", "mallory@example.com", "has no right anywhere", "paperless")
LIMIT = 3 * 1024 * 1024
DATABASE = "mapping_tests"


@pytest.fixture(scope="package")
async def dsns(databases: Databases) -> AsyncIterator[tuple[str, str]]:
    """The superuser's and mapping's URL of a migrated database."""
    async with databases.migrated(DATABASE) as admin:
        yield admin, databases.dsn("ci_mapping", DATABASE)


@pytest.fixture(scope="package")
def issuer() -> Issuer:
    return Issuer(ISSUER, Ed25519PrivateKey.generate(), {**PEOPLE, VERA.key: VERA, MALLORY.key: MALLORY})


@pytest.fixture(scope="package")
async def verifier(issuer: Issuer) -> AsyncIterator[TokenVerifier]:
    settings = SimpleNamespace(jwks_url=f"{ISSUER}/jwks.json", jwt_issuer=ISSUER, jwt_audience=AUDIENCE)
    keys = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=issuer.jwks())))
    made = TokenVerifier(settings, keys)
    yield made
    await made.close()


@pytest.fixture(scope="package")
async def world(
    dsns: tuple[str, str], issuer: Issuer, verifier: TokenVerifier, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    admin = await asyncpg.connect(dsns[0])
    database = await Database.connect(dsns[1], application_name="mapping-tests")
    uploads = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri(), {})
    app = create_api(service="mapping", health=Health(), lifespan=no_lifespan)
    add_routes(app)
    add_maintenance_routes(app, "mapping")
    letters = DeadLetters(database, subscriptions(RequestHandlers(verifier)))
    app.state.context = Context(database, uploads, LIMIT)
    app.state.verifier = verifier
    app.state.refusals = Refusals(database)
    app.state.maintenance = Maintenance(database, letters)
    made = World(admin, Crm(admin), database, uploads, app, issuer)
    yield made
    for client in made.clients.values():
        await client.aclose()
    await database.close()
    await admin.close()


@pytest.fixture
async def biller(world: World) -> Biller:
    """One with WATER and SEWER, ten customers, ivy and sam with all rights (sam may approve), paul with paperless."""
    made = await world.crm.biller()
    for subject, permission in (("ivy", "all"), ("sam", "all"), ("paul", "paperless")):
        await world.crm.right(subject, made, permission)
    await world.may_approve("sam")
    for number in range(10):
        await world.crm.customer(made, f"WTR-{number}")
    return made


@asynccontextmanager
async def no_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield
