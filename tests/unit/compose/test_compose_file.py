"""The compose file is valid, and says the same as what the embedded stack starts."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyOptions

from stack.kafka import _SETTINGS as BROKER_SETTINGS
from stack.postgres import _SETTINGS as POSTGRES_SETTINGS
from stack.services import SERVICES, Secrets, Service, Surroundings, environment, role

_ROOT = Path(__file__).parents[3]
_TEXT = (_ROOT / "docker-compose.yml").read_text()
_COMPOSE: dict[str, Any] = yaml.safe_load(_TEXT)
_SERVED: dict[str, Any] = _COMPOSE["services"]
_SECRET = re.compile(r"password|secret|key", re.IGNORECASE)
# The embedded stack keeps files on disk and writes logs as every deployment does; a store over HTTP needs its options.
_ONLY_IN_COMPOSE = {
    "IMPORT_SECURE_UPLOAD_OPTIONS",
    *("IMPORT_OIDC_ISSUER", "IMPORT_OIDC_CLIENT_ID", "IMPORT_OIDC_CLIENT_SECRET"),
}
_ONLY_EMBEDDED = {"IMPORT_SIGN_IN_URL"}  # of the development issuer


def _embedded(service: Service) -> dict[str, str]:
    surroundings = Surroundings(
        dsns={name: f"postgresql://{role(name)}:x@127.0.0.1:5432/customer_import" for name in SERVICES},
        kafka_bootstrap="127.0.0.1:9092",
        issuer_url="http://127.0.0.1:1",
        secure_upload=Path("/upload"),
        smtp_port=1025,
        wizard_url="http://127.0.0.1:2",
        status_url="http://127.0.0.1:3",
    )
    return environment(service, 8000, surroundings, Secrets.generate())


def test_is_valid_by_the_compose_specification() -> None:
    compose = PyOptions(apply_merge=True).from_yaml(_TEXT)
    compose.validate()
    assert set(SERVICES) < set(compose.service_names())


@pytest.mark.parametrize("service", SERVICES)
def test_runs_the_same_command(service: Service) -> None:
    assert _SERVED[service]["command"] == ["python", "-m", f"services.{service}"]


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


def test_executor_can_be_scaled() -> None:
    executor = _SERVED["executor"]
    assert "container_name" not in executor
    assert "ports" not in executor


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
        for variable, value in (service.get("environment") or {}).items():
            if _SECRET.search(variable):
                assert str(value).startswith("${"), f"{name}.{variable}"


def test_every_long_running_part_has_a_health_check() -> None:
    once = {"setup", "buckets"}
    unchecked = {name for name, service in _SERVED.items() if "healthcheck" not in service}
    assert unchecked - once == {"mail"}
