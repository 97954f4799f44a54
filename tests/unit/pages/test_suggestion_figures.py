"""What is suggested for layouts and account numbers of real kinds: how much is right, and that nothing is wrong."""

from collections.abc import Mapping
from typing import Final

import pytest

from bench.suggestions import figures
from bench.suggestions.cells import CELLS
from bench.suggestions.figures import Figure
from bench.suggestions.setup import Size
from services.mapping.suggestions.columns import Column

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


@pytest.mark.parametrize("size", [Size(5, 5), Size(12, 12)], ids=str)
def test_few_customers_and_few_rows_make_no_wrong_setup(size: Size) -> None:
    figure = figures.of_setups(figures.ALL_SETUPS, size)
    assert figure.wrong == []
    assert figure.right >= 0.9 * figure.total, figure.missed


def test_columns_that_have_nothing_to_do_with_it_lead_nowhere() -> None:
    names = (
        "zip",
        "phone digits",
        "usage",
        "meter digits",
        "date",
        "amount",
        "street",
        "bank",
        "email",
        "route number",
    )
    noise = [Column(name, tuple(CELLS[name](row) for row in range(Size().rows))) for name in names]
    figure = figures.of_setups(figures.ALL_SETUPS[::3], noise=noise)
    assert figure.wrong == []
    assert figure.right >= 0.9 * figure.total, figure.missed


def test_the_benchmark_has_the_size_that_was_asked_for(found: dict[str, Figure]) -> None:
    assert found.keys() == _LEAST.keys()
    assert found["columns"].total >= 95
    assert found["setups"].total >= 25
    assert found["columns held back"].total * 3 >= found["columns"].total
