"""Each change of a planned row is a line of its own, which a program can cut at tabs."""

from typing import cast

import pytest

from cli.bodies import PlanRow
from cli.output import show_table
from cli.planning import changes_table


def _row(line: int, **values: object) -> PlanRow:
    row = {"line": line, "outcome": "applied", "codes": [], "account_number": f"WTR-{line}", "changes": []}
    return cast("PlanRow", row | values)


def _change(what: str, before: str, after: str, invoice_type: str | None = None) -> dict[str, str | None]:
    return {"what": what, "before": before, "after": after, "invoice_type": invoice_type}


def test_a_line_for_each_change_with_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    owned = {"account_numbers": ["WTR-8"], "accounts": 2, "elsewhere": [{"biller": "Harbor Mutual", "accounts": 1}]}
    changes = [
        _change("login_email", "old@example.com", "new@example.com"),
        _change("enrolment", "active", "enrolled with checking ••••5667", "WATER"),
        _change("customer", "", "ANA ORTIZ"),
    ]
    rows = [
        _row(2, changes=changes, also_owned=owned),
        _row(3, outcome="held", codes=["R134"], account_number=None),
    ]
    show_table(changes_table(rows))
    assert capsys.readouterr().out.splitlines()[1:] == [
        "2\tWTR-2\tTo apply\tlogin email\told@example.com\tnew@example.com\t",
        "2\tWTR-2\tTo apply\tenrollment WATER\tenrolled\tenrolled with checking ••••5667\t",
        "2\tWTR-2\tTo apply\tcustomer\tnone\tANA ORTIZ\t",
        "2\tWTR-2\tTo apply\tlogin also owns\t\tWTR-8 and 1 more; 1 account at Harbor Mutual\t",
        "3\t\tOn hold\t\t\t\tR134",
    ]


def test_results_stand_beside_the_plan_once_there_are_any(capsys: pytest.CaptureFixture[str]) -> None:
    result = {"outcome": "held", "codes": ["R198"], "changed": []}
    rows = [_row(2, result=result), _row(3)]
    show_table(changes_table(rows))
    assert [line.split("\t")[-1] for line in capsys.readouterr().out.splitlines()] == ["RESULT", "On hold R198", ""]
