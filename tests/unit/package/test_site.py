"""The documentation is a site: every page is in its navigation, every link leads somewhere, and it can be searched."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

_ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built strictly: a link or an anchor that is not there, or a page that nothing leads to, ends it."""
    target = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return target


def test_every_page_is_there_and_can_be_found(site: Path) -> None:
    index: dict[str, Any] = json.loads((site / "search/search_index.json").read_text())
    found = {entry["location"].partition("#")[0] for entry in index["docs"]}
    for page in (_ROOT / "docs").rglob("*.md"):
        address = page.relative_to(_ROOT / "docs").with_suffix("").as_posix()
        assert ("" if address == "index" else f"{address}/") in found, page


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    text = (site / "index.html").read_text()
    assert re.findall(r'(?:src|href)="(https?://[^"]+\.(?:js|css|woff2?))"', text) == []
