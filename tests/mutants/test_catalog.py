"""Each fault can still be planted, and the tests that are to notice it are there."""

import ast
from pathlib import Path

import pytest

from tests.mutants.catalog import Mutant, mutants
from tests.mutants.trial import ROOT

ALL = mutants()


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_it_can_be_planted(mutant: Mutant) -> None:
    source = (ROOT / mutant.file).read_text()
    planted = mutant.planted(source)
    assert planted != source
    if Path(mutant.file).suffix == ".py":
        ast.parse(planted)


@pytest.mark.parametrize("mutant", ALL, ids=lambda mutant: mutant.name)
def test_it_has_tests_or_a_word_why_it_cannot_matter(mutant: Mutant) -> None:
    assert bool(mutant.tests) != bool(mutant.harmless)
    assert mutant.breaks or mutant.harmless
    for test in mutant.tests:
        file, *names = test.split("::")
        assert (ROOT / file).exists(), f"{file} is gone"
        for name in names:
            assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text(), f"{test} is gone"


def test_each_has_a_name_of_its_own() -> None:
    names = [mutant.name for mutant in ALL]
    assert sorted(set(names)) == sorted(names)
