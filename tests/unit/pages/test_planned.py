from dataclasses import replace
from datetime import date

import pytest

from services.mapping.planned import Change, PlannedRow, changes_of
from shared.contracts.plan import LoginAction, Verdict

PAPERLESS = PlannedRow(
    chunk_no=0,
    line_no=2,
    verdict=Verdict.APPLY,
    codes=(),
    account_number="1",
    customer_id=1,
    customer_name=None,
    login_id=None,
    login_action=LoginAction.NONE,
    link_role=None,
    seen_login_email="old@example.com",
    email="Ann@example.com",
    delivery_email=None,
    login_name=None,
    seen_enrollments=None,
    method_kind=None,
    account_type=None,
    last4=None,
    card_brand=None,
    payment_method_id=None,
    starts_on=None,
    ends_on=None,
    max_amount=None,
)
AUTOPAY = replace(PAPERLESS, method_kind="ach", last4="5667", payment_method_id=7)


@pytest.mark.parametrize(
    ("row", "seen", "before"),
    [
        (PAPERLESS, None, "not enrolled"),
        (PAPERLESS, "cancelled:", "cancelled"),
        (PAPERLESS, "active:", None),
        (PAPERLESS, "pending:", None),
        (PAPERLESS, "active:ann@EXAMPLE.com", None),
        (PAPERLESS, "active:other@example.com", "active"),
        (replace(PAPERLESS, delivery_email="Ann@example.com"), "active:", "active"),
        (AUTOPAY, "active:7", None),
        (AUTOPAY, "active:8", "active"),
        (replace(AUTOPAY, payment_method_id=None), "active:8", "active"),
        (AUTOPAY, "suspended:7", "suspended"),
    ],
)
def test_an_enrolment_that_stays_is_no_change(row: PlannedRow, seen: str | None, before: str | None) -> None:
    found = [one for one in changes_of(replace(row, seen_enrollments=(seen,)), ["WATER"]) if one.what == "enrolment"]
    moves = before == "active" and row.method_kind is not None
    after = "enrolled with bank account ••••5667" if moves else "enrolled"
    assert found == ([] if before is None else [Change("enrolment", before, after, "WATER")])


@pytest.mark.parametrize(
    ("starts_on", "shown"),
    [
        (None, "enrolled, from Jan 5, 2027"),
        (date(2019, 3, 1), "enrolled, from Jan 5, 2027"),
        (date(2027, 2, 1), "enrolled, from Feb 1, 2027"),
    ],
)
def test_autopay_begins_no_earlier_than_the_effective_date(starts_on: date | None, shown: str) -> None:
    row = replace(AUTOPAY, starts_on=starts_on, seen_enrollments=(None,))
    [enrolled] = [one for one in changes_of(row, ["WATER"], date(2027, 1, 5)) if one.what == "enrolment"]
    assert enrolled.after == shown
