"""Metrics are a closed, documented set; alerts and the dashboard name nothing else, and every alert has its runbook."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client import Counter

from cli.admin import metrics_page
from services.executor import worker as executing
from services.validation import worker as checking
from shared.contracts.outcomes import Outcome
from shared.postgres import Trouble
from tests.support.alerts import ROOT, Alert, alerts

_MAKES_METRICS = re.compile(r"^from prometheus_client import .*(Counter|Gauge|Histogram|Info|Summary)", re.MULTILINE)
_OF_A_HISTOGRAM = ("_bucket", "_sum", "_count")


def test_the_page_says_what_the_services_define() -> None:
    stored = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    assert stored == metrics_page.metrics_page(), "run `customer-import admin metrics docs/metrics.md`"


@pytest.mark.parametrize(
    ("counter", "label", "values"),
    [
        (executing.ROWS, "outcome", set(Outcome)),
        (executing.CHUNK_FAILURES, "kind", {"passing", "counted"}),
        (checking.CHECKS, "state", {"approved", "held", "rejected"}),
        (checking.FAILURES, "trouble", {*Trouble, "too_long"}),
    ],
)
def test_what_is_shown_as_a_rate_is_told_from_the_start(counter: Counter, label: str, values: set[str]) -> None:
    """The first value of a series counts for nothing in a rate, so that must be 0."""
    [family] = counter.collect()
    assert {one.labels[label] for one in family.samples if one.name.endswith("_total")} == values


def test_no_other_module_defines_metrics() -> None:
    known = {Path(str(module.__file__)).relative_to(ROOT) for _, module in metrics_page._MODULES}
    found = {
        path.relative_to(ROOT)
        for folder in ("services", "shared", "cli", "stack")
        for path in (ROOT / folder).rglob("*.py")
        if _MAKES_METRICS.search(path.read_text(encoding="utf-8"))
    }
    assert found == known


def test_metrics_have_names_of_ours_and_few_labels() -> None:
    for name, labels in metrics_page.metrics().items():
        assert name.startswith("import_")
        assert set(labels) <= {
            *("service", "version", "topic", "effect", "reason", "state", "outcome", "kind", "trouble"),
            *("method", "route", "status", "worker", "result", "what"),
        }, name


@pytest.mark.parametrize("alert", alerts().values(), ids=lambda alert: alert.name)
def test_an_alert_is_on_a_documented_metric_and_has_a_runbook(alert: Alert) -> None:
    labels = metrics_page.metrics()[alert.metric]
    assert set(alert.labels) <= set(labels)
    assert alert.by in {None, "instance", *labels}
    assert (ROOT / alert.runbook).read_text(encoding="utf-8").startswith("# ")


def test_every_runbook_is_of_an_alert_and_says_what_to_do() -> None:
    runbooks = {str(path.relative_to(ROOT)) for path in (ROOT / "docs/runbooks").glob("*.md")}
    assert runbooks == {alert.runbook for alert in alerts().values()}
    for runbook in runbooks:
        text = (ROOT / runbook).read_text(encoding="utf-8")
        assert all(f"**{part}**" in text for part in ("What it means.", "Look.", "Repair.")), runbook


def test_the_dashboard_shows_documented_metrics_only() -> None:
    text = (ROOT / "deploy/grafana/customer-import.json").read_text(encoding="utf-8")
    panels = json.loads(text)["panels"]
    shown = {name for panel in panels for one in panel["targets"] for name in re.findall(r"import_\w+", one["expr"])}
    known = set(metrics_page.metrics())
    assert {name for name in shown if name not in known and not _is_of_a_known_histogram(name)} == set()
    assert len({panel["title"] for panel in panels}) == len(panels)


def _is_of_a_known_histogram(name: str) -> bool:
    return any(name.removesuffix(end) in metrics_page.metrics() for end in _OF_A_HISTOGRAM if name.endswith(end))
