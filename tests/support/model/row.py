"""What is known of a row."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from tests.support.model.job import RowKey
from tests.support.model.people import FirstLast
from tests.support.model.state import Customer, Login, Method, Role
from tests.support.model.text import (
    digits,
    folded,
    unaccented,
)

Outcome = Literal["applied", "no_change", "skipped", "held", "failed"]

OUTCOMES: tuple[Outcome, ...] = ("applied", "no_change", "skipped", "held", "failed")


@dataclass(slots=True)
class Permission:
    """What the file says of the customer's permission."""

    day: date | None = None
    channel: str | None = None
    reference: str | None = None
    evidence: dict[str, str] = field(default_factory=dict)

    @property
    def is_given(self) -> bool:
        return any((self.day, self.channel, self.reference, self.evidence))


@dataclass(eq=False, slots=True)
class Row:
    """What is known of a row so far."""

    line: int
    codes: set[str] = field(default_factory=set)
    outcome: Outcome | None = None
    leader: "Row | None" = None
    bank_account: str = ""
    card_token: str = ""
    """One that could be read."""
    own: frozenset[str] = frozenset()
    """The codes that a live row has of its own."""
    raw: tuple[str, ...] = ()
    account: str = ""
    is_stand_in: bool = False
    """Whether the number is none."""
    email: str | None = None
    email_cc: str | None = None
    method: Method | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    max_amount: Decimal | None = None
    permission: Permission = field(default_factory=Permission)
    for_log: dict[str, str] = field(default_factory=dict)
    login_name: str | None = None
    role: Role = "owner"
    person: FirstLast = (None, None)
    registers: bool = False
    new_customer: Customer | None = None
    customer: Customer | None = None
    owner: Login | None = None

    @property
    def decided(self) -> bool:
        return self.outcome is not None or self.leader is not None

    @property
    def takes_hold(self) -> bool:
        """Whether the row stands for a state the CRM has after the import."""
        return self.leader is None and self.outcome in {"applied", "no_change"}

    @property
    def key(self) -> RowKey:
        """What makes the row the same in another file."""
        return self.account, self.essence

    @property
    def essence(self) -> Hashable:
        """What rows of one account must have in common."""
        return self.method.fingerprint if self.method else (self.email or "").lower()

    @property
    def wishes(self) -> tuple[Hashable, ...]:
        """What the row would write beside what makes it the same row; None where its cell is blank."""
        method = self.method
        expiry = (method.exp_year, method.exp_month) if method and method.exp_year else None
        own_name = self.login_name if self.login_name != self.email else None
        names = (self.email, self.email_cc, own_name, *(map(unaccented, self.person) if self.registers else ()))
        phone = self.new_customer.phone if self.registers and self.new_customer else None
        permission = self.permission
        return (
            *((method.account_type, method.holder_type, folded(method.holder_name)) if method else ()),
            *((folded(method.card_brand), method.card_last4 or None) if method else ()),
            *(permission.day, permission.channel, permission.reference, tuple(permission.evidence.items())),
            digits(phone),
            expiry,
            *(self.starts_on, self.ends_on, self.max_amount),
            *map(folded, names),
            self.role,
        )

    @property
    def newcomer(self) -> tuple[Hashable, ...]:
        """The customer that the row would create."""
        customer = self.new_customer
        if customer is None:
            return ()
        place = (customer.address1, customer.address2, customer.city)
        return (*map(folded, (customer.name, *place)), customer.state, customer.zip, digits(customer.phone))

    def end(self, outcome: Outcome, *codes: str) -> None:
        self.outcome = outcome
        self.codes.update(codes)
