"""The chart makes what kustomize makes of the plain manifests, and what differs between clusters are its values."""

import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from shared.version import VERSION
from tests.support.helm import CHART, rendered

_ROOT = Path(__file__).parents[3]
_PART_OF = "app.kubernetes.io/part-of"
_HOOK = "helm.sh/hook"
_SERVICES = ("mapping", "validation", "executor", "notifier")
_OF_INTAKE = ("intake", "intake-places")

Objects = dict[tuple[str, str], dict[str, Any]]


def by_name(objects: list[dict[str, Any]]) -> Objects:
    found = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    assert len(found) == len(objects)
    return found


@pytest.fixture(scope="module")
def chart() -> Objects:
    return by_name(rendered({"intake": {"enabled": True}}))


def pod(objects: Objects, name: str, kind: str = "Deployment") -> dict[str, Any]:
    found: dict[str, Any] = objects[kind, f"customer-import-{name}"]["spec"]["template"]["spec"]
    return found


def kustomized(folder: Path) -> Objects:
    """What `kubectl apply -k deploy` makes, without the name of the namespace and the label, which are of kustomize."""
    shutil.copytree(_ROOT / "deploy", folder)
    text = (folder / "kustomization.yaml").read_text()
    assert "# components: [intake]" in text
    (folder / "kustomization.yaml").write_text(text.replace("# components:", "components:"))
    for part in (folder, folder / "intake"):
        made = yaml.safe_load((part / "kustomization.yaml").read_text())
        for source in (*made.get("configMapGenerator", []), *made["secretGenerator"]):
            for name in source.get("envs", []):
                (part / name).write_text("IMPORT_X=1\n")
            for name in source.get("files", []):
                (part / name).touch()
    kubectl = Path(sysconfig.get_path("scripts"), "kubectl")
    made = subprocess.run([kubectl, "kustomize", folder], capture_output=True, timeout=60, check=True)
    objects = by_name([one for one in yaml.safe_load_all(made.stdout) if one])
    for one in objects.values():
        about = one["metadata"]
        assert about["labels"].pop(_PART_OF) == "customer-import"
        if not about["labels"]:
            del about["labels"]
        about.pop("namespace", None)
    return objects


def test_the_chart_makes_what_kustomize_makes(chart: Objects, tmp_path: Path) -> None:
    plain = kustomized(tmp_path / "deploy")
    made_before = {("ConfigMap", "customer-import"), ("Namespace", "customer-import")}
    made_before |= {("Secret", f"customer-import-{name}") for name in (*_SERVICES, "setup", "scaling", *_OF_INTAKE)}
    assert made_before <= plain.keys()
    hooks = chart["Job", "customer-import-setup"]["metadata"].pop("annotations")
    assert (hooks[_HOOK], len(hooks)) == ("pre-install,pre-upgrade", 2)
    assert chart == {name: one for name, one in plain.items() if name not in made_before}


def test_the_chart_is_of_this_release() -> None:
    about = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert (about["version"], about["appVersion"]) == (VERSION, VERSION)
    assert (CHART / "Caddyfile").read_bytes() == (_ROOT / "deploy/Caddyfile").read_bytes()


def test_values_change_what_differs_between_clusters() -> None:
    made = by_name(
        rendered(
            {
                "image": {"repository": "registry.example.com/imports", "tag": "9.9.9", "pullPolicy": "Always"},
                "imagePullSecrets": [{"name": "registry"}],
                "configMap": "settings",
                "secrets": {"mapping": "of-mapping", "setup": "of-setup", "scaling": "of-keda"},
                "services": {"mapping": {"replicas": 5, "resources": {"limits": {"memory": "2Gi"}}}},
                "web": {"image": "registry.example.com/caddy:2", "replicas": 3},
                "keda": {"maxReplicas": 20, "batches": 5, "validation": {"maxReplicas": 9}},
                "intake": {"enabled": True, "claim": "drop"},
                "networkPolicies": {"ingressNamespace": "traefik", "monitoringNamespace": "observe"},
            }
        )
    )
    for one in (pod(made, "mapping"), pod(made, "setup", "Job")):
        [container] = one["containers"]
        assert container["image"] == "registry.example.com/imports:9.9.9"
        assert container["imagePullPolicy"] == "Always"
        assert container["envFrom"][0] == {"configMapRef": {"name": "settings"}}
        assert one["imagePullSecrets"] == [{"name": "registry"}]
    [mapping], [setup] = pod(made, "mapping")["containers"], pod(made, "setup", "Job")["containers"]
    assert mapping["envFrom"][1] == {"secretRef": {"name": "of-mapping"}}
    assert setup["envFrom"][1] == {"secretRef": {"name": "of-setup"}}
    assert mapping["resources"]["limits"] == {"memory": "2Gi"}
    assert pod(made, "web")["containers"][0]["image"] == "registry.example.com/caddy:2"
    counts = {
        name: made["Deployment", f"customer-import-{name}"]["spec"].get("replicas") for name in ("mapping", "web")
    }
    assert counts == {"mapping": 5, "web": 3}
    assert pod(made, "intake")["volumes"][-1]["persistentVolumeClaim"] == {"claimName": "drop"}
    assert pod(made, "intake")["containers"][0]["volumeMounts"][-1]["mountPath"] == "/srv/intake"
    scaled = made["ScaledObject", "customer-import-executor"]["spec"]
    assert (scaled["maxReplicaCount"], scaled["triggers"][0]["metadata"]["targetQueryValue"]) == (20, "5")
    assert made["ScaledObject", "customer-import-validation"]["spec"]["maxReplicaCount"] == 9
    [reference] = made["TriggerAuthentication", "customer-import-scaling"]["spec"]["secretTargetRef"]
    assert reference["name"] == "of-keda"
    policies = yaml.safe_dump([one for (kind, _), one in made.items() if kind == "NetworkPolicy"])
    assert "kubernetes.io/metadata.name: traefik" in policies
    assert "kubernetes.io/metadata.name: observe" in policies
    for one in made.values():
        if not one["apiVersion"].startswith("keda.sh/"):  # no part of Kubernetes itself
            kubernetes_validate.validate(one, "1.34", strict=True)


def test_without_keda_and_policies_each_service_has_a_number_of_its_own() -> None:
    off, four = {"enabled": False}, {"replicas": 4}
    services = {"executor": four, "validation": four}
    made = by_name(rendered({"keda": off, "networkPolicies": off, "services": services}))
    kinds = {kind for kind, _ in made}
    assert kinds == {"ConfigMap", "Deployment", "Job", "PodDisruptionBudget", "Service"}
    for name in services:
        assert made["Deployment", f"customer-import-{name}"]["spec"]["replicas"] == 4
    assert ("Deployment", "customer-import-intake") not in made  # it needs places


@pytest.mark.parametrize(
    "values", [{"services": {"executer": {"replicas": 1}}}, {"keda": {"enabled": "no"}}, {"replicas": 3}]
)
def test_values_that_nothing_reads_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="schema"):
        rendered(values)
