"""Small CRM states: one biller, sometimes a second one in a realm they share."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.support.generators import pools
from tests.support.generators.drawing import Drawer
from tests.support.model.state import (
    Autopay,
    Bill,
    Biller,
    CrmState,
    Customer,
    CustomerKey,
    InvoiceType,
    Link,
    Login,
    LoginStatus,
    Method,
    Paperless,
)

BILLER, OTHER_BILLER = 1, 2
TYPES = ("WATER", "SEWER")
_SMALL = (0, 3, 6, 9, 12, 12, 12)
_LARGE = (18, 24, 30)
_MOST_LOGINS = 6
_STATUSES: tuple[LoginStatus, ...] = (
    *("active",) * 8,
    *("shell",) * 4,
    *("invited", "invited", "locked", "disabled"),
)


# Bills of one customer and type: days from today, balance, days from today of the collection that the CRM has set.
_BILLS: tuple[tuple[tuple[int, str, int | None], ...], ...] = (
    ((20, "10.00", None),),
    ((0, "60.00", None),),
    ((-3, "10.00", None), (35, "20.50", None)),
    ((30, "2000.00", None), (33, "10.00", None), (33, "0.05", None)),
    ((-3, "10.00", 31),),
    ((40, "10.00", -1),),
    ((40, "0.00", None),),
    ((4000, "12.30", None), (9000, "10.00", None)),
)


@dataclass(frozen=True, slots=True)
class Numbering:
    """How account numbers look in the CRM, and how the file says them."""

    columns: tuple[str, ...]
    parts: tuple[dict[str, Any], ...]
    case_insensitive: bool = False
    has_parts: bool = False

    def account_number(self, number: int) -> str:
        if self.has_parts or len(self.columns) > 1:
            return f"WTR-{number:07d}-{number * 7:06d}"
        return f"ab-{number}" if self.case_insensitive else f"{number:05d}"

    def cells(self, number: int) -> tuple[str, ...]:
        if len(self.columns) > 1:
            return str(number), str(number * 7)
        if self.has_parts:
            return (f"{number} - {number * 7}",)
        return (f"ab-{number}" if self.case_insensitive else str(number),)


_PAD = {"do": "pad_left"}
COMPOSITE = Numbering(
    ("Cust No", "Loc"),
    (
        {"literal": "WTR-"},
        {"column": "Cust No", "transforms": [{"do": "trim"}, _PAD | {"length": 7}]},
        {"literal": "-"},
        {"column": "Loc", "transforms": [_PAD | {"length": 6}]},
    ),
)
PADDED = Numbering(("Account",), ({"column": "Account", "transforms": [{"do": "digits_only"}, _PAD | {"length": 5}]},))
_PART = {"do": "take_part", "separator": "-"}
PARTS = Numbering(
    ("Account",),
    (
        {"literal": "WTR-"},
        {"column": "Account", "transforms": [_PART | {"number": 1}, {"do": "trim"}, _PAD | {"length": 7}]},
        {"literal": "-"},
        {"column": "Account", "transforms": [_PART | {"number": 2}, {"do": "trim"}, _PAD | {"length": 6}]},
    ),
    has_parts=True,
)
WORDS = Numbering(("Account",), ({"column": "Account"},), case_insensitive=True)
NUMBERINGS = (COMPOSITE, PADDED, PARTS, WORDS)


class StateMaker:
    """Makes one state piece by piece."""

    def __init__(self, drawer: Drawer, numbering: Numbering, today: date, *, is_large: bool) -> None:
        self._drawer = drawer
        self._one = drawer.one
        self._numbering = numbering
        self._today = today
        self._sizes = _LARGE if is_large else _SMALL
        self.state = CrmState()

    def make(self) -> CrmState:
        """Account numbers follow the numbering."""
        self._billers()
        self._customers(BILLER, self._one(self._sizes))
        if OTHER_BILLER in self.state.billers:
            self._customers(OTHER_BILLER, self._one((1, 2, 3)))
        self._logins()
        for customer in self.state.customers:
            self._users(customer)
        for login in self.state.logins:
            self._methods(login)
        for customer in self.state.customers:
            self._enrolments(customer)
        return self.state

    def _rarely(self) -> bool:
        return self._drawer.chance(12)

    def _maybe(self) -> bool:
        return self._drawer.chance(2)

    def _billers(self) -> None:
        name = pools.fresh_name("Riverbend")
        self.state.billers[BILLER] = Biller(
            BILLER,
            name,
            1,
            mcl=self._maybe(),
            case_insensitive=self._numbering.case_insensitive,
            confirm_required=self._maybe(),
            mail_domain=self._one((None, None, "example.org", "Bills.Example.net")),
        )
        if self._one((False, False, True)):
            self.state.billers[OTHER_BILLER] = Biller(OTHER_BILLER, f"Other {name}", 1, mcl=True)
        for biller in self.state.billers:
            for code in TYPES:
                self.state.types[biller, code] = InvoiceType(biller, code)
        closed = InvoiceType(BILLER, "TRASH", autopay_allowed=False, paperless_allowed=False)
        self.state.types[BILLER, "TRASH"] = closed

    def _customers(self, biller: int, count: int) -> None:
        for number in range(1, count + 1):
            customer = Customer(
                biller,
                self._account_number(number),
                self._drawer.mostly(pools.NAMES, (None,)),
                block_cc=self._rarely(),
                block_eft=self._rarely(),
                status="active" if not self._rarely() else self._one(("closed", "inactive")),
            )
            self.state.customers[customer.key] = customer

    def _account_number(self, number: int) -> str:
        account_number = self._numbering.account_number(number)
        return account_number.upper() if self._numbering.case_insensitive and number % 2 else account_number

    def _logins(self) -> None:
        names = self._drawer.shuffled(pools.LOGIN_NAMES)
        for number in range(self._one((0, 2, 4, *(_MOST_LOGINS,) * 3))):
            status = self._one(_STATUSES)
            nothing = (pools.EMAILS[0].upper(),) if status == "invited" else (pools.EMAILS[0].upper(), None)
            email = self._one((*pools.EMAILS, *nothing))
            login_name = names.pop() if names and status != "shell" else None
            if login_name and email in names and self._maybe():
                names.remove(email)
                login_name = email
            self.state.logins[f"L{number}"] = Login(
                f"L{number}",
                1,
                status,
                login_name=login_name,
                email=email,
                first_name=self._one((None, "Ana", "LEE")) if status != "shell" else None,
                last_name=self._one((None, "Ortiz", "Wu", "Diaz")) if status != "shell" else None,
                phone=self._one((None, "555-0199")),
                origin="import" if status in {"shell", "invited"} else "portal",
                import_kind=self._one(("registration", "registration", None)) if status == "invited" else None,
            )

    def _users(self, customer: CustomerKey) -> None:
        logins = list(self.state.logins)
        owner = self._one((None, *logins, *logins))
        if owner:
            self.state.set_link(Link(customer, owner, "owner"))
        other = self._one((None, None, None, *logins))
        if other and other != owner:
            self.state.set_link(Link(customer, other, self._one(("guest", "oversight"))))

    def _methods(self, login: str) -> None:
        for _ in range(self._one((0, 1, 1, 2))):
            method = Method(
                login,
                self._one(tuple(self.state.billers)),
                "ach",
                is_default=self._one((False, True)),
                status=self._one(("active", "active", "removed")),
            )
            method = with_details(method, self._one(range(len(pools.BANKS) + len(pools.TOKENS))))
            self.state.methods[method.key] = method

    def _enrolments(self, customer: CustomerKey) -> None:
        owners = [
            link.login for link in self.state.links.values() if link.customer == customer and link.role == "owner"
        ]
        methods = [key for key in self.state.methods if key[0] in owners and key[1] == customer[0]]
        if self._rarely():  # of a former owner
            methods = [key for key in self.state.methods if key[1] == customer[0]]
        for code in TYPES:
            if self._maybe():
                self.state.invoices[customer, code] = tuple(self._bill(*one) for one in self._one(_BILLS))
            if methods and self._maybe():
                self._autopay(customer, code, methods)
            if (owners or self._rarely()) and self._maybe():
                self._paperless(customer, code)

    def _bill(self, due: int, balance: str, collected: int | None) -> Bill:
        on = None if collected is None else self._today + timedelta(days=collected)
        return Bill(self._today + timedelta(days=due), Decimal(balance), on)

    def _autopay(self, customer: CustomerKey, code: str, methods: list[tuple[str, int, tuple[str, ...]]]) -> None:
        self.state.set_autopay(
            Autopay(
                customer,
                code,
                self._one(methods),
                self._one(("active",) * 10 + ("suspended", "cancelled")),
                self._one(("customer", "csr", "import", "import")),
                follow_default=self._rarely(),
                effective_from=self._one((None, date(2025, 1, 1))),
                max_amount=self._one((None, Decimal("20.00"))),
            )
        )

    def _paperless(self, customer: CustomerKey, code: str) -> None:
        self.state.set_paperless(
            Paperless(
                customer,
                code,
                self._one(("active", "pending") * 4 + ("expired", "cancelled")),
                self._one((None, None, None, *pools.EMAILS[:2])),
                self._one(("customer", "import")),
            )
        )


def with_details(method: Method, choice: int) -> Method:
    """The method with one of the pool's banks or cards."""
    if choice < len(pools.BANKS):
        routing, account = pools.BANKS[choice]
        bank = replace(method, kind="ach", routing_number=routing, account=account)
        return replace(bank, account_last4=account[-4:], account_type="checking")
    token = pools.TOKENS[choice - len(pools.BANKS)]
    return replace(method, kind="card", token=token, exp_year=2039, exp_month=5)
