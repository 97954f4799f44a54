"""`customer-import admin doctor` names each of many faults, one injected at a time, and what to do about it."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import asyncpg
import pytest
from aiosmtpd.smtp import SMTP
from fastapi import FastAPI, HTTPException, Request

from cli.admin.doctor import around, crm, database, grants
from cli.admin.doctor.findings import Finding, Standing
from cli.admin.doctor.looking import look
from cli.admin.doctor.parts import Part
from cli.admin.keys import new_keys
from cli.errors import ExitCode
from shared.contracts.topics import Topic
from shared.messaging import topics
from shared.migrations import ROLES
from shared.sealed_files import FileSealer
from shared.secure_upload import SecureUpload, object_key
from stack.mail import Catcher
from stack.ports import LOOPBACK, free_port
from stack.postgres import EmbeddedPostgres
from tests.integration.administration.conftest import PASSWORD, command
from tests.support.grants import crm_columns, granted
from tests.support.serving import served

_UNDO_LAST = """
    DELETE FROM notification.schema_migration
    WHERE file = (SELECT max(file) FROM notification.schema_migration WHERE file LIKE 'notifier/%') RETURNING *
"""
Environment = pytest.MonkeyPatch
pytestmark = pytest.mark.usefixtures("set_up")


@pytest.fixture(scope="package")
async def realms() -> AsyncIterator[str]:
    """A provider with two realms, each with a key of its own."""
    app = FastAPI()

    @app.get("/realms/{realm}/.well-known/openid-configuration")
    async def discovery(realm: str, request: Request) -> dict[str, str]:
        if realm == "silent":
            raise HTTPException(404)
        issuer = f"{request.base_url}realms/{realm}"
        addresses = {
            name: f"{issuer}/{name.partition('_')[0]}" for name in ("authorization_endpoint", "token_endpoint")
        }
        return {"issuer": issuer, "jwks_uri": f"{issuer}/keys", **addresses}

    @app.post("/realms/{realm}/token")
    async def token(realm: str, request: Request) -> None:
        is_known = realm != "strict" or request.headers["authorization"] == f"Basic {b64encode(b'known:').decode()}"
        raise HTTPException(400, {"error": "invalid_grant" if is_known else "invalid_client"})

    @app.get("/realms/{realm}/keys")
    async def keys(realm: str) -> dict[str, list[dict[str, str]]]:
        return {"keys": [{"kid": f"key of {realm}", "kty": "EC"}]}

    async with served(app) as address:
        yield address


@pytest.fixture(scope="package")
async def mail_port(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    catcher = Catcher(tmp_path_factory.mktemp("mail"))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(catcher, hostname="localhost"), LOOPBACK, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def notifier(
    environment: Environment,
    postgres: EmbeddedPostgres,
    realms: str,
    mail_port: int,
    tmp_path: Path,
) -> Environment:
    """The environment of the notifier, which depends on everything there is; keys of validation are in it, too."""
    values = new_keys() | {
        "IMPORT_POSTGRES_DSN": postgres.dsn("ci_notifier", PASSWORD, database="administration_tests"),
        "IMPORT_JWKS_URL": f"{realms}/realms/ours/keys",
        "IMPORT_JWT_ISSUER": f"{realms}/realms/ours",
        "IMPORT_JWT_AUDIENCE": "customer-import",
        "IMPORT_SECURE_UPLOAD_URL": (tmp_path / "upload").as_uri(),
        "IMPORT_SIGN_IN": "oidc",
        "IMPORT_OIDC_ISSUER": f"{realms}/realms/ours",
        "IMPORT_SMTP_HOST": LOOPBACK,
        "IMPORT_SMTP_PORT": str(mail_port),
        "IMPORT_SMTP_STARTTLS": "none",
        "IMPORT_MAIL_FROM": "imports@example.com",
    }
    for name, value in values.items():
        environment.setenv(name, value)
    return environment


def _as(environment: Environment, postgres: EmbeddedPostgres, part: Part) -> None:
    dsn = postgres.dsn(f"ci_{part}", PASSWORD, database="administration_tests")
    environment.setenv("IMPORT_POSTGRES_DSN", dsn)


def _wrong(found: list[Finding]) -> list[Finding]:
    return [one for one in found if one.standing == Standing.WRONG]


async def _only(part: Part) -> Finding:
    """The one thing that is wrong; every wrong thing has a remedy."""
    found = _wrong(await look(part))
    assert len(found) == 1, found
    assert found[0].remedy
    return found[0]


@pytest.mark.parametrize("part", list(Part))
async def test_all_is_well(notifier: Environment, postgres: EmbeddedPostgres, part: Part) -> None:
    if part != Part.SETUP:
        _as(notifier, postgres, part)
    found = await look(part)
    assert _wrong(found) == []
    assert len(found) > 4


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("IMPORT_SMTP_PORT", "many", "IMPORT_SMTP_PORT"),
        ("IMPORT_MAIL_FROM", None, "IMPORT_MAIL_FROM is not set"),
        ("IMPORT_SESSION_KEY", "c2hvcnQ=", "IMPORT_SESSION_KEY"),
    ],
)
async def test_a_setting_that_is_missing_or_no_use(
    notifier: Environment, name: str, value: str | None, said: str
) -> None:
    notifier.delenv(name) if value is None else notifier.setenv(name, value)
    found = await _only(Part.NOTIFIER)
    assert (found.check, said in found.found) == ("settings", True)


async def test_a_bad_key(notifier: Environment, postgres: EmbeddedPostgres) -> None:
    _as(notifier, postgres, Part.VALIDATION)
    notifier.setenv("IMPORT_DATA_KEYS", '{"k1": "dG9vIHNob3J0"}')
    found = await _only(Part.VALIDATION)
    assert "IMPORT_DATA_KEYS" in found.found
    assert "dG9v" not in found.found


async def test_a_wrong_password_of_a_service(notifier: Environment, postgres: EmbeddedPostgres) -> None:
    notifier.setenv("IMPORT_POSTGRES_DSN", postgres.dsn("ci_notifier", "wrong", database="administration_tests"))
    found = await _only(Part.NOTIFIER)
    assert "password" in found.found
    assert "IMPORT_POSTGRES_DSN" in found.remedy


async def test_a_wrong_password_that_the_administrator_has(notifier: Environment) -> None:
    notifier.setenv("IMPORT_EXECUTOR_PASSWORD", "wrong")
    found = await _only(Part.SETUP)
    assert (found.check, "IMPORT_EXECUTOR_PASSWORD" in found.found) == ("password of ci_executor", True)


async def test_the_role_of_another_service(notifier: Environment, postgres: EmbeddedPostgres) -> None:
    _as(notifier, postgres, Part.EXECUTOR)
    found = _wrong(await look(Part.NOTIFIER))
    assert "ci_executor, not ci_notifier" in [one.found for one in found if one.check == "role"]


async def test_postgres_away(notifier: Environment) -> None:
    notifier.setenv("IMPORT_POSTGRES_DSN", f"postgresql://ci_notifier:x@{LOOPBACK}:{free_port()}/customer_import")
    assert "can't be reached" in (await _only(Part.NOTIFIER)).found


async def test_no_such_database(notifier: Environment, postgres: EmbeddedPostgres) -> None:
    notifier.setenv("IMPORT_POSTGRES_DSN", postgres.dsn("ci_notifier", PASSWORD, database="no_such_database"))
    assert "no database" in (await _only(Part.NOTIFIER)).found


@pytest.mark.usefixtures("notifier")
@pytest.mark.parametrize("part", [Part.NOTIFIER, Part.SETUP])
async def test_a_migration_that_has_not_run(admin_dsn: str, part: Part) -> None:
    connection = await asyncpg.connect(admin_dsn)
    try:
        [row] = await connection.fetch(_UNDO_LAST)
        found = await _only(part)
    finally:
        await connection.execute("INSERT INTO notification.schema_migration SELECT $1, $2, $3", *row)
        await connection.close()
    assert found.found == f"missing: notification/{row['file'].partition('/')[2]}"
    assert "admin setup" in found.remedy


@pytest.mark.usefixtures("notifier")
async def test_a_role_that_is_missing(admin_dsn: str) -> None:
    connection = await asyncpg.connect(admin_dsn)
    await connection.execute("ALTER ROLE ci_mapping RENAME TO somebody_else")
    try:
        found = _wrong(await look(Part.SETUP))
    finally:
        await connection.execute("ALTER ROLE somebody_else RENAME TO ci_mapping")
        await connection.close()
    assert ("roles", "missing: ci_mapping") in [(one.check, one.found) for one in found]


async def test_a_right_of_the_database_that_is_missing(
    notifier: Environment, postgres: EmbeddedPostgres, admin_dsn: str
) -> None:
    _as(notifier, postgres, Part.EXECUTOR)
    connection = await asyncpg.connect(admin_dsn)
    await connection.execute("REVOKE TEMPORARY ON DATABASE administration_tests FROM ci_executor")
    try:
        found = await _only(Part.EXECUTOR)
    finally:
        await connection.execute("GRANT TEMPORARY ON DATABASE administration_tests TO ci_executor")
        await connection.close()
    assert "temporary tables" in found.found


@pytest.mark.parametrize("part", [Part.SETUP, Part.EXECUTOR])
@pytest.mark.parametrize(
    ("right", "said"),
    [
        ("UPDATE, SELECT ON crm.customer", "lacks SELECT, UPDATE on crm.customer"),
        ("UPDATE (customer_id) ON crm.authorization_record", "lacks UPDATE (customer_id) on crm.authorization_record"),
        ("EXECUTE ON FUNCTION mapping.first_import(uuid)", "lacks EXECUTE on function mapping.first_import(uuid)"),
        ("USAGE ON SCHEMA crm", "lacks USAGE on schema crm"),
        ("USAGE ON SEQUENCE execution.dead_letter_id_seq", "lacks USAGE on sequence execution.dead_letter_id_seq"),
    ],
)
async def test_a_grant_that_is_missing_is_named_with_the_statement_that_gives_it(
    notifier: Environment, postgres: EmbeddedPostgres, admin_dsn: str, part: Part, right: str, said: str
) -> None:
    if part != Part.SETUP:
        _as(notifier, postgres, part)
    connection = await asyncpg.connect(admin_dsn)
    await connection.execute(f"REVOKE {right} FROM ci_executor")
    try:
        found = await _only(part)
        assert (found.check, found.found) == ("grants", f"ci_executor {said}")
        await connection.execute(found.remedy)
        assert _wrong(await look(part)) == []
    finally:
        await connection.execute(f"GRANT {right} TO ci_executor")
        await connection.close()


async def test_each_grant_is_seen_to_be_missing_and_those_that_the_migrations_make_are_all(admin_dsn: str) -> None:
    connection = await asyncpg.connect(admin_dsn)
    given = connection.transaction()
    await given.start()
    try:
        assert await granted(connection) == grants.FILE.read_text().splitlines(), "python -m tests.support.grants"
        assert await crm_columns(connection) == crm.FILE.read_text().splitlines(), "python -m tests.support.grants"
        for one in grants.together(grants.needed()):
            revoking = one.statement.replace("GRANT", "REVOKE", 1).replace(f" TO {one.role}", f" FROM {one.role}")
            await connection.execute(revoking)
        lacks = await grants.lacking(connection, ROLES)
        assert lacks == list(grants.needed())
        for one in grants.together(lacks):
            await connection.execute(one.statement)
        assert await grants.lacking(connection, ROLES) == []
    finally:
        await given.rollback()
        await connection.close()


@pytest.mark.usefixtures("notifier")
@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        ("crm.notice RENAME TO gone", "crm.gone RENAME TO notice", "crm.notice is not there"),
        (
            "crm.customer RENAME phone TO telephone",
            "crm.customer RENAME telephone TO phone",
            "crm.customer has no column phone (text)",
        ),
        (
            "crm.invoice ALTER number TYPE varchar(80)",
            "crm.invoice ALTER number TYPE text",
            "crm.invoice.number is character varying(80), not text",
        ),
    ],
)
async def test_a_crm_that_is_not_as_the_services_need_it(admin_dsn: str, there: str, instead: str, said: str) -> None:
    connection = await asyncpg.connect(admin_dsn)
    await connection.execute(f"ALTER TABLE {there}")
    try:
        found = await _only(Part.SETUP)
    finally:
        await connection.execute(f"ALTER TABLE {instead}")
        await connection.close()
    assert (found.check, found.found, "join-your-crm.md" in found.remedy) == ("CRM", said, True)


async def test_a_clock_that_is_wrong(notifier: Environment) -> None:
    notifier.setattr(database, "time", SimpleNamespace(time=lambda: time.time() - 60))
    found = await _only(Part.NOTIFIER)
    assert (found.check, "60 s" in found.found) == ("clock", True)


async def test_kafka_away(notifier: Environment) -> None:
    notifier.setenv("IMPORT_KAFKA_BOOTSTRAP", f"{LOOPBACK}:{free_port()}")
    found = await _only(Part.NOTIFIER)
    assert (found.check, "IMPORT_KAFKA_BOOTSTRAP" in found.found) == ("Kafka", True)


async def test_a_topic_that_is_missing(notifier: Environment) -> None:
    topic = Topic("customer-import.nobody-made-it.v1", (), ())
    notifier.setattr(topics, "TOPICS", (*topics.TOPICS, topic))
    found = await _only(Part.NOTIFIER)
    assert (found.check, found.found) == ("topics", f"missing: {topic.name}")


async def test_a_provider_that_is_away(notifier: Environment) -> None:
    notifier.setenv("IMPORT_JWKS_URL", f"http://{LOOPBACK}:{free_port()}/keys")
    assert "IMPORT_JWKS_URL" in (await _only(Part.NOTIFIER)).found


async def test_keys_of_another_realm(notifier: Environment, realms: str) -> None:
    notifier.setenv("IMPORT_JWKS_URL", f"{realms}/realms/theirs/keys")
    assert "two realms" in (await _only(Part.NOTIFIER)).found


async def test_an_issuer_by_another_name(notifier: Environment, realms: str) -> None:
    notifier.setenv("IMPORT_JWT_ISSUER", f"{realms}/realms/ours/")
    assert "letter by letter" in (await _only(Part.NOTIFIER)).remedy


async def test_a_sign_in_that_is_nowhere(notifier: Environment, realms: str) -> None:
    notifier.setenv("IMPORT_OIDC_ISSUER", f"{realms}/realms/silent")
    assert (await _only(Part.NOTIFIER)).check == "pages"


async def test_a_client_that_the_provider_does_not_know(notifier: Environment, realms: str) -> None:
    notifier.setenv("IMPORT_OIDC_ISSUER", f"{realms}/realms/strict")
    found = await _only(Part.NOTIFIER)
    assert (found.check, "IMPORT_OIDC_CLIENT_SECRET" in found.remedy) == ("pages", True)
    notifier.setenv("IMPORT_OIDC_CLIENT_ID", "known")
    assert _wrong(await look(Part.NOTIFIER)) == []


async def test_an_address_that_is_none(notifier: Environment) -> None:
    notifier.setenv("IMPORT_STATUS_URL", "imports.example.com")
    assert "IMPORT_STATUS_URL" in (await _only(Part.NOTIFIER)).found


async def test_a_variable_that_nothing_reads(notifier: Environment) -> None:
    notifier.setenv("IMPORT_POSTGRESDSN", "x")
    told = [(one.found, one.remedy) for one in await look(Part.SETUP) if one.standing == Standing.ADVICE]
    assert ("nothing reads IMPORT_POSTGRESDSN", "Is IMPORT_POSTGRES_DSN meant?") in told


async def test_a_validation_that_does_not_respond_is_told(notifier: Environment, postgres: EmbeddedPostgres) -> None:
    _as(notifier, postgres, Part.MAPPING)
    notifier.setenv("IMPORT_VALIDATION_URL", f"http://{LOOPBACK}:{free_port()}")
    found = await look(Part.MAPPING)
    assert _wrong(found) == []
    assert ("validation", Standing.ADVICE) in [(one.check, one.standing) for one in found]


async def test_a_store_that_is_not_where_files_are_and_one_whose_keys_are_others(
    notifier: Environment, admin_dsn: str, tmp_path: Path
) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield b"Account\n1\n"

    key = object_key(1, uuid4())
    await SecureUpload((tmp_path / "upload").as_uri(), {}, FileSealer({"k": b"1" * 32}, "k")).put(key, content(), 100)
    keys = {name: json.dumps({"k": b64encode(sign * 32).decode()}) for name, sign in (("ours", b"1"), ("others", b"2"))}
    notifier.setenv("IMPORT_SECURE_UPLOAD_KEY_ID", "k")
    connection = await asyncpg.connect(admin_dsn)
    await connection.execute(
        "INSERT INTO mapping.secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)"
        " VALUES ($1, 1, 'a.csv', '', 10, $2, 'unknown', 'ann')",
        *(uuid4(), key),
    )
    try:
        notifier.setenv("IMPORT_SECURE_UPLOAD_KEYS", keys["ours"])
        assert _wrong(await look(Part.NOTIFIER)) == []
        notifier.setenv("IMPORT_SECURE_UPLOAD_KEYS", keys["others"])
        assert "IMPORT_SECURE_UPLOAD_KEYS" in (await _only(Part.NOTIFIER)).remedy
        notifier.setenv("IMPORT_SECURE_UPLOAD_URL", (tmp_path / "elsewhere").as_uri())
        assert "IMPORT_SECURE_UPLOAD_URL" in (await _only(Part.NOTIFIER)).remedy
    finally:
        await connection.execute("DELETE FROM mapping.secure_file WHERE object_key = $1", key)
        await connection.close()


async def test_a_provider_without_a_discovery_document_is_no_fault(notifier: Environment, realms: str) -> None:
    notifier.setenv("IMPORT_JWT_ISSUER", f"{realms}/realms/silent")
    assert _wrong(await look(Part.NOTIFIER)) == []


async def test_mail_server_away(notifier: Environment) -> None:
    notifier.setenv("IMPORT_SMTP_PORT", str(free_port()))
    assert "IMPORT_SMTP_HOST" in (await _only(Part.NOTIFIER)).found


async def test_mail_server_without_the_encryption_that_is_required(notifier: Environment) -> None:
    notifier.setenv("IMPORT_SMTP_STARTTLS", "required")
    assert "IMPORT_SMTP_STARTTLS" in (await _only(Part.NOTIFIER)).remedy


@pytest.mark.parametrize("url", ["s3://secure-upload", "file:///proc/nowhere", "relative/folder"])
@pytest.mark.parametrize("part", [Part.NOTIFIER, Part.MAPPING])
async def test_a_store_that_cannot_be_used(
    notifier: Environment, postgres: EmbeddedPostgres, url: str, part: Part
) -> None:
    _as(notifier, postgres, part)
    notifier.setattr(around, "LIMIT_SECONDS", 2.0)
    notifier.setenv("IMPORT_SECURE_UPLOAD_URL", url)
    endpoint = f'{{"endpoint": "http://{LOOPBACK}:{free_port()}", "allow_http": "true", "region": "x"}}'
    notifier.setenv("IMPORT_SECURE_UPLOAD_OPTIONS", endpoint)
    found = await _only(part)
    assert "IMPORT_SECURE_UPLOAD_URL" in found.found


async def test_nothing_is_left_in_the_store(notifier: Environment, postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    _as(notifier, postgres, Part.MAPPING)
    await look(Part.MAPPING)
    assert [path for path in (tmp_path / "upload").rglob("*") if path.is_file()] == []


def test_the_command_lists_what_it_found_and_fails_if_anything_is_wrong(environment: Environment) -> None:
    environment.setenv("IMPORT_ADMIN_DSN", f"postgresql://postgres:hush@{LOOPBACK}:{free_port()}/x")
    answer = command("doctor", "--json")
    assert answer.code == ExitCode.REFUSED
    assert [one["standing"] for one in answer.json].count("wrong") == 1
    plain = command("doctor").output
    assert "wrong\tPostgres\t" in plain
    assert "hush" not in plain
    with suppress(KeyError):
        environment.delenv("IMPORT_ADMIN_DSN")
    assert "IMPORT_ADMIN_DSN is not set" in command("doctor").output
