"""The compose file is valid, and says the same as what the embedded stack starts."""

import base64
import importlib.util
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import typer
import yaml
from compose_spec import PyOptions

from cli.__main__ import app
from cli.admin.keys import compose_environment
from cli.admin.setup import PASSWORDS
from cli.system import ENVIRONMENT
from services.executor.settings import ExecutorSettings
from services.mapping.settings import MappingSettings
from services.notifier.settings import NotifierSettings
from services.validation.settings import ValidationSettings
from shared.settings import AuthSettings, HttpServiceSettings, Settings, TracingSettings, variable
from shared.version import VERSION
from shared.web import WebSettings
from stack.kafka import _SETTINGS as BROKER_SETTINGS
from stack.kafka import java
from stack.kafka_jars import KAFKA_VERSION, ensure_jars
from stack.postgres import _SETTINGS as POSTGRES_SETTINGS
from stack.processes import spawn
from stack.services import SERVICES, Secrets, Service, Surroundings, environment, role

_ROOT = Path(__file__).parents[3]
_TEXT = (_ROOT / "docker-compose.yml").read_text()
_COMPOSE: dict[str, Any] = yaml.safe_load(_TEXT)
_SERVED: dict[str, Any] = _COMPOSE["services"]
_SCRIPTS = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["scripts"]
_SETTINGS: dict[Service, type[HttpServiceSettings]] = {
    "mapping": MappingSettings,
    "validation": ValidationSettings,
    "executor": ExecutorSettings,
    "notifier": NotifierSettings,
}
_SECRET = re.compile(r"password|secret|key", re.IGNORECASE)
# The embedded stack keeps files on disk, not sealed, for the last release reads them, too, and writes logs as every
# deployment does; a store over HTTP needs its options.
_ONLY_IN_COMPOSE = {
    *("IMPORT_TRUSTED_PROXIES", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    *("IMPORT_TOOLS_URL", "IMPORT_BILLER_TOOLS_URL"),  # no CRM has pages beside the embedded stack
    *("IMPORT_SECURE_UPLOAD_OPTIONS", "IMPORT_SECURE_UPLOAD_KEYS", "IMPORT_SECURE_UPLOAD_KEY_ID"),
    *("IMPORT_OIDC_ISSUER", "IMPORT_OIDC_CLIENT_ID", "IMPORT_OIDC_CLIENT_SECRET"),
}
_ONLY_EMBEDDED = {"IMPORT_SIGN_IN_URL"}  # of the development issuer
_OF_WHO_RUNS_IT = {"./intake:/etc/customer-import:ro", "./intake-files:/srv/intake"}


def _embedded(service: Service) -> dict[str, str]:
    surroundings = Surroundings(
        dsns={name: f"postgresql://{role(name)}:x@127.0.0.1:5432/customer_import" for name in SERVICES},
        kafka_bootstrap="127.0.0.1:9092",
        issuer_url="http://127.0.0.1:1",
        secure_upload=Path("/upload"),
        smtp_port=1025,
        wizard_url="http://127.0.0.1:2",
        status_url="http://127.0.0.1:3",
        validation_url="http://127.0.0.1:4",
    )
    return environment(service, 8000, surroundings, Secrets.generate())


def _filled(value: str) -> str:
    """As compose fills it in, where nothing has a value but what has to."""
    key = base64.b64encode(bytes(32)).decode()
    keys = json.dumps({"k1": key})
    required = dict.fromkeys(("IMPORT_DATA_KEYS", "IMPORT_SECURE_UPLOAD_KEYS"), keys)
    required |= dict.fromkeys(("IMPORT_FINGERPRINT_KEY", "IMPORT_SESSION_KEY"), key)
    value = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: required.get(found[1], "https://id.example"), value)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def test_is_valid_by_the_compose_specification() -> None:
    compose = PyOptions(apply_merge=True).from_yaml(_TEXT)
    compose.validate()
    assert set(SERVICES) < set(compose.service_names())


