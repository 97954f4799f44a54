"""What a plan depends on: the facts of the CRM that verdicts read, by which rule, and what a change of them leads to.

The check keeps what it saw (``validation.plan_row``, ``validation.plan_seen``, ``validation.import_check``), the
executor compares it before it applies a chunk, and keeps the names of what differed with the rows that it put on hold.
People read the words that stand here. docs/facts.md is generated from here, and a test changes every fact.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.contracts.kinds import KINDS, ImportKind


class Then(StrEnum):
    """What a change between check and run leads to."""

    GROUP = "its group is put on hold, R198"
    ALL = "all remaining rows are put on hold, R198"
    STOP = "the import fails, F011; the remaining rows are skipped, S405"
    ADAPT = "the row is applied without it"


_AUTOPAY: Final = (ImportKind.AUTOPAY,)
_PAPERLESS: Final = (ImportKind.PAPERLESS,)
_REGISTRATION: Final = (ImportKind.REGISTRATION,)
_ENROLLING: Final = tuple(kind for kind, spec in KINDS.items() if spec.enrollment)
_BY_EMAIL: Final = (ImportKind.PAPERLESS, ImportKind.REGISTRATION)
_SETTINGS: Final = "biller settings"
_CHECK_AGAIN: Final = "Import the file again: the new check uses the current settings"
_EVERY: Final = tuple(ImportKind)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    ``words``: what people read, where they differ from the name under which it is kept; kept names never change.
    ``locked``: nobody can change it between the comparison and the commit of the chunk. ``remedy`` is of a fact of the
    whole import: what to do where it has changed. ``said`` is the name under which it is kept with a row, where it is
    compared together with others. ``kept`` are the columns of the plan (``shared/contracts/plan``) that keep what was
    seen; none where the verdict itself says it, as that a customer is active or a login name free.
    """

    name: str
    columns: tuple[str, ...]
    rules: str
    kinds: tuple[ImportKind, ...] = _EVERY
    then: Then = Then.GROUP
    locked: bool = True
    remedy: str = ""
    said: str = ""
    words: str = ""
    kept: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name that is kept with a row for which it has changed."""
        return self.said or self.name

    @property
    def label(self) -> str:
        return self.words or self.name


FACTS: Final = (
    Fact("account status", ("customer.status",), "customer-6 R111, C235"),
    Fact("biller of the account", ("customer.biller_id",), "customer-1"),
    Fact(
        "account number",
        ("customer.account_number",),
        "customer-1: which customer the row means",
        kept=("plan_row.account_number",),
    ),
    Fact(
        "customer name",
        ("customer.name",),
        "customer-2 W310, import-8 C206: whose account it is",
        kept=("plan_seen.name",),
    ),
    Fact("payment blocks", ("customer.block_eft", "customer.block_cc"), "customer-6 R112", _AUTOPAY),
    Fact(
        "account made meanwhile",
        ("customer.account_number",),
        "customer-3 C202: there is none yet",
        locked=False,
        words="account created since the check",
    ),
    Fact(
        "owner",
        ("customer_login_link.login_id", "customer_login_link.role"),
        "owner-1",
        kept=("plan_row.login_id", "plan_row.owner_id"),
    ),
    Fact(
        "login status",
        ("login.status",),
        "owner-1 C217; registration-1 to registration-16",
        kept=("plan_row.seen_login_status",),
    ),
    Fact(
        "login email",
        ("login.email",),
        "paperless-1 to paperless-16; registration-1 to registration-16",
        _BY_EMAIL,
        kept=("plan_row.seen_login_email",),
    ),
    Fact(
        "email details of the login",
        ("login.login_name", "login.email_cc", "login.email_verified_at", "login.import_kind"),
        "paperless-1 C231, paperless-8 W344: where the login's email is not the file's",
        _PAPERLESS,
        kept=("plan_seen.login",),
    ),
    Fact(
        "personal details of the login",
        ("login.login_name", "login.first_name", "login.last_name", "login.phone", "login.import_kind"),
        "registration-10: what the row would overwrite",
        _REGISTRATION,
        kept=("plan_seen.login",),
    ),
    Fact(
        "name on the login",
        ("login.first_name", "login.last_name"),
        "registration-13 C233: a login that is linked",
        _REGISTRATION,
        kept=("plan_seen.linked",),
    ),
    Fact(
        "accounts of the login",
        ("customer_login_link.customer_id", "customer_login_link.role", "customer.biller_id"),
        "paperless-7 C223, owner-3 W322; registration-10: every account that the login owns, at any biller",
        _BY_EMAIL,
        kept=("plan_seen.accounts",),
    ),
    Fact(
        "login of the present owner",
        ("login.email", "login.status"),
        "owner-1 C217; registration-1 C232",
        _REGISTRATION,
        kept=("plan_seen.owner",),
        words="login of the current owner",
    ),
    Fact(
        "role of the login",
        ("customer_login_link.role",),
        "registration-8: the role that the login already has",
        _REGISTRATION,
        kept=("plan_seen.role",),
        words="role of the login at the account",  # none, where somebody removed it
    ),
    Fact(
        "login name taken",
        ("login.login_name",),
        "registration-17 R153",
        _REGISTRATION,
        locked=False,
        words="user name already taken",
    ),
    Fact(
        "logins with this email",
        ("login.email", "customer_login_link.role"),
        "registration-12 C234: no login has it, or one, or several; registration-8: a user of the account has it",
        _REGISTRATION,
        locked=False,
    ),
    Fact(
        "autopay enrollment",
        ("autopay_enrollment.status", "autopay_enrollment.payment_method_id"),
        "autopay-1 C215, autopay-3 W333",
        _AUTOPAY,
        kept=("plan_row.seen_enrollments",),
    ),
    Fact(
        "terms of the autopay enrollment",
        (
            "autopay_enrollment.origin",
            "autopay_enrollment.follow_default",
            "autopay_enrollment.effective_from",
            "autopay_enrollment.ends_on",
            "autopay_enrollment.max_amount",
            "autopay_enrollment.mandate_id",
            "payment_method.fingerprint",
        ),
        "autopay-1 C215: whose choice it is, and what the row would overwrite",
        _AUTOPAY,
        kept=("plan_seen.enrollments",),
    ),
    Fact(
        "paperless enrollment",
        ("paperless_enrollment.status", "paperless_enrollment.delivery_email"),
        "paperless-5 C225, paperless-11 W333",
        _PAPERLESS,
        kept=("plan_row.seen_enrollments",),
    ),
    Fact(
        "terms of the paperless enrollment",
        ("paperless_enrollment.origin", "paperless_enrollment.consent_id"),
        "paperless-12: what the row would overwrite",
        _PAPERLESS,
        kept=("plan_seen.enrollments",),
    ),
    Fact(
        "payment method",
        ("payment_method.status", "payment_method.fingerprint", "payment_method.login_id", "payment_method.biller_id"),
        "autopay-5: the method that the row reuses",
        _AUTOPAY,
        kept=("plan_row.payment_method_id", "plan_row.fingerprint", "plan_seen.method"),
    ),
    Fact(
        "payment method added meanwhile",
        ("payment_method.fingerprint",),
        "autopay-5: the login has none with the fingerprint",
        _AUTOPAY,
        words="payment method added since the check",
    ),
    Fact(
        "default payment method",
        ("payment_method.is_default", "autopay_enrollment.status"),
        "autopay-6: a new method becomes the default where there is none",
        _AUTOPAY,
        Then.ADAPT,
        locked=False,
    ),
    Fact(
        "biller closed",
        ("biller.status",),
        "file-3 F011",
        then=Then.ALL,
        locked=False,
        remedy="Have the biller opened first, then import the file again",
    ),
    Fact(
        _SETTINGS,
        ("biller.login_realm_id", "biller.account_number_case", "biller.name"),
        "number-5, customer-1; registration-12; file-6 F010 (the name, where the file has a column for it)",
        then=Then.ALL,
        locked=False,
        remedy=_CHECK_AGAIN,
        kept=("import_check.seen_settings", "import_check.seen_biller"),
    ),
    Fact(
        "biller settings: linked accounts",
        ("biller.mcl_enabled",),
        "registration-13 C233, registration-14 R152",
        _REGISTRATION,
        Then.ALL,
        locked=False,
        remedy=_CHECK_AGAIN,
        said=_SETTINGS,
        kept=("import_check.seen_settings", "import_check.seen_biller"),
    ),
    Fact(
        "biller settings: confirmation of paperless",
        ("biller.paperless_confirm_required",),
        "paperless-12",
        _PAPERLESS,
        Then.ALL,
        locked=False,
        remedy=_CHECK_AGAIN,
        said=_SETTINGS,
        kept=("import_check.seen_settings", "import_check.seen_biller"),
    ),
    Fact(
        "invoice types",
        ("invoice_type.code", "invoice_type.active", "invoice_type.autopay_allowed", "invoice_type.paperless_allowed"),
        "file-3 F013",
        _ENROLLING,
        Then.ALL,
        locked=False,
        remedy="Choose invoice types that are active and allow this kind of enrollment, then import the file again",
        kept=("import_check.seen_types",),
    ),
    Fact(
        "effective date is past",
        (),
        "file-3 F016: not past when the first row is applied",
        _AUTOPAY,
        Then.ALL,
        locked=False,
        remedy="Import the file again with a later collection date",
        words="earliest collection date has passed",
    ),
    Fact(
        "end date is past",
        (),
        "terms-3 C214: an enrollment that ends before it begins",
        _AUTOPAY,
        locked=False,
        words="end date has passed",
    ),
    Fact(
        "right of the requester",
        ("operator_right.permission",),
        "file-3 F011",
        then=Then.STOP,
        locked=False,
        words="permission of the person who requested the import",
    ),
    Fact(
        "right of a person who decided",
        ("operator_right.permission", "operator_right.may_approve"),
        "apply-8: who decided, confirmed or approved as the second person",
        then=Then.ALL,
        locked=False,
        remedy="Import the file again and have a person with permission decide, or restore the permission first",
        words="permission of a person who decided",
    ),
    Fact(
        "right to replace owners",
        ("operator_right.may_replace_owner",),
        "registration-5 C232",
        _REGISTRATION,
        locked=False,
        remedy="Import these rows again and have a person with permission decide, or restore the permission first",
        words="permission to replace owners",
    ),
)

_REMEDIES: Final = {fact.shown: fact.remedy for fact in FACTS}
_LABELS: Final = {fact.name: fact.label for fact in FACTS}


def remedy_of(name: str) -> str:
    """What to do where a fact of the whole import has changed; one that a newer release names has no words here."""
    return _REMEDIES.get(name, "")


def fact_words(name: str) -> str:
    """A kept name in words; one of a newer release is shown as it is."""
    return _LABELS.get(name, name)
