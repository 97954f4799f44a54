import pytest

from services.notifier.row_changes import RowChange, described


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (
            {"table": "login", "before": {"email": "a@x.com"}, "after": {"email": "b@x.com"}},
            [RowChange("Login email", "a@x.com", "b@x.com")],
        ),
        (
            {"table": "customer", "before": None, "after": {"account_number": "W-1"}},
            [RowChange("Customer account number", "", "W-1")],
        ),
        (
            {"table": "payment_method", "id": 7, "after": {"kind": "ach", "last4": "6789", "is_default": True}},
            [
                RowChange("Payment method kind", "", "bank account"),
                RowChange("Payment method ending in", "", "6789"),
                RowChange("Payment method default", "", "yes"),
            ],
        ),
        (
            {"table": "autopay_enrollment", "before": {"max_amount": "10.5"}, "after": {"max_amount": 1234.5}},
            [RowChange("Autopay maximum", "$10.50", "$1,234.50")],
        ),
        (
            {"table": "customer_login_link", "before": {"role": "owner"}, "after": {"role": "oversight"}},
            [RowChange("Account access role", "owner", "oversight user")],
        ),
        ({"table": "login", "before": {"email": "a@x.com", "phone": "1"}, "after": {"email": "a@x.com"}}, []),
        (
            {"table": "paperless_enrollment", "before": {"status": "active"}, "after": None},
            [RowChange("Paperless status", "enrolled", "")],
        ),
        (
            {"table": "paperless_enrollment", "before": None, "after": {"invoice_type_id": 7, "status": "pending"}},
            [RowChange("Paperless status (Water)", "", "waiting for confirmation")],
        ),
        (
            {
                "table": "autopay_enrollment",
                "before": {"effective_from": "2026-01-09"},
                "after": {"invoice_type_id": 8, "effective_from": "2026-03-02", "status": "active"},
            },
            [
                RowChange("Autopay status (Sewer)", "", "enrolled"),
                RowChange("Autopay start (Sewer)", "Jan 9, 2026", "Mar 2, 2026"),
            ],
        ),
        (
            {"table": "login", "before": None, "after": {"status": "shell"}},
            [RowChange("Login status", "", "without a password")],
        ),
        ({"table": "login", "id": 3, "before": None, "after": {"import_id": "x", "realm_id": 4}}, []),
    ],
)
def test_changes_are_shown_in_words(change: dict[str, object], shown: list[RowChange]) -> None:
    assert described([change], {7: "Water", 8: "Sewer"}) == shown
