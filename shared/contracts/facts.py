"""What a plan depends on: the facts of the CRM that verdicts read, by which rule, and what a change of them leads to.

The check keeps what it saw (``validation.plan_row``, ``validation.plan_seen``, ``validation.import_check``), the
executor compares it before it applies a chunk, and keeps the names of what differed with the rows that it held: people
read them as they stand here. docs/facts.md is generated from here, and a test changes every fact.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.contracts.kinds import ImportKind


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
_BY_EMAIL: Final = (ImportKind.PAPERLESS, ImportKind.REGISTRATION)
_SETTINGS: Final = "biller settings"
_CHECK_ANEW: Final = "Import the file again: the new check goes by the settings as they are now"
_EVERY: Final = tuple(ImportKind)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    ``locked``: nobody can change it between the comparison and the commit of the chunk. ``remedy`` is of a fact of the
    whole import: what to do where it has changed. ``said`` is the name under which it is kept with a row, where it is
    compared together with others.
    """

    name: str
    columns: tuple[str, ...]
    rules: str
    kinds: tuple[ImportKind, ...] = _EVERY
    then: Then = Then.GROUP
    locked: bool = True
    remedy: str = ""
    said: str = ""

    @property
    def shown(self) -> str:
        """What stands with a row for which it has changed."""
        return self.said or self.name


FACTS: Final = (
    Fact("account status", ("customer.status",), "3.4 R111, C235"),
    Fact("biller of the account", ("customer.biller_id",), "3.3"),
    Fact("account number", ("customer.account_number",), "3.3: which customer the row means"),
    Fact("customer name", ("customer.name",), "3.3 W310, C206: whose account it is"),
    Fact("payment blocks", ("customer.block_eft", "customer.block_cc"), "3.4 R112", _AUTOPAY),
    Fact("account made meanwhile", ("customer.account_number",), "3.3 C202: there is none yet", locked=False),
    Fact("owner", ("customer_login_link.login_id", "customer_login_link.role"), "3.5"),
    Fact("login status", ("login.status",), "3.5 C217; registration 6, 7"),
    Fact("login email", ("login.email",), "paperless 6-10; registration 6, 7", _BY_EMAIL),
    Fact(
        "email details of the login",
        ("login.login_name", "login.email_cc", "login.email_verified_at", "login.import_kind"),
        "paperless 6 C231, 9 W344: where the login's email is not the file's",
        _PAPERLESS,
    ),
    Fact(
        "personal details of the login",
        ("login.login_name", "login.first_name", "login.last_name", "login.phone", "login.import_kind"),
        "registration 6 (claim): what the row would overwrite",
        _REGISTRATION,
    ),
    Fact(
        "name on the login",
        ("login.first_name", "login.last_name"),
        "registration 7 C233: a login that is linked",
        _REGISTRATION,
    ),
    Fact(
        "accounts of the login",
        ("customer_login_link.customer_id", "customer_login_link.role", "customer.biller_id"),
        "paperless 9 C223, W322; registration 6 (claim): every account that the login owns, at any biller",
        _BY_EMAIL,
    ),
    Fact(
        "login of the present owner",
        ("login.email", "login.status"),
        "3.5 C217; registration 6 C232",
        _REGISTRATION,
    ),
    Fact(
        "role of the login",
        ("customer_login_link.role",),
        "registration 6: the role that the login has already",
        _REGISTRATION,
    ),
    Fact("login name taken", ("login.login_name",), "registration 8 R153", _REGISTRATION, locked=False),
    Fact(
        "logins with this email",
        ("login.email",),
        "registration 7 C234: no login has it, or one, or several",
        _REGISTRATION,
        locked=False,
    ),
    Fact(
        "autopay enrollment",
        ("autopay_enrollment.status", "autopay_enrollment.payment_method_id"),
        "autopay 6 C215, W333",
        _AUTOPAY,
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
        "autopay 6 C215: whose choice it is, and what the row would overwrite",
        _AUTOPAY,
    ),
    Fact(
        "paperless enrollment",
        ("paperless_enrollment.status", "paperless_enrollment.delivery_email"),
        "paperless 8 C225, 10 W333",
        _PAPERLESS,
    ),
    Fact(
        "terms of the paperless enrollment",
        ("paperless_enrollment.origin", "paperless_enrollment.consent_id"),
        "paperless 10: what the row would overwrite",
        _PAPERLESS,
    ),
    Fact(
        "payment method",
        ("payment_method.status", "payment_method.fingerprint", "payment_method.login_id", "payment_method.biller_id"),
        "autopay 7: the method that the row uses again",
        _AUTOPAY,
    ),
    Fact(
        "payment method added meanwhile",
        ("payment_method.fingerprint",),
        "autopay 7: the login has none of the fingerprint",
        _AUTOPAY,
    ),
    Fact(
        "default payment method",
        ("payment_method.is_default", "autopay_enrollment.status"),
        "autopay 7: a new method becomes the default where there is none",
        _AUTOPAY,
        Then.ADAPT,
        locked=False,
    ),
    Fact(
        "biller closed",
        ("biller.status",),
        "1 F011",
        then=Then.ALL,
        locked=False,
        remedy="Importing again does not help while the biller is closed: have it opened first",
    ),
    Fact(
        _SETTINGS,
        ("biller.login_realm_id", "biller.account_number_case", "biller.name"),
        "2.3, 3.3; registration 7; 1 F010 (the name, where the file has a column for it)",
        then=Then.ALL,
        locked=False,
        remedy=_CHECK_ANEW,
    ),
    Fact(
        "biller settings: linked accounts",
        ("biller.mcl_enabled",),
        "registration 7 C233, R152",
        _REGISTRATION,
        Then.ALL,
        locked=False,
        remedy=_CHECK_ANEW,
        said=_SETTINGS,
    ),
    Fact(
        "biller settings: confirmation of paperless",
        ("biller.paperless_confirm_required",),
        "paperless 10",
        _PAPERLESS,
        Then.ALL,
        locked=False,
        remedy=_CHECK_ANEW,
        said=_SETTINGS,
    ),
    Fact(
        "invoice types",
        ("invoice_type.code", "invoice_type.active", "invoice_type.autopay_allowed", "invoice_type.paperless_allowed"),
        "1 F013",
        _ENROLLING,
        Then.ALL,
        locked=False,
        remedy="Choose invoice types that are active and allow this kind of enrollment, then import the file again",
    ),
    Fact(
        "effective date is past",
        (),
        "1 F016: not past when the first row is applied",
        _AUTOPAY,
        Then.ALL,
        locked=False,
        remedy="Import the file again with an effective date to come",
    ),
    Fact("right of the requester", ("operator_right.permission",), "1 F011", then=Then.STOP, locked=False),
    Fact(
        "right of a person who decided",
        ("operator_right.permission", "operator_right.may_approve"),
        "4: who answered, confirmed or approved as the second person",
        then=Then.ALL,
        locked=False,
        remedy="Import the file again and have somebody decide who has the right to, "
        "or have the right given back first",
    ),
    Fact(
        "right to replace owners",
        ("operator_right.may_replace_owner",),
        "registration 6 C232",
        _REGISTRATION,
        locked=False,
        remedy="Import these rows again and have somebody answer who may replace owners, "
        "or have the right given back first",
    ),
)

_REMEDIES: Final = {fact.shown: fact.remedy for fact in FACTS}


def remedy_of(name: str) -> str:
    """What to do where a fact of the whole import has changed; one that a newer release names has no words here."""
    return _REMEDIES.get(name, "")
