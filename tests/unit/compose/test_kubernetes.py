"""The Kubernetes manifests run what is there, as the image is made, and with no more rights than that needs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from cli.admin.keys import new_keys
from cli.system import ENVIRONMENT
from shared.settings import HttpServiceSettings, variable
from shared.version import VERSION

_ROOT = Path(__file__).parents[3]
_FOLDER = _ROOT / "deploy/kubernetes"
_KUSTOMIZATION = yaml.safe_load((_ROOT / "deploy/kustomization.yaml").read_text(encoding="utf-8"))
_COMPONENT = _ROOT / "deploy/intake"
_PROXY = "customer-import-web"
_INTAKE = "customer-import-intake"


def _documents() -> Iterator[dict[str, Any]]:
    for path in (*sorted(_FOLDER.glob("*.yaml")), _COMPONENT / "intake.yaml"):
        yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


_DOCUMENTS = list(_documents())
_PODS = {
    one["metadata"]["name"]: one["spec"]["template"]["spec"]
    for one in _DOCUMENTS
    if one["kind"] in {"Deployment", "Job"}
}


def test_every_service_and_the_setup_is_there() -> None:
    services = {"mapping", "validation", "executor", "notifier", "setup", "web", "intake"}
    assert set(_PODS) == {f"customer-import-{name}" for name in services}
    budgets = {one["metadata"]["name"] for one in _DOCUMENTS if one["kind"] == "PodDisruptionBudget"}
    assert budgets == set(_PODS) - {"customer-import-setup", _INTAKE}  # of one pod none can be spared


@pytest.mark.parametrize("pod", _PODS.values(), ids=list(_PODS))
def test_a_pod_has_no_more_rights_than_it_needs(pod: dict[str, Any]) -> None:
    [container] = pod["containers"]
    user = re.search(r"^USER (\d+):", (_ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert user is not None
    assert (pod["securityContext"]["runAsNonRoot"], pod["securityContext"]["runAsUser"]) == (True, int(user[1]))
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]} | ({"add": ["NET_BIND_SERVICE"]} if container["name"] == "web" else {}),
    }
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("pod", [pod for name, pod in _PODS.items() if name != _PROXY])
def test_a_pod_runs_a_command_of_the_package_with_settings_that_exist(pod: dict[str, Any]) -> None:
    [container] = pod["containers"]
    scripts = re.findall(r"^(customer-import[\w-]*) = ", (_ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert container["command"][0] in scripts
    known = {variable(name) for name in (*HttpServiceSettings.model_fields, "validation_url")} | set(ENVIRONMENT)
    assert {one["name"] for one in container.get("env", [])} <= known


def test_every_key_that_is_made_reaches_the_files_of_the_services() -> None:
    how_to = (_ROOT / "docs/how-to/run-elsewhere.md").read_text(encoding="utf-8")
    taken = re.findall(r"^.*grep .*secrets\.env.*$", how_to, re.MULTILINE)
    given = {name for line in taken for name in re.findall(r"[A-Z][A-Z_]*_KEYS?(?:_ID)?", line)}
    assert {name.removeprefix("IMPORT_") for name in new_keys()} == {name.removeprefix("IMPORT_") for name in given}


def test_a_service_has_the_time_to_drain() -> None:
    drain = HttpServiceSettings.model_fields["drain_seconds"].default
    for name, pod in _PODS.items():
        if name != "customer-import-setup":
            assert pod["terminationGracePeriodSeconds"] > 2 * drain


def test_what_is_scaled_leaves_its_replicas_to_the_scaler() -> None:
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in _DOCUMENTS if one["kind"] == "ScaledObject"}
    assert scaled == {"customer-import-executor", "customer-import-validation"}
    deployments = [one for one in _DOCUMENTS if one["kind"] == "Deployment"]
    assert {one["metadata"]["name"] for one in deployments if "replicas" not in one["spec"]} == scaled


@pytest.mark.parametrize("one", _DOCUMENTS, ids=lambda one: f"{one['kind']} {one['metadata']['name']}")
def test_every_object_fits_the_schema_of_kubernetes(one: dict[str, Any]) -> None:
    if not one["apiVersion"].startswith("keda.sh/"):  # no part of Kubernetes itself
        kubernetes_validate.validate(one, "1.34", strict=True)


def test_every_file_is_applied() -> None:
    applied = {name.removeprefix("kubernetes/") for name in _KUSTOMIZATION["resources"]}
    assert applied == {path.name for path in _FOLDER.glob("*.yaml")}


def test_every_secret_and_configuration_that_a_pod_reads_is_made() -> None:
    component = yaml.safe_load((_COMPONENT / "kustomization.yaml").read_text(encoding="utf-8"))
    kinds = ("configMapGenerator", "secretGenerator")
    generated = {one["name"] for made in (_KUSTOMIZATION, component) for kind in kinds for one in made.get(kind, [])}
    read = {"customer-import-scaling"}  # by KEDA
    for pod in _PODS.values():
        [container] = pod["containers"]
        read |= {next(iter(source.values()))["name"] for source in container.get("envFrom", [])}
        read |= {volume["configMap"]["name"] for volume in pod["volumes"] if "configMap" in volume}
        read |= {volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    assert read == generated
    for made in (_KUSTOMIZATION, component):
        assert made["generatorOptions"]["disableNameSuffixHash"] is True
    assert {image["newTag"] for image in _KUSTOMIZATION["images"]} == {VERSION}


def _policies(pod: str, direction: str) -> list[dict[str, Any]]:
    """The policies that count for the pod, by its label."""
    return [
        one["spec"]
        for one in _DOCUMENTS
        if one["kind"] == "NetworkPolicy"
        and direction in one["spec"]["policyTypes"]
        and _selects(one["spec"]["podSelector"], {"app": "customer-import", "service": pod})
    ]


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels[one["key"]] in one["values"] for one in selector.get("matchExpressions", [])
    )


def _ports(pod: str, direction: str) -> set[int | str]:
    rules = [rule for spec in _policies(pod, direction) for rule in spec.get(direction.lower(), [])]
    return {port["port"] for rule in rules for port in rule["ports"]}


@pytest.mark.parametrize(
    ("pod", "into", "out"),
    [
        ("mapping", {"http", "metrics"}, {53, 5432, 9092, 9093, 443, 4318, "http"}),
        ("validation", {"http", "metrics"}, {53, 5432, 9092, 9093, 443, 4318}),
        ("executor", {"http", "metrics"}, {53, 5432, 9092, 9093, 443, 4318}),
        ("notifier", {"http", "metrics"}, {53, 5432, 9092, 9093, 443, 4318, 587, 465, 25}),
        ("setup", set(), {53, 5432, 9092, 9093, 443}),
        ("web", {"http"}, {53, "http"}),
        ("intake", set(), {53, 443, 22, "http"}),
    ],
)
def test_a_pod_speaks_to_nobody_but_those_it_needs(pod: str, into: set[str], out: set[int | str]) -> None:
    assert (_ports(pod, "Ingress"), _ports(pod, "Egress")) == (into, out)
    [services] = [spec for spec in _policies("mapping", "Ingress") if "http" in str(spec)]
    assert services["ingress"][0]["from"] == [
        {"podSelector": {"matchLabels": {"app": "customer-import", "service": "web"}}}
    ]


def test_the_intake_is_one_process_that_compose_starts_the_same() -> None:
    [deployment] = [one for one in _DOCUMENTS if (one["kind"], one["metadata"]["name"]) == ("Deployment", _INTAKE)]
    spec = deployment["spec"]
    assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
    [container] = spec["template"]["spec"]["containers"]
    composed = yaml.safe_load((_ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["intake"]
    assert container["command"] == composed["command"]
    assert ["CMD", *container["livenessProbe"]["exec"]["command"]] == composed["healthcheck"]["test"]


def test_the_proxy_knows_every_service_by_its_name_and_port() -> None:
    [container] = _PODS[_PROXY]["containers"]
    given = {one["name"]: one["value"] for one in container["env"]}
    ports = {
        one["metadata"]["name"]: str(one["spec"]["ports"][0]["port"]) for one in _DOCUMENTS if one["kind"] == "Service"
    }
    text = (_ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    for name in ("MAPPING", "VALIDATION", "EXECUTOR", "NOTIFIER"):
        assert f"{{${name}:{name.lower()}}}" in text
        assert ports[given[name]] == given["SERVICE_PORT"]
