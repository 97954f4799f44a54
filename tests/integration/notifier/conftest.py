import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from services.notifier.api.routes import add_routes
from services.notifier.context import Context
from services.notifier.handlers import subscriptions
from services.notifier.live import Changes
from services.notifier.log_file import ResultLog
from services.notifier.pages import add_pages
from services.notifier.signing import SecretBox
from shared.audit import Refusals
from shared.auth import TokenVerifier
from shared.health import Health
from shared.http import create_api
from shared.maintenance import Maintenance, add_maintenance_routes
from shared.messaging import DeadLetters, LagReader
from shared.postgres import Database
from shared.secure_upload import SecureUpload
from shared.settings import KafkaSettings
from stack.issuer import Issuer
from stack.people import AUDIENCE, Person
from tests.integration.notifier.browsing import SETTINGS, UNSUBSCRIBING, client_of
from tests.integration.notifier.world import HANDLERS, World
from tests.support.databases import Databases

BOUNCE_SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()
NO_BROKER = KafkaSettings(kafka_bootstrap="127.0.0.1:1")
ISSUER = "http://issuer.example.com"
PEOPLE = {name: Person(name, name.title(), f"{name}@example.com", "", "all") for name in ("iris", "paula", "nora")}


@pytest.fixture(scope="module")
async def dsns(databases: Databases) -> AsyncIterator[tuple[str, str]]:
    """The superuser's and the notifier's URL of a migrated database."""
    name = "notifier_tests"
    async with databases.migrated(name) as admin:
        yield admin, databases.dsn("ci_notifier", name)


@pytest.fixture(scope="module")
async def world(dsns: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    admin = await asyncpg.connect(dsns[0])
    database = await Database.connect(dsns[1], application_name="notifier-tests")
    uploads = SecureUpload(tmp_path_factory.mktemp("uploads").as_uri(), {})
    yield World(admin, database, dsns[1], uploads)
    await database.close()
    await admin.close()


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(ISSUER, Ed25519PrivateKey.generate(), PEOPLE)


@pytest.fixture(scope="module")
async def app(world: World, issuer: Issuer) -> AsyncIterator[FastAPI]:
    settings = SimpleNamespace(jwks_url=f"{ISSUER}/jwks.json", jwt_issuer=ISSUER, jwt_audience=AUDIENCE)
    keys = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=issuer.jwks())))
    verifier = TokenVerifier(settings, keys)
    async with Changes(world.dsn) as changes:
        await changes.listening(10)
        api = create_api(service="notifier", health=Health(), lifespan=no_lifespan)
        add_routes(api)
        add_maintenance_routes(api, "notifier")
        api.state.context = Context(
            database=world.database,
            changes=changes,
            log=ResultLog(world.database, world.uploads),
            heartbeat_seconds=1,
            stream_seconds=30,
            lag=LagReader(NO_BROKER),
            unsubscribing=UNSUBSCRIBING,
            box=SecretBox(bytes(32)),
            bounce_secrets=(BOUNCE_SECRET,),
        )
        letters = DeadLetters(world.database, tuple(subscriptions(HANDLERS)))
        api.state.verifier = verifier
        api.state.refusals = Refusals(world.database)
        api.state.maintenance = Maintenance(world.database, letters)
        yield api
    await verifier.close()


@pytest.fixture(scope="module")
async def client(app: FastAPI, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    """Signed in as iris."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://notifier/api/v1", headers=signed_in(issuer, "iris")
    ) as one:
        yield one


@asynccontextmanager
async def no_lifespan(_app: FastAPI) -> AsyncIterator[None]:
    yield


def signed_in(issuer: Issuer, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issuer.token(name)}"}


@pytest.fixture(scope="module")
def pages(app: FastAPI) -> FastAPI:
    add_pages(app, SETTINGS)
    return app


@pytest.fixture
async def iris(pages: FastAPI, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(pages, issuer, "iris") as client:
        yield client


@pytest.fixture
async def biller(world: World) -> AsyncIterator[int]:
    """One at which iris may do everything; paula paperless only; nora nothing."""
    number = await world.biller()
    await world.right("iris", number, "all")
    await world.right("paula", number, "paperless")
    yield number
    for name in ("iris", "paula"):
        await world.no_rights(name)
