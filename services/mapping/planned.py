"""What a planned row changes, before and after. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from shared.contracts.codes.names import OTHER_ACCOUNTS, OTHER_OWNER
from shared.contracts.lexicon import MethodKind
from shared.contracts.plan import LoginAction, SeenEnrollment, Verdict
from shared.contracts.roles import Role

_NOT_ENROLLED: Final = SeenEnrollment("not enrolled")
_ENROLLED: Final = "enrolled"
_WAITS: Final = "waiting for confirmation"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What the plan says of one row: columns of ``PLANNED_ROW``."""

    chunk_no: int
    line_no: int
    verdict: Verdict
    codes: Sequence[str]
    account_number: str | None
    customer_id: int | None
    customer_name: str | None
    login_id: int | None
    login_action: LoginAction
    link_role: str | None
    seen_login_email: str | None
    email: str | None
    delivery_email: str | None
    login_name: str | None
    seen_enrollments: Sequence[str | None] | None
    method_kind: MethodKind | None
    account_type: str | None
    last4: str | None
    card_brand: str | None
    payment_method_id: int | None
    starts_on: date | None
    ends_on: date | None
    max_amount: Decimal | None
    enrollment_changes: Sequence[str | None] | None
    owner_email: str | None
    waits_for_customer: bool


@dataclass(frozen=True, slots=True)
class ShownMethod:
    """A payment method as people may see it."""

    kind: MethodKind
    account_type: str | None
    card_brand: str | None
    last4: str | None

    @property
    def words(self) -> str:
        name = self.account_type or "bank account" if self.kind == "ach" else self.card_brand or "card"
        return f"{name} ••••{self.last4}" if self.last4 else name


@dataclass(frozen=True, slots=True)
class OtherAccounts:
    """Other accounts that the login of a row owns at one biller. ``numbers`` are the first, None at another biller."""

    biller: str
    accounts: int
    numbers: Sequence[str] | None


class ChangeFilter(StrEnum):
    """What rows to apply can be found by, beside enrollments.

    ``customer`` is one that is created, ``login`` one that is created, claimed or linked, ``login_changed`` one that is
    claimed or gets another email.
    """

    CUSTOMER = "customer"
    CUSTOMER_CHANGED = "customer_changed"
    LOGIN = "login"
    LOGIN_CREATED = "login_created"
    LOGIN_CHANGED = "login_changed"
    LOGIN_EMAIL = "login_email"
    DELIVERY_EMAIL = "delivery_email"
    PAYMENT_METHOD = "payment_method"
    OWNER = "owner"


class EnrollmentFilter(StrEnum):
    """What rows do to an enrollment, or that the customer has no bill of it. ``changed`` are those that continue.

    ``to_confirm`` are new ones that wait until the customer has confirmed them.
    """

    NEW = "new"
    TO_CONFIRM = "to_confirm"
    CHANGED = "changed"
    WITHOUT_BILL = "without_bill"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRows:
    """Which rows of a plan somebody asks for; None: all. ``text`` is an account number or an email address, whole.

    ``enrollment`` is about ``invoice_type`` alone, where that is given; an invoice type alone asks for rows that
    change its enrollment, whichever way.
    """

    verdict: Verdict | None = None
    code: str | None = None
    line: int | None = None
    text: str | None = None
    change: ChangeFilter | None = None
    enrollment: EnrollmentFilter | None = None
    invoice_type: str | None = None


