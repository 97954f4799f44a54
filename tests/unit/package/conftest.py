"""The wheel of this checkout, built and installed once."""

from pathlib import Path

import pytest

from stack.release import build_wheel
from tests.support.installed import install


@pytest.fixture(scope="package")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="package")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the programs of an environment of its own."""
    return install(wheel, tmp_path_factory.mktemp("environment"))
