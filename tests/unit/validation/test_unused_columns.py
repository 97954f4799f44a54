"""What columns say that nobody mapped, or that are only kept (rules word-1 to word-7)."""

from collections.abc import Sequence

import pytest

from services.validation.domain.samples import shortened
from services.validation.domain.unused import UnusedColumns
from shared.contracts.kinds import ImportKind
from shared.contracts.lexicon import refusal_in

_STOPPING = (
    *("Revoked", "CANCELLED", "closed", "Deceased", "opted-out", "Account Closed", " inactive ", "Term'd", "Termed"),
    *(
        "Canc",
        "Cxl",
        "CXLD",
        "Stop",
        "Stop pmt",
        "Susp",
        "Hold",
        "Off",
        "Paused",
        "INACT",
        "RVK",
        "Unsub",
        "De-enrolled",
    ),
    *("Dropped", "Ended", "Do not debit", "DND", "DNC", "NSF", "R02", "r29", "Fraud hold", "Chargeback", "Dispute"),
    *("Returned", "Prenote failed", "DECD", "Estate", "BK", "Finaled", "Disconnected", "Collections", "Bounced"),
    *("Undeliverable", "hard bounce", "CLOSED ACCT", "CLOSED - moved", "Revoked 3/2/2024", "customer revoked"),
    *("no longer active", "Cancelled by phone"),
)


def _unused(kind: ImportKind, *cells: str, name: str = "Status") -> UnusedColumns:
    columns = UnusedColumns(["Account", name], frozenset({0}), kind)
    columns.look([["A"] * len(cells), list(cells)], range(2, len(cells) + 2))
    return columns


@pytest.mark.parametrize("word", _STOPPING)
@pytest.mark.parametrize("kind", ImportKind)
def test_a_column_that_nobody_mapped_can_say_no(kind: ImportKind, word: str) -> None:
    """word-7."""
    found = _unused(kind, "Active", word, word)
    assert found.stopping == [{"name": "Status", "words": {shortened(" ".join(word.split())): 2}}]


def test_a_column_that_is_only_kept_can_say_no_and_is_not_told_as_unused() -> None:
    """word-19."""
    columns = UnusedColumns(["Account", "Channel"], frozenset({0, 1}), ImportKind.PAPERLESS, kept=frozenset({1}))
    columns.look([["A1", "A2"], ["Email", "Paper"]], (2, 3))
    assert columns.stopping == [{"name": "Channel", "words": {"Paper": 1}}]
    assert (list(columns.stopping_lines), len(columns), columns.shown(())) == ([3], 0, [])


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        *(
            ("AutoPay Cancelled", "Yes"),
            ("Opted Out?", "Yes"),
            ("Opt Out Date", "3/2/2024"),
            ("Cancel Dt", "2024-03-02"),
        ),
        *(("Stop Dt", "12/31/2026"), ("Deleted At", "2024-03-02 10:11:12"), ("Cancel Reason", "moved to TX")),
        *(("Locked", "TRUE"), ("Email Status", "hard bounce"), ("Last Return", "R02"), ("Is Live", "FALSE")),
        *(
            ("IsActive", "0"),
            ("Recurring Status", "Off"),
            ("Recurring Status", "Paused"),
            ("Active", "N"),
            ("Sub", "U"),
        ),
        *(("Max Amt", "150.00"), ("Payment Limit", "$75"), ("End Dt", "12/31/2026"), ("Pay Method", "Paper check")),
    ],
)
def test_a_header_asks_and_the_cell_says_no(name: str, cell: str) -> None:
    """word-7, word-10, word-11."""
    found = _unused(ImportKind.AUTOPAY, "", cell, name=name)
    assert (found.stopping, found.stopping_lines) == ([{"name": name, "words": {shortened(cell): 1}}], [3])


