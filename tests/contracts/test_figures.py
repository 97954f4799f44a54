"""The figures of the code that we hold ourselves to; `make figures` prints them all."""

import pytest

from bench.figures import PRODUCT, Figures, figures_of

MOST_SUPPRESSIONS = 2.0  # in a thousand lines of code
MOST_ANYS = 5.0
MOST_DOCUMENTED = 0.4  # of the functions; a docstring says more than the name
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


@pytest.fixture(scope="module")
def product() -> Figures:
    return figures_of(*PRODUCT)


def test_rules_are_seldom_suppressed(product: Figures) -> None:
    assert product.per_thousand(product.suppressions) <= MOST_SUPPRESSIONS


def test_every_suppression_says_why(product: Figures) -> None:
    assert [place for place in product.suppressions if not place.reason] == []


def test_any_is_rare(product: Figures) -> None:
    assert product.per_thousand(product.anys) <= MOST_ANYS


def test_files_and_functions_are_small(product: Figures) -> None:
    assert [file for file, lines in product.files.items() if lines > LONGEST_FILE] == []
    assert max(product.functions) <= LONGEST_FUNCTION


def test_docstrings_say_more_than_the_name(product: Figures) -> None:
    assert product.empty_docstrings == []
    assert product.share_documented <= MOST_DOCUMENTED
