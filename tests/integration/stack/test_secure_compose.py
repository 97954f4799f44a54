"""deploy/compose.secure.yml: what its settings make asks who comes, and our services come in."""

import asyncio
import contextlib
import os
import re
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import pytest
import yaml
from aiokafka.errors import KafkaError
from compose_spec import PyOptions
from typer.testing import CliRunner

from cli.__main__ import app
from cli.admin.keys import compose_environment
from cli.admin.setup import KAFKA_PASSWORDS, PASSWORDS
from cli.admin.trouble import of_postgres
from shared.messaging import ensure_access, ensure_topics, topic_differences
from shared.postgres import Database
from shared.settings import KafkaSettings, ServiceSettings, variable
from stack.kafka import java
from stack.kafka_jars import ensure_jars
from stack.ports import LOOPBACK, free_port
from stack.postgres import EmbeddedPostgres
from stack.processes import spawn
from stack.services import SERVICES, Service
from tests.support.imports import until
from tests.support.texts import ROOT

_BASE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
_TEXT = (ROOT / "deploy/compose.secure.yml").read_text()
_SECURE: dict[str, Any] = yaml.safe_load(_TEXT)["services"]
_MADE = dict(line.split("=", 1) for line in compose_environment(is_secure=True).splitlines() if line[0] != "#")
_ASKS_FOR_TLS = struct.pack(">ii", 8, 80877103)
_WITHOUT_TLS = "hostssl record cannot match because SSL is not supported by this build"  # the embedded server
_DSN = re.compile(r"postgresql://(\w+):([^@]+)@postgres:5432/customer_import\?(.+)")


def _environment(name: str) -> dict[str, str]:
    """Of a part, with both files together, filled in from the `.env` that the command makes."""
    given = _BASE[name]["environment"] | _SECURE[name]["environment"]
    return {key: _filled(str(value)) for key, value in given.items()}


def _filled(value: str) -> str:
    value = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda one: _MADE[one[1]], value)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def _settings(name: str, port: int) -> KafkaSettings:
    environment = _environment(name) | {"IMPORT_KAFKA_BOOTSTRAP": f"{LOOPBACK}:{port}"}
    names = {field: variable(field) for field in KafkaSettings.model_fields}
    return KafkaSettings.model_validate(
        {field: environment[name] for field, name in names.items() if name in environment}
    )


def test_is_valid_by_the_compose_specification() -> None:
    PyOptions(apply_merge=True).from_yaml(_TEXT).validate()
    assert set(_SECURE) == {*SERVICES, "setup", "kafka", "postgres"}


def test_what_it_asks_for_is_made_by_the_command_that_it_names() -> None:
    assert set(re.findall(r"\$\{(\w+):\?", _TEXT)) <= set(_MADE)
    assert _MADE["COMPOSE_FILE"].split(":") == ["docker-compose.yml", "deploy/compose.secure.yml"]
    assert all((ROOT / name).is_file() for name in _MADE["COMPOSE_FILE"].split(":"))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_user_and_the_role_that_setup_makes(service: Service) -> None:
    environment, setup = _environment(service), _environment("setup")
    assert environment["IMPORT_KAFKA_SASL_PASSWORD"] == setup[KAFKA_PASSWORDS[service]]
    account = _DSN.fullmatch(environment["IMPORT_POSTGRES_DSN"])
    assert account is not None
    assert (account[1], account[2]) == (f"ci_{service}", setup[PASSWORDS[f"ci_{service}"]])
    assert account[3] == "sslmode=verify-full&sslrootcert=/run/tls/ca.crt"
    assert _SECURE[service]["volumes"] == ["./certificates/ca.crt:/run/tls/ca.crt:ro"]
    names = {variable(field) for field in ServiceSettings.model_fields}
    assert set(_SECURE[service]["environment"]) <= names


@pytest.fixture(scope="module")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[int]:
    """The port of a broker that the image's own wrapper set up from the settings of both files."""
    folder = tmp_path_factory.mktemp("secure-broker")
    port, local, controller = free_port(), free_port(), free_port()
    given = _environment("kafka") | {"KAFKA_LOG_DIRS": str(folder / "data"), "CLUSTER_ID": "4L6g3nShT-eMCtK--X86sw"}
    ports = {"9092": port, "9094": local, "9093": controller}
    given = {
        name: re.sub(r"(?:kafka|localhost)?:(909[234])\b", lambda one: f"{LOOPBACK}:{ports[one[1]]}", value)
        for name, value in given.items()
    }
    names = ("default", "mounted", "final")
    for name in names:
        (folder / name).mkdir()
        for log in ("log4j2.yaml", "tools-log4j2.yaml"):
            (folder / name / log).write_text("Configuration: {Loggers: {Root: {level: INFO}, Logger: []}}\n")
    (folder / "default/server.properties").write_text("log.dirs=/nowhere\n")
    classpath = os.pathsep.join(map(str, ensure_jars()))
    options = [f"--{name}-configs-dir={folder / name}" for name in names]
    command = java(classpath, "kafka.docker.KafkaDockerWrapper", "setup", *options)
    wrapper = spawn("Kafka's wrapper of its image", command, folder / "log", environment=given)
    assert await wrapper.ended(limit=60) == 0, (folder / "log").read_text()
    kafka = spawn("Kafka", java(classpath, "kafka.Kafka", str(folder / "final/server.properties")), folder / "log")

    async def has_topics() -> bool:
        try:
            await ensure_topics(_settings("setup", port))
        except (KafkaError, OSError, TimeoutError):
            return False
        return True

    try:
        await kafka.wait_until(has_topics, limit=90)
        yield port
    finally:
        await kafka.stop()


