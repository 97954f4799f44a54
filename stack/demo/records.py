"""The CRM of the demonstration as plain records; ids count from 1 in each list and are shifted when they are loaded."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Biller:
    """One of the three billers, with a realm of its own."""

    id: int
    name: str
    mcl_enabled: bool
    paperless_confirm_required: bool
    mail_domain: str
    invoice_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    id: int
    biller_id: int
    account_number: str
    name: str
    address1: str
    city: str
    state: str
    zip: str
    status: Literal["active", "closed"] = "active"
    block_eft: bool = False


@dataclass(frozen=True, slots=True)
class Login:
    """A login of a biller's realm; its id is also that of the realm's biller in the same order."""

    id: int
    biller_id: int
    status: Literal["shell", "invited", "active", "locked"]
    login_name: str | None
    email: str | None
    first_name: str | None
    last_name: str | None
    origin: Literal["portal", "import"] = "portal"


@dataclass(frozen=True, slots=True)
class Link:
    """Who may use an account."""

    customer_id: int
    login_id: int
    role: Literal["owner", "guest"] = "owner"


@dataclass(frozen=True, slots=True)
class Method:
    """A bank account that a customer entered on the portal."""

    id: int
    login_id: int
    biller_id: int
    routing_number: str
    account: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Autopay (with a method) or paperless (without) for one invoice type."""

    customer_id: int
    invoice_type: str
    status: Literal["active", "cancelled"]
    method_id: int | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    customer_id: int
    invoice_type: str
    due_date: date


@dataclass(slots=True)
class Records:
    """Everything that is loaded."""

    billers: list[Biller] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    methods: list[Method] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)

    def of_biller(self, biller: Biller) -> list[Customer]:
        return [customer for customer in self.customers if customer.biller_id == biller.id]
