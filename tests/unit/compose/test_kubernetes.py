"""The Kubernetes manifests run what is there, as the image is made, and with no more rights than that needs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.settings import HttpServiceSettings, variable

_ROOT = Path(__file__).parents[3]
_FOLDER = _ROOT / "deploy/kubernetes"


def _documents() -> Iterator[dict[str, Any]]:
    for path in sorted(_FOLDER.glob("*.yaml")):
        yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


_DOCUMENTS = list(_documents())
_PODS = {
    one["metadata"]["name"]: one["spec"]["template"]["spec"]
    for one in _DOCUMENTS
    if one["kind"] in {"Deployment", "Job"}
}


def test_every_service_and_the_setup_is_there() -> None:
    services = {"mapping", "validation", "executor", "notifier", "setup"}
    assert set(_PODS) == {f"customer-import-{name}" for name in services}
    budgets = {one["metadata"]["name"] for one in _DOCUMENTS if one["kind"] == "PodDisruptionBudget"}
    assert budgets == set(_PODS) - {"customer-import-setup"}


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
        "capabilities": {"drop": ["ALL"]},
    }
    assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("pod", _PODS.values(), ids=list(_PODS))
def test_a_pod_runs_a_command_of_the_package_with_settings_that_exist(pod: dict[str, Any]) -> None:
    [container] = pod["containers"]
    scripts = re.findall(r"^(customer-import[\w-]*) = ", (_ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert container["command"][0] in scripts
    known = {variable(name) for name in HttpServiceSettings.model_fields}
    assert {one["name"] for one in container.get("env", [])} <= known


def test_a_service_has_the_time_to_drain() -> None:
    drain = HttpServiceSettings.model_fields["drain_seconds"].default
    for name, pod in _PODS.items():
        if name != "customer-import-setup":
            assert pod["terminationGracePeriodSeconds"] > 2 * drain


def test_the_scaled_deployment_leaves_its_replicas_to_the_scaler() -> None:
    [scaled] = [one["spec"]["scaleTargetRef"]["name"] for one in _DOCUMENTS if one["kind"] == "ScaledObject"]
    [deployment] = [one for one in _DOCUMENTS if one["kind"] == "Deployment" and one["metadata"]["name"] == scaled]
    assert "replicas" not in deployment["spec"]
