"""What is suggested for layouts and account numbers of real kinds: how much is right, and that nothing is wrong."""

from collections.abc import Mapping
from typing import Final

import pytest

from bench.suggestions import figures
from bench.suggestions.figures import Figure

_LEAST: Final[Mapping[str, float]] = {
    "columns": 0.95,
    "columns, biller without customers": 0.95,
    "columns held back": 0.9,
    "columns held back, biller without customers": 0.9,
    "setups": 0.95,
    "setups held back": 0.9,
}


@pytest.fixture(scope="module")
def found() -> dict[str, Figure]:
    return figures.report()


@pytest.mark.parametrize("name", _LEAST)
def test_nothing_is_suggested_wrong(found: dict[str, Figure], name: str) -> None:
    assert found[name].wrong == []


@pytest.mark.parametrize(("name", "share"), _LEAST.items())
def test_most_is_suggested(found: dict[str, Figure], name: str, share: float) -> None:
    figure = found[name]
    assert figure.right >= share * figure.total, figure.missed


def test_the_benchmark_has_the_size_that_was_asked_for(found: dict[str, Figure]) -> None:
    assert found.keys() == _LEAST.keys()
    assert found["columns"].total >= 95
    assert found["setups"].total >= 25
    assert found["columns held back"].total * 3 >= found["columns"].total