@pytest.mark.parametrize(
    ("kind", "header", "cells", "says_no"),
    [
        *(
            ("paperless", header, ("Y", "1", "Yes", "N", "0", ""), {"Y", "1", "Yes"})
            for header in (
                *("Send Paper?", "Paper", "Print Bill", "PaperBill", "Mail Bill", "Wants Paper", "PaperOptIn"),
                *("No Paperless", "PAPERBILL", "Paper Statement Flag", "No E-Bill", "Hold", "Vacated", "Hard Bounce"),
            )
        ),
        *(("autopay", header, ("Y", "N"), set()) for header in ("Paper Bill", "Mail Bill", "Hold Mail", "Acct No")),
        ("autopay", "No ACH", ("Y", "N"), {"Y"}),
        ("paperless", "Email Valid", ("Y", "N", "0"), {"N", "0"}),
        ("registration", "Email Active", ("Y", "N"), {"N"}),
        *(
            ("autopay", header, ("3/1/2024", "", "0000-00-00", "N", "1240301", "9999999"), {"3/1/2024", "1240301"})
            for header in ("Date of Death", "DOD", "Rvk Dt", "Move Out Date", "CXL Date")
        ),
        (
            "autopay",
            "Notes",
            (
                *("passed away 2024", "customer revoked authorization 3/1", "Customer Advises Not Authorized"),
                *("remove from ACH", "take off autopay", "pls turn off draft", "Deactivated", "send paper"),
                *(
                    "do not knock",
                    "remove from pool",
                    "no longer than 3 ft",
                    "customer service called",
                    "bill canceled",
                ),
            ),
            {
                *("passed away 2024", "customer revoked authorization 3/1", "Customer Advises Not Authorized"),
                *("remove from ACH", "take off autopay", "pls turn off draft", "Deactivated"),
            },
        ),
        (
            "paperless",
            "Notes",
            ("send paper", "Wants Paper", "remove from ACH", "paper towels"),
            {"send paper", "Wants Paper"},
        ),
        ("autopay", "Prenote Status", ("Failed", "Passed", "Sent", "Error"), {"Failed", "Error"}),
        ("autopay", "Inspection", ("Failed",), set()),
        ("autopay", "Payment Method", ("Cash", "ACH", "Check", "Money Order", "Visa"), {"Cash", "Money Order"}),
        ("autopay", "Last Payment Method", ("Cash",), set()),
        ("paperless", "Payment Method", ("Cash",), set()),
        ("autopay", "NSF Count", ("0", "1", "2", "12", "12345"), {"1", "2", "12"}),
        ("autopay", "Drafts Returned", ("0", "3", "12 Main St"), {"3"}),
        ("autopay", "No. of Returns", ("0", "2"), {"2"}),
        ("autopay", "Return Address", ("12 Main St", "2"), set()),
        ("autopay", "Account No", ("2",), set()),
        ("autopay", "AP_FLAG", ("Y", "N"), {"N"}),
        ("autopay", "End Of Autopay", ("", "2026-01-01"), {"2026-01-01"}),
        ("autopay", "Cash Only", ("Y", "N"), {"Y"}),
        ("autopay", "Auth Signed", ("Y", "N"), {"N"}),
        ("autopay", "Debit Block", ("Y", "N"), {"Y"}),
        ("autopay", "Notes", ("remove autopay per cust 4/2", "remove snow"), {"remove autopay per cust 4/2"}),
        ("paperless", "Opt In", ("Yes", "No"), {"No"}),
        ("paperless", "Email OK", ("Y", "N"), {"N"}),
        ("paperless", "Terms Accepted", ("1", "0"), {"0"}),
        ("paperless", "DNE", ("", "X"), {"X"}),
        ("paperless", "Undeliverable", ("0", "1"), {"1"}),
        ("paperless", "PAPER_BILL_FL", ("0", "1"), {"1"}),
        ("registration", "Banned", ("false", "true"), {"true"}),
        ("registration", "IsApproved", ("1", "0"), {"0"}),
        ("autopay", "Bank Status", ("Valid", "Verified", "OK", "Closed"), {"Closed"}),
        ("autopay", "AutoPay Status", ("Complete", "Success", "Failed"), {"Failed"}),
        ("paperless", "EBill Status", ("Accepted", "Approved", "Declined"), {"Declined"}),
    ],
)
def test_brothers_of_what_says_no(kind: str, header: str, cells: Sequence[str], says_no: set[str]) -> None:
    """word-7, word-10, word-16 and word-17."""
    assert {cell for cell in cells if refusal_in(header, kind).says_no(cell)} == says_no


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        *(("Cancelled", "No"), ("Cancelled", "0"), ("Cancel Dt", "0000-00-00"), ("Cancel Dt", "NULL"), ("Active", "Y")),
        *(
            ("Paperless", "N"),
            ("Paperless Cancelled", "Yes"),
            ("Max Amt", "0.00"),
            ("Meter Limit", "5"),
            ("Route", "R02"),
        ),
        *(
            ("Notes", "gate closed"),
            ("Notes", "dog, stop first"),
            ("Address", "12 Stop St"),
            ("Street", "Closed Loop Rd"),
        ),
        *(("Last Name", "Hold"), ("Name", "Estate of Ann Lee"), ("Terms", "1"), ("Mail Stop", "1"), ("Meters", "0")),
        *(("Lease End Date", "12/31/2026"), ("Area", "N"), ("Notes", "Call before noon"), ("City", "Stop")),
    ],
)
def test_no_false_alarm(name: str, cell: str) -> None:
    """word-7, word-10, word-11."""
    assert _unused(ImportKind.AUTOPAY, "", cell, name=name).stopping == []


