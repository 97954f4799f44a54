"""Another writer of the CRM: one small change after another, of whatever is there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.property.world import World
from tests.support.generators import pools
from tests.support.generators.crm import Loaded
from tests.support.generators.drawing import Drawer
from tests.support.generators.states import BILLER, TYPES
from tests.support.model import CrmState
from tests.support.model.job import Kind
from tests.support.model.state import CustomerKey

_CUSTOMER = (
    ("status", ("closed", "active")),
    ("block_eft", (True, False)),
    ("block_cc", (True, False)),
    ("name", (*pools.NAMES[:3], None)),
)
_LOGIN = (
    ("email", (*pools.EMAILS[:4], "own@example.com", None)),
    ("status", ("active", "locked", "invited")),
    ("login_name", ("own-name", pools.EMAILS[0], None)),
    ("first_name", ("Eve", "Ana", None)),
    ("phone", ("555-0142", None)),
    ("email_cc", ("copy@example.com", None)),
    ("import_kind", ("registration", "paperless")),
)
_METHOD = (("status", ("active", "removed", "expired")), ("is_default", (True, False)))
_AUTOPAY = (
    ("status", ("active", "suspended", "cancelled")),
    ("origin", ("customer", "csr", "import")),
    ("max_amount", (25, None)),
    ("follow_default", (True, False)),
)
_PAPERLESS = (
    ("status", ("active", "pending", "expired", "cancelled")),
    ("delivery_email", ("desk@example.com", pools.EMAILS[0], None)),
    ("origin", ("csr", "import")),
)


# Of the biller, and which kinds of import it concerns.
_WHOLE: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("UPDATE crm.biller SET status = 'closed' WHERE id = $1", ("autopay", "paperless", "registration")),
    ("UPDATE crm.biller SET mcl_enabled = NOT mcl_enabled WHERE id = $1", ("registration",)),
    (
        "UPDATE crm.biller SET paperless_confirm_required = NOT paperless_confirm_required WHERE id = $1",
        ("paperless",),
    ),
)


@dataclass
class Touched:
    """What the changes so far may concern: ids of customers and logins, and words that a row may name."""

    customers: set[int] = field(default_factory=set)
    logins: set[int] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    everything: bool = False
    renumbered: bool = False

    def concerns(self, row: Any) -> bool:
        """Whether a row of the plan has to do with any of it."""
        named = {str(row[name]).lower() for name in ("account_number", "email", "login_name") if row[name]}
        return (
            self.everything
            or row["customer_id"] in self.customers
            or bool({row["login_id"], row["owner_id"]} & self.logins)
            or bool(named & self.words)
        )


class SecondWriter:
    """Changes the state that stands in the CRM now."""

    def __init__(self, world: World, kind: Kind, drawer: Drawer, touched: Touched) -> None:
        self._world = world
        self._kind = kind
        self._drawer = drawer
        self._one = drawer.one
        self.touched = touched

    async def change(self, state: CrmState, loaded: Loaded, numbers: list[str]) -> None:
        """One change; ``numbers`` are account numbers of the file."""
        self._state, self._loaded, self._numbers = state, loaded, numbers
        ways: tuple[Callable[[], Awaitable[None]], ...] = (
            *(self._customer, self._customer, self._login, self._login, self._login, self._link, self._link),
            *(self._method, self._new_method, self._autopay, self._autopay, self._paperless, self._paperless),
            *(self._renumber, self._new_customer, self._new_login, self._whole),
        )
        await self._one(ways)()

    async def _set(self, table: str, where: str, columns: Any, *key: Any) -> Any:
        column, values = self._one(columns)
        value = self._one(values)
        statement = f"UPDATE crm.{table} SET {column} = ${len(key) + 1} WHERE {where}"
        await self._world.write(statement, *key, value)
        return value

    def _any_customer(self) -> CustomerKey | None:
        named = [key for key in self._state.customers if key[0] == BILLER and key in self._loaded.customers]
        return self._one(named) if named else None

    def _touch(self, customer: CustomerKey | None = None, login: str | None = None) -> None:
        if customer is not None:
            self.touched.customers.add(self._loaded.customers[customer])
            self.touched.words.add(customer[1].lower())
        if login is not None:
            self.touched.logins.add(self._loaded.logins[login])
            one = self._state.logins[login]
            self.touched.words |= {word.lower() for word in (one.email, one.login_name) if word}

    async def _customer(self) -> None:
        if customer := self._any_customer():
            await self._set("customer", "id = $1", _CUSTOMER, self._loaded.customers[customer])
            self._touch(customer)

    async def _renumber(self) -> None:
        if customer := self._any_customer():
            self.touched.renumbered = True
            statement = "UPDATE crm.customer SET account_number = account_number || '-X' WHERE id = $1"
            await self._world.write(statement, self._loaded.customers[customer])
            self._touch(customer)

    async def _new_customer(self) -> None:
        number = self._one([*self._numbers, "NEVER"])
        statement = "INSERT INTO crm.customer (biller_id, account_number) VALUES ($1, $2) ON CONFLICT DO NOTHING"
        await self._world.write(statement, self._loaded.billers[BILLER], number)
        self.touched.words.add(number.lower())

    async def _login(self) -> None:
        logins = [key for key in self._state.logins if key in self._loaded.logins]
        if not logins:
            return
        login = self._one(logins)
        column, values = self._one(_LOGIN)
        value = self._one(values)
        taken = {(one.login_name or "").lower() for one in self._state.logins.values()}
        if column == "login_name" and value is not None and value.lower() in taken:
            return
        statement = f"UPDATE crm.login SET {column} = $2 WHERE id = $1"
        await self._world.write(statement, self._loaded.logins[login], value)
        self._touch(login=login)
        self.touched.words.add(str(value).lower())

    async def _new_login(self) -> None:
        email = self._one(pools.EMAILS[:4])
        statement = "INSERT INTO crm.login (realm_id, email, status) VALUES ($1, $2, 'active')"
        await self._world.write(statement, self._loaded.realms[1], email)
        self.touched.words.add(email.lower())

    async def _link(self) -> None:
        customer = self._any_customer()
        logins = [key for key in self._state.logins if key in self._loaded.logins]
        if customer is None or not logins:
            return
        owner = next((one.login for one in self._of(customer) if one.role == "owner"), None)
        ids = self._loaded.customers[customer]
        self._touch(customer)
        if owner is not None and self._drawer.chance(2):
            await self._world.write(
                "DELETE FROM crm.customer_login_link WHERE customer_id = $1 AND role = 'owner'", ids
            )
            self._touch(login=owner)
            return
        login = self._one(logins)
        role = (
            self._one(("owner", "oversight", "guest")) if owner in {None, login} else self._one(("guest", "oversight"))
        )
        statement = """
            INSERT INTO crm.customer_login_link (customer_id, login_id, role) VALUES ($1, $2, $3)
            ON CONFLICT (customer_id, login_id) DO UPDATE SET role = excluded.role
        """
        await self._world.write(statement, ids, self._loaded.logins[login], role)
        self._touch(login=login)

    def _of(self, customer: CustomerKey) -> list[Any]:
        return [link for link in self._state.links.values() if link.customer == customer]

    async def _method(self) -> None:
        methods = [key for key in self._state.methods if key in self._loaded.methods]
        if methods:
            method = self._one(methods)
            await self._set("payment_method", "id = $1", _METHOD, self._loaded.methods[method])
            self._touch(login=method[0])

    async def _new_method(self) -> None:
        logins = [key for key in self._state.logins if key in self._loaded.logins]
        if not logins:
            return
        login, (routing, account) = self._one(logins), self._one(pools.BANKS)
        statement = """
            INSERT INTO crm.payment_method (login_id, biller_id, kind, routing_number, account_enc, account_last4,
                account_type, fingerprint)
            VALUES ($1, $2, 'ach', $3, $4, $5, 'checking', $6) ON CONFLICT DO NOTHING
        """
        biller = self._loaded.billers[BILLER]
        identity = ("ach", routing, account)
        await self._world.write(
            statement,
            *(self._loaded.logins[login], biller, routing, self._world.seal(account, biller), account[-4:]),
            self._world.fingerprint(identity),
        )
        self._touch(login=login)

    async def _autopay(self) -> None:
        there = [key for key in self._state.autopay if key[0] in self._loaded.customers and key[0][0] == BILLER]
        if there:
            customer, code = self._one(there)
            ids = (self._loaded.customers[customer], self._loaded.types[BILLER, code])
            await self._set("autopay_enrollment", "customer_id = $1 AND invoice_type_id = $2", _AUTOPAY, *ids)
            self._touch(customer)
            for link in self._of(customer):  # whose default method may depend on it
                self._touch(login=link.login)

    async def _paperless(self) -> None:
        customer = self._any_customer()
        if customer is None:
            return
        code = self._one(TYPES)
        ids = (self._loaded.customers[customer], self._loaded.types[BILLER, code])
        if (customer, code) in self._state.paperless:
            await self._set("paperless_enrollment", "customer_id = $1 AND invoice_type_id = $2", _PAPERLESS, *ids)
        else:
            statement = """
                INSERT INTO crm.paperless_enrollment (customer_id, invoice_type_id, status, delivery_email)
                VALUES ($1, $2, $3, $4)
            """
            await self._world.write(statement, *ids, self._one(("active", "cancelled")), self._one((None, "d@x.org")))
        self._touch(customer)

    async def _whole(self) -> None:
        """The biller; seldom, for it may hold everything, and once, for what is taken back holds nothing."""
        if self.touched.everything or not self._drawer.chance(4):
            return
        statement, concerned = self._one(_WHOLE)
        await self._world.write(statement, self._loaded.billers[BILLER])
        self.touched.everything = self._kind in concerned
