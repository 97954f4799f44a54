from dataclasses import replace
from datetime import date

import pytest

from services.mapping.planned import Change, PlannedRow, ShownMethod, changes_of
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
    enrollment_changes=None,
    owner_email=None,
    waits_for_customer=False,
)
DELIVERED = replace(PAPERLESS, delivery_email="bills@example.com")
TO, WAITS = "enrolled, to ", "waiting for confirmation, to "
AUTOPAY = replace(PAPERLESS, method_kind="ach", last4="5667", payment_method_id=7)


@pytest.mark.parametrize(
    ("row", "seen", "change", "told"),
    [
        (PAPERLESS, None, "new", ("not enrolled", "enrolled")),
        (PAPERLESS, "cancelled:", "new", ("cancelled", "enrolled")),
        (replace(PAPERLESS, waits_for_customer=True), None, "new", ("not enrolled", "waiting for confirmation")),
        (PAPERLESS, "active:other@example.com", "changed", (f"{TO}other@example.com", f"{TO}Ann@example.com")),
        (replace(PAPERLESS, waits_for_customer=True), "active:b", "changed", (f"{TO}b", f"{TO}Ann@example.com")),
        (DELIVERED, "active:", "changed", (f"{TO}old@example.com", f"{TO}bills@example.com")),
        (PAPERLESS, "pending:b@example.com", "changed", (f"{WAITS}b@example.com", f"{WAITS}Ann@example.com")),
        (AUTOPAY, "active:8", "changed", ("enrolled with savings ••••9", "enrolled with bank account ••••5667")),
        (AUTOPAY, "suspended:7", "new", ("suspended", "enrolled")),
        (AUTOPAY, "active:7", None, None),
    ],
)
def test_an_enrolment_that_stays_is_no_change(
    row: PlannedRow, seen: str | None, change: str | None, told: tuple[str, str] | None
) -> None:
    planned = replace(row, seen_enrollments=(seen,), enrollment_changes=(change,))
    methods = {1: ShownMethod("ach", "savings", None, "9")}
    found = [one for one in changes_of(planned, ["WATER"], methods=methods) if one.what == "enrolment"]
    assert found == ([] if told is None else [Change("enrolment", *told, "WATER")])


@pytest.mark.parametrize("link_role", [None, "oversight"])
def test_the_owner_who_is_replaced_is_named(link_role: str | None) -> None:
    row = replace(PAPERLESS, codes=("C232",), link_role=link_role, owner_email="old@example.com")
    [linked] = changes_of(replace(row, login_action=LoginAction.LINK), [])
    assert linked.before == ("" if link_role else "old@example.com as owner")
    [made] = changes_of(replace(row, login_action=LoginAction.CREATE_INVITED), [])
    assert (made.before, made.after) == (linked.before, "Ann@example.com, created and invited")


@pytest.mark.parametrize(
    ("starts_on", "shown"),
    [
        (None, "enrolled, from Jan 5, 2027"),
        (date(2019, 3, 1), "enrolled, from Jan 5, 2027"),
        (date(2027, 2, 1), "enrolled, from Feb 1, 2027"),
    ],
)
def test_autopay_begins_no_earlier_than_the_effective_date(starts_on: date | None, shown: str) -> None:
    row = replace(AUTOPAY, starts_on=starts_on, seen_enrollments=(None,), enrollment_changes=("new",))
    [enrolled] = [one for one in changes_of(row, ["WATER"], date(2027, 1, 5)) if one.what == "enrolment"]
    assert enrolled.after == shown