async def test_the_broker_lets_each_service_in_with_what_setup_gave_it(broker: int) -> None:
    setup = _environment("setup")
    users = {service: setup[name] for service, name in KAFKA_PASSWORDS.items()}
    await ensure_access(_settings("setup", broker), users)

    async def are_let_in() -> bool:  # passwords are known a moment after they were given
        try:
            return not any([await topic_differences(_settings(service, broker)) for service in SERVICES])
        except KafkaError:
            return False

    await until(are_let_in, "the sign-in of every service", limit=30)


async def test_the_broker_lets_in_nobody_without_a_user(broker: int) -> None:
    unsigned = KafkaSettings(kafka_bootstrap=f"{LOOPBACK}:{broker}")
    with pytest.raises(KafkaError):
        await topic_differences(unsigned)


@asynccontextmanager
async def _speaking_tls(folder: Path, port: int) -> AsyncIterator[int]:
    """In front of the database, for the embedded one is built without TLS: the handshake as Postgres does it.

    `pg_config --configure` of its wheel names no `--with-openssl`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.crt", folder / "server.key")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(len(_ASKS_FOR_TLS)) == _ASKS_FOR_TLS
        writer.write(b"S")
        try:
            await writer.start_tls(context)
        except OSError:  # the client does not trust it
            return
        inside_reader, inside = await asyncio.open_connection(LOOPBACK, port)
        await asyncio.gather(_pass_on(reader, inside), _pass_on(inside_reader, writer))

    async with await asyncio.start_server(serve, LOOPBACK, 0) as server:
        yield server.sockets[0].getsockname()[1]


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(65_536):
            target.write(piece)
            await target.drain()
    target.close()


async def test_the_database_is_reached_by_tls_alone_and_only_as_its_certificate_says(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    command = " ".join(_SECURE["postgres"]["command"])
    assert {"ssl=on", "ssl_cert_file=/run/tls/server.crt"} <= set(command.split())
    folders = {name: tmp_path / name for name in ("ours", "another")}
    for folder in folders.values():
        done = CliRunner().invoke(app, ["admin", "certificates", str(folder), "--name", LOOPBACK])
        assert done.exit_code == 0, done.output
        assert {path.name for path in folder.iterdir()} == {"ca.crt", "server.crt", "server.key"}
    async with _speaking_tls(folders["ours"], postgres.port) as port:
        plain = postgres.dsn(database="postgres")
        dsn = plain.replace(f":{postgres.port}/", f":{port}/") + "?sslmode=verify-full&sslrootcert="
        database = await Database.connect(f"{dsn}{folders['ours'] / 'ca.crt'}", application_name="secure")
        async with database.connection() as connection:
            assert await connection.fetchval("SELECT 1") == 1
        await database.close()
        for file, said in (("another/ca.crt", "not of the authority"), ("nothing.crt", "is not there")):
            with pytest.raises((ssl.SSLCertVerificationError, FileNotFoundError)) as refused:
                await asyncpg.connect(f"{dsn}{tmp_path / file}")
            assert said in of_postgres(refused.value, "IMPORT_POSTGRES_DSN").problem
    with pytest.raises(ConnectionError):  # a server that speaks no TLS is none of ours
        await asyncpg.connect(f"{plain}?sslmode=verify-full&sslrootcert={folders['ours'] / 'ca.crt'}")


async def test_the_database_refuses_whoever_comes_without_tls_or_password(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    rules = ROOT / "deploy/postgres/pg_hba.conf"
    [mounted] = [volume for volume in _SECURE["postgres"]["volumes"] if str(rules.relative_to(ROOT)) in volume]
    assert f"-c hba_file={mounted.split(':')[1]}" in " ".join(_SECURE["postgres"]["command"])
    folder = tmp_path_factory.mktemp("hba")
    async with EmbeddedPostgres(folder, settings={"unix_socket_directories": f"'{folder / 'data'}'"}) as server:
        connection = await asyncpg.connect(server.dsn())
        (folder / "data/pg_hba.conf").write_bytes(rules.read_bytes())
        await connection.execute("SELECT pg_reload_conf()")
        read = await connection.fetch("SELECT type, address, auth_method, error FROM pg_hba_file_rules")
        assert [row["type"] for row in read] == ["local", "hostssl"]
        assert {(row["address"], row["auth_method"]) for row in read} == {
            (None, "scram-sha-256"),
            ("all", "scram-sha-256"),
        }
        assert {row["error"] for row in read} == {None, _WITHOUT_TLS}

        async def is_refused() -> bool:  # the server reads the rules again a moment after it was told to
            try:
                await (await asyncpg.connect(server.dsn())).close()
            except asyncpg.InvalidAuthorizationSpecificationError as error:
                return "no pg_hba.conf entry" in str(error)
            return False

        await until(is_refused, "a refusal of a connection without TLS", limit=10)
        password = unquote(str(urlsplit(server.dsn()).password))
        local = f"postgresql://postgres@/postgres?host={folder / 'data'}&port={server.port}"
        await (await asyncpg.connect(local, password=password)).close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(local, password="another")
        await connection.close()


def test_certificates_are_never_written_over(tmp_path: Path) -> None:
    first = CliRunner().invoke(app, ["admin", "certificates", str(tmp_path)])
    again = CliRunner().invoke(app, ["admin", "certificates", str(tmp_path)])
    assert (first.exit_code, again.exit_code) == (0, 1)
    assert (tmp_path / "server.key").stat().st_mode & 0o077 == 0
