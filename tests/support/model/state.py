"""The CRM as plain values. New logins and methods are known by content, so that two states can be compared."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Literal

CustomerKey = tuple[int, str]
"""Biller and account number."""
Fingerprint = tuple[str, ...]
"""("ach", routing, account) or ("card", vault, token)."""
MethodKey = tuple[str, int, Fingerprint]
"""Login, biller and fingerprint."""
LoginStatus = Literal["shell", "invited", "active", "locked", "disabled"]
Role = Literal["owner", "oversight", "guest"]
Origin = Literal["portal", "csr", "import", "customer", "biller_feed"]


@dataclass(frozen=True, slots=True)
class Biller:
    key: int
    name: str
    realm: int
    mcl: bool = False
    case_insensitive: bool = False
    confirm_required: bool = False
    mail_domain: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceType:
    biller: int
    code: str
    autopay_allowed: bool = True
    paperless_allowed: bool = True
    active: bool = True


@dataclass(frozen=True, slots=True)
class Customer:
    biller: int
    account_number: str
    name: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    phone: str | None = None
    block_cc: bool = False
    block_eft: bool = False
    status: Literal["active", "closed", "inactive"] = "active"
    origin: Origin = "biller_feed"

    @property
    def key(self) -> CustomerKey:
        return (self.biller, self.account_number)


@dataclass(frozen=True, slots=True)
class Login:
    key: str
    realm: int
    status: LoginStatus
    login_name: str | None = None
    email: str | None = None
    email_cc: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    origin: Origin = "portal"
    import_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    customer: CustomerKey
    login: str
    role: Role
    origin: Origin = "portal"


@dataclass(frozen=True, slots=True)
class Method:
    login: str
    biller: int
    kind: Literal["ach", "card"]
    routing_number: str | None = None
    account: str | None = None
    account_last4: str | None = None
    account_type: str | None = None
    holder_name: str | None = None
    holder_type: str | None = None
    token: str | None = None
    token_vault: str | None = None
    card_brand: str | None = None
    card_last4: str | None = None
    exp_year: int | None = None
    exp_month: int | None = None
    is_default: bool = False
    status: Literal["active", "expired", "removed", "needs_validation"] = "active"
    origin: Origin = "portal"

    @property
    def fingerprint(self) -> Fingerprint:
        if self.kind == "ach":
            return ("ach", self.routing_number or "", self.account or "")
        return ("card", self.token_vault or "", self.token or "")

    @property
    def key(self) -> MethodKey:
        return (self.login, self.biller, self.fingerprint)


@dataclass(frozen=True, slots=True)
class Autopay:
    customer: CustomerKey
    type_code: str
    method: MethodKey
    status: Literal["active", "suspended", "cancelled"] = "active"
    origin: Origin = "customer"
    follow_default: bool = False
    effective_from: date | None = None
    ends_on: date | None = None
    max_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Paperless:
    customer: CustomerKey
    type_code: str
    status: Literal["pending", "active", "expired", "cancelled"] = "active"
    delivery_email: str | None = None
    origin: Origin = "customer"


@dataclass(frozen=True, slots=True)
class Bill:
    due: date
    balance: Decimal
    collected_on: date | None = None

    @property
    def day(self) -> date:
        return self.collected_on or self.due


@dataclass(slots=True)
class CrmState:
    """Everything an import reads or writes."""

    billers: dict[int, Biller] = field(default_factory=dict)
    types: dict[tuple[int, str], InvoiceType] = field(default_factory=dict)
    customers: dict[CustomerKey, Customer] = field(default_factory=dict)
    logins: dict[str, Login] = field(default_factory=dict)
    links: dict[tuple[CustomerKey, str], Link] = field(default_factory=dict)
    methods: dict[MethodKey, Method] = field(default_factory=dict)
    autopay: dict[tuple[CustomerKey, str], Autopay] = field(default_factory=dict)
    paperless: dict[tuple[CustomerKey, str], Paperless] = field(default_factory=dict)
    invoices: dict[tuple[CustomerKey, str], tuple[Bill, ...]] = field(default_factory=dict)

    def copy(self) -> "CrmState":
        """Independent of this one: what it holds is never changed, only replaced."""
        return replace(self, **{one.name: getattr(self, one.name).copy() for one in fields(self)})

    def with_logins_named(self, name: Callable[[str], str]) -> "CrmState":
        """The same state with other keys of its logins."""
        renamed = CrmState(self.billers, self.types, dict(self.customers), invoices=self.invoices)
        renamed.logins = {name(key): replace(login, key=name(key)) for key, login in self.logins.items()}
        for link in self.links.values():
            renamed.set_link(replace(link, login=name(link.login)))
        for method in self.methods.values():
            one = replace(method, login=name(method.login))
            renamed.methods[one.key] = one
        for autopay in self.autopay.values():
            login, biller, fingerprint = autopay.method
            renamed.set_autopay(replace(autopay, method=(name(login), biller, fingerprint)))
        renamed.paperless = dict(self.paperless)
        return renamed

    def owns(self, login: str) -> list[CustomerKey]:
        """The accounts that the login owns, at every biller."""
        return [link.customer for link in self.links.values() if link.login == login and link.role == "owner"]

    def set_link(self, link: Link) -> None:
        self.links[link.customer, link.login] = link

    def set_autopay(self, enrolment: Autopay) -> None:
        self.autopay[enrolment.customer, enrolment.type_code] = enrolment

    def set_paperless(self, enrolment: Paperless) -> None:
        self.paperless[enrolment.customer, enrolment.type_code] = enrolment
