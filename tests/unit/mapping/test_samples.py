"""Which rows stand for an import on its review: each combination of changes once, before more of the same."""

from services.mapping.usecases.plan import telling
from services.mapping.views import PlanChange, PlanRow
from shared.contracts.outcomes import Outcome


def row(line: int, *changes: tuple[str, str]) -> PlanRow:
    return PlanRow(
        line=line,
        outcome=Outcome.APPLIED,
        codes=[],
        account_number=f"WTR-{line}",
        changes=[
            PlanChange.model_validate({"what": what, "before": before, "after": "new", "invoice_type": None})
            for what, before in changes
        ],
    )


ADDED, CHANGED = ("login_email", ""), ("login_email", "old@example.com")
ENROLLED = ("enrolment", "")


def test_each_combination_comes_before_more_of_the_same() -> None:
    rows = [row(2, CHANGED), row(3, CHANGED), row(4, CHANGED), row(5, ADDED), row(6, CHANGED, ENROLLED)]
    assert [one.line for one in telling("login_email", rows)] == [2, 5, 6]


def test_of_rows_that_are_alike_the_first_are_shown() -> None:
    rows = [row(2, CHANGED), row(3, ENROLLED), row(4, CHANGED), row(5, CHANGED), row(6, CHANGED)]
    assert [one.line for one in telling("login_email", rows)] == [2, 4, 5]


def test_a_kind_that_does_not_occur_has_no_rows() -> None:
    assert telling("payment_method", [row(2, CHANGED)]) == []