@pytest.mark.parametrize("service", SERVICES)
def test_starts_the_service_by_its_installed_command(service: Service) -> None:
    [command] = _SERVED[service]["command"]
    assert _SCRIPTS[command] == f"services.{service}.__main__:main"


@pytest.mark.parametrize("part", ["setup", "intake"])
def test_other_parts_are_commands_of_the_command_line(part: str) -> None:
    program, *words = _SERVED[part]["command"]
    assert _SCRIPTS[program] == "cli.__main__:main"
    command: Any = typer.main.get_command(app)
    while isinstance(command, typer.core.TyperGroup):
        command = command.commands[words.pop(0)]
    options = {name for one in command.params for name in one.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_the_intake_reads_what_the_command_line_reads_and_its_health_is_the_file_that_it_touches() -> None:
    part = _SERVED["intake"]
    assert part["profiles"] == ["intake"]
    assert set(part["environment"]) <= set(ENVIRONMENT)
    command = part["command"]
    beat = command[command.index("--heartbeat") + 1]
    assert part["healthcheck"]["test"] == ["CMD", "python", "-m", "shared.probe", beat]
    assert Path(beat).parent == Path(part["tmpfs"][0])
    mounted = {volume.split(":")[1] for volume in part["volumes"]}
    assert {str(Path(command[command.index(name) + 1]).parent) for name in ("--places", "--rules")} <= mounted


def test_the_modules_that_health_checks_run_are_there() -> None:
    tests = [service["healthcheck"]["test"] for service in _SERVED.values() if "healthcheck" in service]
    modules = [test[test.index("-m") + 1] for test in tests if "-m" in test]
    assert len(modules) == len(SERVICES) + len(["intake"])
    assert all(importlib.util.find_spec(module) for module in modules)


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_is_a_setting_of_its_service_and_has_a_value_that_it_takes(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {name: _filled(str(value)) for name, value in _SERVED[service]["environment"].items()}
    types: list[type[Settings]] = [_SETTINGS[service], TracingSettings]
    if "IMPORT_SESSION_KEY" in given:
        types.append(WebSettings)
    known = {variable(name, each) for each in types for name in each.model_fields}
    assert set(given) - known == set()
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    for each in types:
        each()


def test_setup_gets_what_it_reads() -> None:
    assert set(_SERVED["setup"]["environment"]) == {"IMPORT_ADMIN_DSN", "IMPORT_KAFKA_BOOTSTRAP", *PASSWORDS.values()}


@pytest.mark.parametrize("service", SERVICES)
def test_gives_the_same_settings(service: Service) -> None:
    assert set(_SERVED[service]["environment"]) - _ONLY_IN_COMPOSE == set(_embedded(service)) - _ONLY_EMBEDDED


@pytest.mark.parametrize("service", SERVICES)
def test_uses_the_same_role_and_database(service: Service) -> None:
    account = re.compile(r"postgresql://(\w+):.*@[^/]+/(\w+)$")
    in_compose = account.fullmatch(_SERVED[service]["environment"]["IMPORT_POSTGRES_DSN"])
    embedded = account.fullmatch(_embedded(service)["IMPORT_POSTGRES_DSN"])
    assert in_compose is not None
    assert embedded is not None
    assert in_compose.groups() == embedded.groups()


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_can_be_scaled(service: Service) -> None:
    assert not {"container_name", "ports", "hostname"} & set(_SERVED[service])


def test_broker_has_the_same_settings() -> None:
    # Of one node and its topics; what only quickens a broker that is killed in tests is left out.
    in_compose = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in _SERVED["kafka"]["environment"].items()
    }
    shared = in_compose.keys() & BROKER_SETTINGS.keys()
    assert {"process.roles", "auto.create.topics.enable", "offsets.topic.replication.factor"} <= shared
    for name in shared:
        assert set(in_compose[name].split(",")) == set(BROKER_SETTINGS[name].split(",")), name


def test_postgres_keeps_values_out_of_its_log() -> None:
    settings = dict(part.split("=") for part in _SERVED["postgres"]["command"] if "=" in part)
    assert settings
    for name, value in settings.items():
        assert POSTGRES_SETTINGS[name] == value


def test_holds_no_secret() -> None:
    for name, service in _SERVED.items():
        for key, value in (service.get("environment") or {}).items():
            if _SECRET.search(key):
                assert str(value).startswith("${"), f"{name}.{key}"


def test_every_long_running_part_has_a_health_check() -> None:
    assert {name for name, service in _SERVED.items() if "healthcheck" not in service} == {"setup"}


def test_every_part_has_limits_and_gains_no_privileges() -> None:
    for name, service in _SERVED.items():
        assert {"mem_limit", "pids_limit"} <= service.keys(), name
        assert service["security_opt"] == ["no-new-privileges:true"], name


@pytest.mark.parametrize("name", [*SERVICES, "setup", "intake"])
def test_our_image_runs_with_a_root_that_nobody_writes(name: str) -> None:
    part = _SERVED[name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["tmpfs"] == ["/tmp"]  # noqa: S108


def test_every_image_is_named_by_version() -> None:
    images = {name: service["image"] for name, service in _SERVED.items()}
    ours = {images.pop(name) for name in (*SERVICES, "setup", "intake")}
    assert ours == {f"customer-import:{VERSION}"}
    assert [image for image in images.values() if not re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?", image)] == []
    assert images["kafka"] == f"apache/kafka:{KAFKA_VERSION}"


def test_every_volume_is_where_its_part_keeps_its_data() -> None:
    volumes = [(name, volume) for name, one in _SERVED.items() for volume in one.get("volumes", [])]
    mounted = {name: volume.split(":") for name, volume in volumes if not volume.startswith("./")}
    assert {volume for volume, _ in mounted.values()} == set(_COMPOSE["volumes"])
    assert mounted["kafka"][1] == _SERVED["kafka"]["environment"]["KAFKA_LOG_DIRS"]
    assert f"versitygw posix {mounted['objects'][1]}" in _SERVED["objects"]["command"][0]
    assert mounted["postgres"][1] == "/var/lib/postgresql"  # of the image since 18; it makes 18/docker below


def test_every_file_of_ours_that_is_mounted_is_there_and_nobody_writes_to_it() -> None:
    bound = [volume for one in _SERVED.values() for volume in one.get("volumes", []) if volume.startswith("./")]
    assert set(bound) > _OF_WHO_RUNS_IT
    for volume in set(bound) - _OF_WHO_RUNS_IT:
        source, _, mode = volume.split(":")
        assert (_ROOT / source).exists(), volume
        assert mode == "ro", volume


def test_prometheus_finds_the_metrics_of_every_process() -> None:
    config = yaml.safe_load((_ROOT / "deploy/prometheus/prometheus.yml").read_text())
    [job] = config["scrape_configs"]
    [found] = job["dns_sd_configs"]
    assert sorted(found["names"]) == sorted(SERVICES)
    for service in SERVICES:
        assert _SERVED[service]["environment"]["IMPORT_METRICS_PORT"] == str(found["port"])
    files = {volume.split(":")[1] for volume in _SERVED["prometheus"]["volumes"]}
    assert {"/etc/prometheus/prometheus.yml", *config["rule_files"]} <= files


def test_traces_are_off_unless_their_collector_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    given = _SERVED["mapping"]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", _filled(given))
    assert not TracingSettings().is_on
    named = re.search(r"ENDPOINT: .*# (http://(\w+):\d+) with the profile", _TEXT)
    assert named is not None
    assert _SERVED[named[2]]["profiles"] == ["observe"]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", named[1])
    assert TracingSettings().is_on


def test_the_provider_to_try_it_with_is_the_one_that_the_services_are_told_of() -> None:
    made = dict(line.split("=", 1) for line in compose_environment(has_provider=True).splitlines() if line[0] != "#")
    realm = json.loads((_ROOT / "deploy/keycloak/realm.json").read_text())
    [client] = realm["clients"]
    provider = _SERVED["provider"]
    assert provider["profiles"] == ["oidc"]
    assert {"oidc", "mail"} == set(made["COMPOSE_PROFILES"].split(","))
    address = provider["environment"]["KC_HOSTNAME"]
    assert made["IMPORT_JWT_ISSUER"] == f"{address}/realms/{realm['realm']}"
    assert made["IMPORT_JWKS_URL"].startswith(f"{made['IMPORT_JWT_ISSUER']}/")
    assert [urlsplit(address).hostname] == provider["networks"]["default"]["aliases"]
    assert provider["ports"] == [f"127.0.0.1:{urlsplit(address).port}:{urlsplit(address).port}"]
    assert f"--http-port={urlsplit(address).port}" in provider["command"]
    assert client["clientId"] == made["IMPORT_OIDC_CLIENT_ID"]
    assert client["redirectUris"] == ["${PUBLIC_ADDRESS}/sign-in/callback"]
    [audience] = [mapper["config"]["included.custom.audience"] for mapper in client["protocolMappers"]]
    assert audience == _filled(_SERVED["mapping"]["environment"]["IMPORT_JWT_AUDIENCE"])
    assert realm["accessTokenLifespan"] < AuthSettings.model_fields["jwt_longest_seconds"].default
    taken = set(re.findall(r"\$\{(\w+)\}", json.dumps(realm)))
    assert taken <= set(provider["environment"])


def test_grafana_shows_the_dashboard_from_prometheus() -> None:
    folder = _ROOT / "deploy/grafana/provisioning"
    metrics, traces = yaml.safe_load((folder / "datasources/prometheus.yaml").read_text())["datasources"]
    assert (metrics["url"], traces["url"]) == ("http://prometheus:9090", "http://traces:16686")
    [provider] = yaml.safe_load((folder / "dashboards/customer-import.yaml").read_text())["providers"]
    mounted = [volume.split(":")[1] for volume in _SERVED["grafana"]["volumes"]]
    assert any(target.startswith(provider["options"]["path"]) for target in mounted)


def test_what_a_person_opens_is_the_proxy() -> None:
    [port] = _SERVED["web"]["ports"]
    host, outside, inside = port.split(":")
    assert f"{{$SITE_ADDRESS:http://:{inside}}}" in (_ROOT / "deploy/Caddyfile").read_text()
    for service in ("mapping", "notifier"):
        for name in ("IMPORT_WIZARD_URL", "IMPORT_STATUS_URL"):
            assert _filled(_SERVED[service]["environment"][name]) == f"http://{host}:{outside}"


async def test_the_image_of_kafka_formats_the_folder_of_its_volume(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("default", "mounted", "final")]
    for folder in folders:
        folder.mkdir()
        for name in ("log4j2.yaml", "tools-log4j2.yaml"):
            (folder / name).write_text("Configuration: {Loggers: {Root: {level: INFO}, Logger: []}}\n")
    (folders[0] / "server.properties").write_text("log.dirs=/nowhere\n")
    data = tmp_path / "data"
    given = _SERVED["kafka"]["environment"] | {"KAFKA_LOG_DIRS": str(data), "CLUSTER_ID": "4L6g3nShT-eMCtK--X86sw"}
    names = ("default", "mounted", "final")
    options = [f"--{name}-configs-dir={folder}" for name, folder in zip(names, folders, strict=True)]
    command = java(os.pathsep.join(map(str, ensure_jars())), "kafka.docker.KafkaDockerWrapper", "setup", *options)
    child = spawn("Kafka's wrapper of its image", command, tmp_path / "log", environment=given)
    assert await child.ended(limit=60) == 0, (tmp_path / "log").read_text()
    assert (data / "meta.properties").is_file()


def test_what_has_no_default_is_made_by_the_command_that_its_first_line_names() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?", _TEXT))
    made = {line.partition("=")[0] for line in compose_environment().splitlines() if not line.startswith("#")}
    assert asked <= made
    assert made <= set(re.findall(r"\$\{(\w+)", _TEXT)) | {"COMPOSE_PROFILES"}
