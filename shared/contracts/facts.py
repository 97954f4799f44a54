"""What a plan depends on: the facts of the CRM that verdicts read, by which rule, and what a change of them leads to.

The check keeps what it saw (``validation.plan_row``, ``validation.plan_seen``, ``validation.import_check``), the
executor compares it before it applies a chunk. docs/facts.md is generated from here, and a test changes every fact.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.contracts.definition import ImportKind


class Then(StrEnum):
    """What a change between check and run leads to."""

    GROUP = "its group is held, R198"
    ALL = "all rows left are held, R198"
    STOP = "the import fails, F011; rows left are skipped, S405"
    ADAPT = "the row is applied without it"


_AUTOPAY: Final = (ImportKind.AUTOPAY,)
_PAPERLESS: Final = (ImportKind.PAPERLESS,)
_REGISTRATION: Final = (ImportKind.REGISTRATION,)
_ENROLLING: Final = (ImportKind.AUTOPAY, ImportKind.PAPERLESS)
_EVERY: Final = tuple(ImportKind)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. ``locked``: nobody can change it between the comparison and the commit of the chunk."""

    name: str
    columns: tuple[str, ...]
    rules: str
    kinds: tuple[ImportKind, ...] = _EVERY
    then: Then = Then.GROUP
    locked: bool = True


FACTS: Final = (
    Fact("customer", ("customer.status", "customer.biller_id"), "3.3; 3.4 R111, C235"),
    Fact("account number", ("customer.account_number",), "3.3: which customer the row means"),
    Fact("customer's name", ("customer.name",), "3.3 W310, C206: whose account it is"),
    Fact("payment blocks", ("customer.block_eft", "customer.block_cc"), "3.4 R112", _AUTOPAY),
    Fact("missing customer", ("customer.account_number",), "3.3 C202: there is none yet", locked=False),
    Fact("owner", ("customer_login_link.login_id", "customer_login_link.role"), "3.5"),
    Fact("login", ("login.email", "login.status"), "3.5 C217; paperless 6-10; registration 6, 7"),
    Fact(
        "login's mail",
        ("login.login_name", "login.email_cc", "login.email_verified_at", "login.import_kind"),
        "paperless 6 C231, 9 W344: where the login's email is not the file's",
        _PAPERLESS,
    ),
    Fact(
        "login's person",
        ("login.login_name", "login.first_name", "login.last_name", "login.phone", "login.import_kind"),
        "registration 6 (claim), 7 C233: a login that is claimed or linked",
        _REGISTRATION,
    ),
    Fact(
        "login's accounts",
        ("customer_login_link.customer_id", "customer_login_link.role", "customer.biller_id"),
        "paperless 9 C223, W322; registration 6 (claim): every account that the login owns, at any biller",
        (ImportKind.PAPERLESS, ImportKind.REGISTRATION),
    ),
    Fact("owner beside", ("login.email", "login.status"), "3.5 C217; registration 6 C232", _REGISTRATION),
    Fact("role", ("customer_login_link.role",), "registration 6: the role that the login has already", _REGISTRATION),
    Fact("free login name", ("login.login_name",), "registration 8 R153", _REGISTRATION, locked=False),
    Fact(
        "free email",
        ("login.email",),
        "registration 7 C234: no login has it, or one, or several",
        _REGISTRATION,
        locked=False,
    ),
    Fact(
        "autopay",
        ("autopay_enrollment.status", "autopay_enrollment.payment_method_id"),
        "autopay 6 C215, W333",
        _AUTOPAY,
    ),
    Fact(
        "autopay terms",
        (
            "autopay_enrollment.origin",
            "autopay_enrollment.follow_default",
            "autopay_enrollment.effective_from",
            "autopay_enrollment.ends_on",
            "autopay_enrollment.max_amount",
            "autopay_enrollment.mandate_id",
            "payment_method.fingerprint",
        ),
        "autopay 6 C215: whose choice it is, and what the row would overwrite",
        _AUTOPAY,
    ),
    Fact(
        "paperless",
        ("paperless_enrollment.status", "paperless_enrollment.delivery_email"),
        "paperless 8 C225, 10 W333",
        _PAPERLESS,
    ),
    Fact(
        "paperless terms",
        ("paperless_enrollment.origin", "paperless_enrollment.consent_id"),
        "paperless 10: what the row would overwrite",
        _PAPERLESS,
    ),
    Fact(
        "own method",
        ("payment_method.status", "payment_method.fingerprint", "payment_method.login_id", "payment_method.biller_id"),
        "autopay 7: the method that the row uses again",
        _AUTOPAY,
    ),
    Fact("new method", ("payment_method.fingerprint",), "autopay 7: the login has none of the fingerprint", _AUTOPAY),
    Fact(
        "default method",
        ("payment_method.is_default", "autopay_enrollment.status"),
        "autopay 7: a new method becomes the default where there is none",
        _AUTOPAY,
        Then.ADAPT,
        locked=False,
    ),
    Fact("open biller", ("biller.status",), "1 F011", then=Then.ALL, locked=False),
    Fact(
        "biller's settings",
        (
            "biller.login_realm_id",
            "biller.account_number_case",
            "biller.mcl_enabled",
            "biller.paperless_confirm_required",
            "biller.name",
        ),
        "2.3, 3.3; registration 7, R152; paperless 10; 1 F010 (the name, where the file has a column for it)",
        then=Then.ALL,
        locked=False,
    ),
    Fact(
        "invoice types",
        ("invoice_type.code", "invoice_type.active", "invoice_type.autopay_allowed", "invoice_type.paperless_allowed"),
        "1 F013",
        _ENROLLING,
        Then.ALL,
        locked=False,
    ),
    Fact("effective date", (), "1 F016: not past when the first row is applied", _AUTOPAY, Then.ALL, locked=False),
    Fact("right of the requester", ("operator_right.permission",), "1 F011", then=Then.STOP, locked=False),
    Fact(
        "rights of who decided",
        ("operator_right.permission", "operator_right.may_approve"),
        "4: who answered, confirmed or approved as the second person",
        then=Then.ALL,
        locked=False,
    ),
    Fact(
        "right to replace owners",
        ("operator_right.may_replace_owner",),
        "registration 6 C232",
        _REGISTRATION,
        locked=False,
    ),
)
