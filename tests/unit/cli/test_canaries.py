"""What a definition decides holds with a canary as it holds without one."""

from typing import cast

import pytest
from rich.console import Console

from cli.bodies import Check, Definition, Status
from cli.canaries import asking_beside, canary_of, held_first, review_first_rows
from cli.client import Client
from cli.errors import HeldError


def _check(*codes: str, undecided: tuple[str, ...] = ()) -> Check:
    return cast("Check", {"findings": [{"code": code} for code in codes], "undecided": list(undecided)})


def test_decisions_on_codes_with_a_default_are_sent_along() -> None:
    decide = {"C202": {"choice": "skip"}, "C215": {"choice": "replace"}, "C232": {"choice": "oversight"}}
    content, named = held_first(cast("Definition", {"decide": decide}))
    assert content["decide"] == "ask"
    answers = asking_beside(named)(Console(), _check("C202", "C232", "W304", undecided=("C202",)))
    assert answers == {"C202": {"choice": "skip"}, "C232": {"choice": "oversight"}}


@pytest.mark.parametrize(
    ("rows", "option"),
    [((4, None, None), "--first 4"), ((None, 5, None), "--random 5"), ((None, None, "7-9,3"), "--lines 3,7-9")],
)
def test_what_is_told_to_run_starts_with_the_same_rows(
    rows: tuple[int | None, int | None, str | None], option: str
) -> None:
    """`watch` would apply all rows."""
    ask = asking_beside({"C202": {"choice": "skip"}}, canary_of(*rows))
    check = {
        "import_id": "abc",
        "findings": [{"code": code, "title": "", "count": 3, "choices": ["continue"]} for code in ("C202", "C206")],
        "undecided": ["C202", "C206"],
    }
    with pytest.raises(HeldError) as held:
        ask(Console(), cast("Check", check))
    assert f"`customer-import canary abc {option} --decide C202=skip --decide C206=continue`" in held.value.remedy
    with pytest.raises(HeldError) as held:
        asking_beside(None, canary_of(*rows))(Console(), cast("Check", {**check, "undecided": []}))
    assert f"`customer-import canary abc {option} --yes`" in held.value.remedy


class _Client:
    """So many rows have results; the numbers of the import come later, or have come."""

    def __init__(self, results: int, read: int) -> None:
        self._results = results
        self._read = read

    def plan(self, _: str, **__: object) -> dict[str, object]:
        result = {"outcome": "applied", "codes": []}
        row = {"line": 3, "account_number": "A1", "outcome": "applied", "codes": []}
        return {"items": [{**row, "result": result}] * self._results + [{**row, "result": None}]}

    def status(self, import_id: str) -> Status:
        return _status(import_id, self._read)


def _status(import_id: str, read: int) -> Status:
    return cast("Status", {"import_id": import_id, "counts": {"read": read}})


@pytest.mark.parametrize(("results", "read", "said"), [(2, 0, "2 rows"), (20, 0, "20 rows"), (20, 100, "100 rows")])
def test_the_rows_with_results_are_counted_by_the_plan_or_by_numbers_that_have_come(
    capsys: pytest.CaptureFixture[str], results: int, read: int, said: str
) -> None:
    with pytest.raises(HeldError):
        review_first_rows(cast("Client", _Client(results, read)), Console(), _status("abc", read=0))
    assert f"{said} have their results so far; the others wait" in capsys.readouterr().out
