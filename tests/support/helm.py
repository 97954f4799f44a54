"""Renders the chart with Helm's own engine, in a process of its own: its signals and threads disturb no test."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import yaml

CHART: Final = Path(__file__).parents[2] / "deploy/helm"
_SECONDS: Final = 60


def rendered(values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """The objects that an installation with these values makes. Raises AssertionError where Helm refuses them."""
    asked = json.dumps(values or {})
    made = subprocess.run(
        [sys.executable, "-m", __name__, asked], capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    assert made.returncode == 0, made.stderr
    return [one for text in json.loads(made.stdout).values() for one in yaml.safe_load_all(text) if one]


def _main() -> None:
    import helm_python  # noqa: PLC0415 - loads Helm into this process

    with helm_python.Chart.load(CHART) as chart:
        values = json.loads(sys.argv[1])
        chart.validate_schema(values)
        print(json.dumps(chart.render(values, name="customer-import", namespace="customer-import")))  # noqa: T201


if __name__ == "__main__":
    _main()
