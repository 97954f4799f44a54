"""Codes of statuses and stops, of which only their system knows what they mean (word-20 to word-22)."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from shared.contracts.fields import FieldName
from shared.contracts.lexicon import refusal_in
from shared.contracts.usual_words import words_in_doubt
from tests.unit.validation.reading_rows import Read, autopay, paperless

_ACCOUNT = ("A", "Act", "I", "C", "F", "OPEN", "1", "2", "W/O", "", "N/A", "Main St")


@pytest.mark.parametrize("kind", ["autopay", "paperless", "registration"])
@pytest.mark.parametrize(
    ("header", "cells", "says_no"),
    [
        *(
            (header, _ACCOUNT, {"I", "C", "F", "2", "W/O"})
            for header in (
                *(
                    "Acct Status",
                    "Status",
                    "STAT",
                    "Cust Stat Cd",
                    "ACCTSTAT",
                    "AccountStatusCode",
                    "Svc_Sts",
                    "CUSTSTATUS",
                ),
                *("CUST-STAT", "ACCT-STAT-CD", "ACTSTAT", "CUSTACCTSTATUSCODE", "Acct_Status__c"),
                *("Status Code", "Current Status", "Enrollment Status", "Active", "Active?"),
            )
        ),
        *(
            (
                header,
                ("", "0", "00", "N", "None", "3", "D7", "MED", "Y", "OK", "a long remark"),
                {"3", "D7", "MED", "Y"},
            )
            for header in (
                *("Stop Code", "Hold Code", "Disconnect Code", "STOPCD", "Shut Off Cd", "Cut-Off Code", "HoldType"),
                *("SVC-STOP-CD", "ACCTHOLDCD", "Hold_Code__c"),
                *("Cancel Cd", "Closed Code", "Delete Flag", "Acct Hold Ind", "SUSPENDCODE", "Write Off Code"),
            )
        ),
        ("Hold Reason", ("", "no", "none", "waiting for the probate court"), {"waiting for the probate court"}),
        ("Stop Flag", ("F", "0", "N", "T", "M"), {"T", "M"}),
        *(
            (header, ("A", "B", "2", "07", "R1", "COM"), set())
            for header in (
                *("Cycle", "Cycle Code", "Route Code", "Rate Class", "Rate Code", "Class", "Type", "Book", "Zone"),
                *("Meter Status", "Read Code", "Meter Read Status", "Marital Status", "Tax Status", "Tax Code"),
                *("Mail Stop", "Bus Stop Code", "State", "Billing Code", "Status Date", "District", "Bill Status"),
                *("Rental Status", "Final Read Code", "Invoice Status", "Language Code", "Terms Code", "Station"),
            )
        ),
    ],
)
def test_codes_that_only_their_system_knows_are_asked_about(
    kind: str, header: str, cells: Sequence[str], says_no: set[str]
) -> None:
    """word-20, word-21."""
    assert {cell for cell in cells if refusal_in(header, kind).says_no(cell)} == says_no


@pytest.mark.parametrize(
    ("kind", "header", "cells", "says_no"),
    [
        ("autopay", "Autopay Status", ("A", "S", "T", "Y", "1", "2", "ACH"), {"A", "S", "T", "2"}),
        ("autopay", "AP Stat", ("A", "T", "N"), {"A", "T", "N"}),
        ("autopay", "Auto Pay Code", ("Y", "P", "T", "ACH"), {"P", "T"}),
        ("autopay", "Autopay Type", ("Checking", "Full Balance"), set()),
        ("autopay", "Autopay", ("A", "S", "Y", "ACH", "CC", "N"), {"S", "N"}),
        ("autopay", "Autopay Flag", ("T", "F"), {"F"}),
        ("autopay", "Active Bank", ("BOA", "USB"), set()),
        ("autopay", "Consent", ("Y", "N", "W", "P"), {"N", "W", "P"}),
        *(
            ("autopay", header, ("Y", "N", "1/5/2026"), {"Y", "1/5/2026"})
            for header in ("Paused", "Vacant", "Hold Until")
        ),
        (
            "autopay",
            "Comments",
            (
                *("per owner no more auto draft", "acct closed see 1002", "Do not pull until balance fixed"),
                *("returned NSF twice", "no more than 3 dogs", "see gate", "returned call"),
            ),
            {
                *("per owner no more auto draft", "acct closed see 1002", "Do not pull until balance fixed"),
                "returned NSF twice",
            },
        ),
        ("paperless", "IsActive__c", ("TRUE", "FALSE"), {"FALSE"}),
        ("paperless", "Do not allow Emails", ("Allow", "Do Not Allow"), {"Do Not Allow"}),
        ("paperless", "Suppressed", ("yes", "no"), {"yes"}),
        ("paperless", "Print Suppressed", ("yes", "no"), set()),
        ("autopay", "Rtn Code", ("R02", "03", ""), {"R02", "03"}),
        ("autopay", "Return Code", ("R02", "03", "0"), {"R02", "03"}),
        ("paperless", "Return Code", ("03",), set()),
        ("paperless", "ACH Stop Code", ("3",), set()),
        ("paperless", "Email Status", ("V", "B", "Valid"), {"V", "B"}),
        ("paperless", "Ebill Status", ("A", "T", "E"), {"A", "T"}),
    ],
)
def test_codes_of_one_kind(kind: str, header: str, cells: Sequence[str], says_no: set[str]) -> None:
    """word-14, word-20, word-21."""
    assert {cell for cell in cells if refusal_in(header, kind).says_no(cell)} == says_no


@pytest.mark.parametrize(("read", "field"), [(autopay, "autopay_flag"), (paperless, "paperless_flag")])
@pytest.mark.parametrize(
    ("cells", "asked"),
    [
        (("A", "S", "T"), {"A": 1, "S": 1, "T": 1}),
        (("t", "Y", "N"), {"T": 1}),
        (("T", "F", ""), {}),
        (("T",), {}),
        (("T", "X1", "True"), {"T": 1, "X1": 1}),
        (("1", "2", "0", "1"), {"1": 2, "2": 1}),
        (("1", "0"), {}),
        (("1", "Perhaps", "0"), {"Perhaps": 1}),
        (("1", "Y", "No"), {}),
    ],
)
def test_signs_that_mean_yes_are_asked_about_beside_codes(
    read: Callable[..., Read], field: str, cells: Sequence[str], asked: Mapping[str, int]
) -> None:
    """word-22."""
    done = read(*({field: cell} for cell in cells))
    assert done.interpreter.unknown_words == ({field: asked} if asked else {})
    lines = [line for line, cell in enumerate(cells, start=2) if cell.upper() in asked.keys() & {"T", "1"}]
    assert done.interpreter.lines_in_doubt.get("C242", []) == lines


@pytest.mark.parametrize(
    ("values", "is_asked"), [({"A": "yes", "S": "no"}, True), ({"A": "yes", "T": "no"}, False), ({"Act": "yes"}, False)]
)
def test_codes_that_were_explained_leave_the_others_in_doubt(values: Mapping[str, str], *, is_asked: bool) -> None:
    """word-22."""
    done = autopay({"autopay_flag": "T"}, {"autopay_flag": next(iter(values))}, values={"autopay_flag": values})
    assert ("C242" in done.interpreter.lines_in_doubt) is is_asked
    shown = words_in_doubt(FieldName.AUTOPAY_FLAG, {"t", "a"} if is_asked else {"t", "yes"})
    assert ("t" in shown) is is_asked
