"""The alert rules, and whether one fires on the metrics of this process.

Every rule is one metric with labels and a limit, so no language of queries is needed: it fires where a sample that the
labels choose is beyond the limit, or, if it asks what is `absent`, where there is none. That Prometheus reads the file
is for `promtool check rules deploy/alerts.yml`.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from prometheus_client import REGISTRY

ROOT: Final = Path(__file__).parents[2]
_RULE: Final = re.compile(
    r"(?P<how>min|max|absent)( by \((?P<by>\w+)\) )?"
    r"\((?P<metric>\w+)(\{(?P<labels>[^}]*)\})?\) (?P<sign>[<>]) (?P<limit>\d+)"
)
_LABEL: Final = re.compile(r'(\w+)=~?"([^"]*)"')


@dataclass(frozen=True)
class Alert:
    name: str
    how: str
    runbook: str
    metric: str
    labels: dict[str, str]
    by: str | None
    sign: str
    limit: float

    @property
    def fires(self) -> bool:
        """Whether it would, once its time (`for`) has passed."""
        if self.how == "absent":
            return not self._samples()
        return any(value > self.limit if self.sign == ">" else value < self.limit for value in self._samples())

    def _samples(self) -> list[float]:
        return [
            sample.value
            for family in REGISTRY.collect()
            for sample in family.samples
            if sample.name == self.metric
            and all(re.fullmatch(wanted, sample.labels[label]) for label, wanted in self.labels.items())
        ]


def alerts() -> dict[str, Alert]:
    groups: list[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: _alert(rule) for group in groups for rule in group["rules"]}


def _alert(rule: dict[str, Any]) -> Alert:
    read = _RULE.fullmatch(rule["expr"])
    assert read is not None, f"{rule['alert']}: not one metric, its labels and a limit"
    return Alert(
        name=rule["alert"],
        how=read["how"],
        runbook=rule["annotations"]["runbook"],
        metric=read["metric"],
        labels=dict(_LABEL.findall(read["labels"] or "")),
        by=read["by"],
        sign=read["sign"],
        limit=float(read["limit"]),
    )
