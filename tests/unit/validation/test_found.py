"""The first step that decides ends the row, and what its codes come to: rules row-2, value-1 and value-2."""

from services.validation.domain.found import Found
from shared.contracts.outcomes import Outcome

ON = frozenset(("C212", "C213", "C241"))


def test_the_first_step_that_ends_a_row_wins() -> None:
    found = Found()
    found.end(0, "S402")
    found.end(0, "S403")
    found.add(0, "R145")
    found.warn(0, "W314")
    found.conclude()
    assert found.ended == {0: (Outcome.SKIPPED, ("S402",))}
    assert found.codes_of(0) == ["S402"]


def test_a_row_goes_on_only_where_all_its_codes_do() -> None:
    found = Found(ON)
    found.add(0, "C212", "C213")
    found.add(1, "C212", "C214")
    found.conclude()
    assert found.ended.keys() == {1}
    assert found.codes_of(0) == ["C212", "C213"]
    assert found.codes_of(1) == ["C212", "C214"]


def test_beside_an_r_code_c_codes_are_not_listed() -> None:
    found = Found(ON)
    found.add(0, "C212", "C214", "R123")
    found.conclude()
    assert found.ended == {0: (Outcome.FAILED, ("R123",))}
    assert found.codes_of(0) == ["R123"]


def test_a_code_that_goes_on_stays_whatever_decides_the_row_later() -> None:
    found = Found(ON)
    found.end(0, "C241")
    assert found.goes_on(0)
    found.end(0, "S403")
    assert not found.goes_on(0)
    assert found.codes_of(0) == ["C241", "S403"]


def test_an_answer_without_use_skips() -> None:
    found = Found(frozenset(("C218",)))
    found.add_without_answer(0, "C218")
    found.add(1, "C218")
    assert not found.goes_on(0)
    found.conclude()
    assert found.ended == {0: (Outcome.SKIPPED, ("C218",))}


def test_a_value_code_ends_its_row_as_the_registry_says() -> None:
    found = Found()
    found.add(0, "C231")
    found.add(1, "C212", "C231")
    found.conclude()
    assert {index: outcome for index, (outcome, _) in found.ended.items()} == {0: Outcome.HELD, 1: Outcome.HELD}