ALL_ROWS: Final = WantedRows()


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``what`` is customer, login, login_email, delivery_email, payment_method or enrolment."""

    what: str
    before: str
    after: str
    invoice_type: str | None = None


def reaches_by_email(row: PlannedRow) -> bool:
    """Whether the row changes the email of a login, or would if it did not reach other accounts (C223)."""
    changes_email = row.login_action in (LoginAction.UPDATE_EMAIL, LoginAction.CLAIM) or row.delivery_email is not None
    return OTHER_ACCOUNTS in row.codes or (row.verdict is Verdict.APPLY and changes_email)


def changes_of(
    row: PlannedRow,
    invoice_types: Sequence[str],
    earliest: date | None = None,
    methods: Mapping[int, ShownMethod] = MappingProxyType({}),
) -> list[Change]:
    """Everything that the row will change; nothing for one that is not applied.

    ``earliest`` is the effective date; ``methods`` those of the enrollments at the check, by place of the invoice type.
    """
    if row.verdict is not Verdict.APPLY:
        return []
    return [*_customer(row), *_login(row), *_method(row), *_enrolments(row, invoice_types, earliest, methods)]


def _customer(row: PlannedRow) -> Iterator[Change]:
    if row.customer_id is None:
        yield Change("customer", "", row.customer_name or "created")


def _login(row: PlannedRow) -> Iterator[Change]:
    match row.login_action:
        case LoginAction.NONE:
            pass
        case LoginAction.UPDATE_EMAIL:
            yield Change("login_email", row.seen_login_email or "", row.email or "")
        case LoginAction.CLAIM:
            yield Change("login", row.seen_login_email or "no email", f"{row.email or ''}, invited")
        case LoginAction.CREATE_SHELL:
            yield Change("login", "", _made(row, "created without a password"))
        case LoginAction.CREATE_INVITED:
            yield Change("login", _former_owner(row), _made(row, "created and invited"))
        case LoginAction.LINK:
            yield Change("login", _former_owner(row), f"linked to the login of {row.email or ''} as {_role(row)}")
        case _:
            assert_never(row.login_action)
    if row.delivery_email:
        yield Change("delivery_email", row.seen_login_email or "", row.delivery_email)


def _former_owner(row: PlannedRow) -> str:
    """The login whose place the new owner takes; it stays linked with another role."""
    is_replaced = OTHER_OWNER in row.codes and row.link_role is None
    return f"{row.owner_email or 'no email'} as owner" if is_replaced else ""


def _role(row: PlannedRow) -> str:
    return Role(row.link_role or Role.OWNER).words


def _made(row: PlannedRow, how: str) -> str:
    return f"{row.email}, {how}" if row.email else how


def _method(row: PlannedRow) -> Iterator[Change]:
    if shown := _shown_method(row):
        yield Change("payment_method", "" if row.payment_method_id is None else shown, shown)


def _shown_method(row: PlannedRow) -> str:
    if row.method_kind is None:
        return ""
    return ShownMethod(row.method_kind, row.account_type, row.card_brand, row.last4).words


def _enrolments(
    row: PlannedRow, invoice_types: Sequence[str], earliest: date | None, methods: Mapping[int, ShownMethod]
) -> Iterator[Change]:
    enrollments = zip(invoice_types, row.seen_enrollments or (), row.enrollment_changes or (), strict=False)
    for place, (code, kept, change) in enumerate(enrollments, start=1):
        if change is None:
            continue
        seen = _NOT_ENROLLED if kept is None else SeenEnrollment.parse(kept)
        # What continues keeps its status; what starts gets the one that the executor gives it.
        if change == EnrollmentFilter.CHANGED:
            yield Change("enrolment", *_moved(row, seen, earliest, methods.get(place)), code)
        else:
            after = _WAITS if row.waits_for_customer else _enrolled(row, earliest)
            yield Change("enrolment", seen.status, after, code)


def _moved(row: PlannedRow, seen: SeenEnrollment, earliest: date | None, method: ShownMethod | None) -> tuple[str, str]:
    """By which method or address the enrollment continues, before and after."""
    state = _WAITS if seen.status == "pending" else _ENROLLED
    if row.method_kind is not None:
        before = method.words if method else "another payment method"
        return f"{state} with {before}", _enrolled(row, earliest, with_method=True)
    before = seen.detail or row.seen_login_email or "the email of the login"
    return f"{state}, to {before}", f"{state}, to {row.delivery_email or row.email}"


def _enrolled(row: PlannedRow, earliest: date | None, *, with_method: bool = False) -> str:
    # As the executor writes it: autopay begins no earlier than on the effective date.
    starts = max(filter(None, (row.starts_on, earliest)), default=None) if row.method_kind else None
    limits = [
        *([f"from {_day(starts)}"] if starts else []),
        *([f"until {_day(row.ends_on)}"] if row.ends_on else []),
        *([f"at most ${row.max_amount:,}"] if row.max_amount else []),
    ]
    method = _shown_method(row) if with_method else ""
    return ", ".join([f"{_ENROLLED} with {method}" if method else _ENROLLED, *limits])


def _day(value: date) -> str:
    return f"{value:%b} {value.day}, {value:%Y}"