def test_paper_says_no_to_paperless_alone() -> None:
    """word-7."""
    assert _unused(ImportKind.PAPERLESS, "Paper", "email").stopping == [{"name": "Status", "words": {"Paper": 1}}]
    assert _unused(ImportKind.AUTOPAY, "Paper", "email").stopping == []


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Status", ("Active", "Open")),
        ("Area", ("N", "No", "0")),
        ("Status", ("Closed Lane 5", "The late Mr. Deceased")),
    ],
)
def test_other_words_say_nothing(name: str, cells: Sequence[str]) -> None:
    """word-7."""
    assert _unused(ImportKind.AUTOPAY, *cells, name=name).stopping == []


def test_a_reason_of_many_words_is_counted_and_not_shown() -> None:
    found = _unused(ImportKind.AUTOPAY, "moved in with Ann Lee", "ann@example.com", "moved", name="Cancel Reason")
    assert found.stopping == [{"name": "Cancel Reason", "words": {"": 2, "moved": 1}}]


def test_what_the_header_asks_is_read_however_many_cells_there_are() -> None:
    days = [f"{1 + number // 28:02}/{1 + number % 28:02}/2024" for number in range(300)]
    assert len(_unused(ImportKind.AUTOPAY, *days, name="Cancel Date").stopping_lines) == 300
    assert _unused(ImportKind.PAPERLESS, "0", name="Paperless").stopping_lines == [2]


def test_a_column_of_notes_is_not_searched() -> None:
    """word-7."""
    assert _unused(ImportKind.AUTOPAY, "Closed", *map(str, range(300))).stopping == []


def test_unused_columns_are_shown_with_values() -> None:
    found = _unused(ImportKind.AUTOPAY, "", "North", "NULL", "North", "South", "4455667788", "West")
    (shown,) = found.shown([])
    assert shown == {
        "name": "Status",
        "filled": 6,
        "values": ["North", "South", "\u2022\u2022\u2022\u2022\u2022\u20227788"],
    }
    assert found.shown([1])[0]["values"] == []
    assert _unused(ImportKind.PAPERLESS, "4455667", name="Bank Account Number").shown([])[0]["values"] == []


@pytest.mark.parametrize(
    ("kind", "header", "cells", "says_no"),
    [
        ("paperless", "Bill Delivery", ("Email", "Portal", "E-Bill", "Courier", ""), {"Portal", "Courier"}),
        ("paperless", "Delivery Method", ("Online", "Fax", "a@example.com"), {"Fax"}),
        ("paperless", "E-Bill Status", ("Enrolled", "Pending"), {"Pending"}),
        ("paperless", "Email Status", ("verified", "opened"), set()),
        ("paperless", "ACH Status", ("Pending",), set()),
        ("autopay", "Autopay Status", ("Active", "Group A", "n"), {"Group A", "n"}),
        ("autopay", "Bank", ("Chase", "Portal"), set()),
        ("autopay", "Delivery Method", ("Portal",), set()),
    ],
)
def test_an_unused_flag_with_words_that_nobody_knows_says_no(
    kind: str, header: str, cells: Sequence[str], says_no: set[str]
) -> None:
    """word-14."""
    assert {cell for cell in cells if refusal_in(header, kind).says_no(cell)} == says_no
