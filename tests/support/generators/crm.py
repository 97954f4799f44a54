"""A state of the model in the real CRM, and back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol

from shared.postgres import Connection
from tests.support.model.state import (
    Autopay,
    CrmState,
    Customer,
    CustomerKey,
    Fingerprint,
    Link,
    Login,
    Method,
    MethodKey,
    Paperless,
)

_PERSONAL = tuple(one.name for one in fields(Customer) if one.default is None)
_LOGIN = (*("status", "login_name", "email", "email_cc", "first_name", "last_name", "phone", "origin", "import_kind"),)
_METHOD = (
    *("kind", "routing_number", "account_last4", "account_type", "holder_name", "holder_type", "token_vault"),
    *("card_brand", "card_last4", "exp_year", "exp_month", "is_default", "status", "origin"),
)


class Vault(Protocol):
    """How bank account numbers are stored and recognised."""

    def seal(self, account: str, biller_id: int) -> bytes: ...

    def open(self, sealed: bytes, biller_id: int) -> str: ...

    def fingerprint(self, parts: Fingerprint) -> bytes: ...


@dataclass(slots=True)
class Loaded:
    """The real ids of a state's records."""

    billers: dict[int, int] = field(default_factory=dict)
    realms: dict[int, int] = field(default_factory=dict)
    types: dict[tuple[int, str], int] = field(default_factory=dict)
    customers: dict[CustomerKey, int] = field(default_factory=dict)
    logins: dict[str, int] = field(default_factory=dict)
    methods: dict[MethodKey, int] = field(default_factory=dict)

    def with_logins_named(self, name: Callable[[str], str]) -> "Loaded":
        """The same records where a state has other keys for its logins."""
        logins = {name(key): id_ for key, id_ in self.logins.items()}
        methods = {(name(key[0]), *key[1:]): id_ for key, id_ in self.methods.items()}
        return replace(self, logins=logins, methods=methods)


async def load(connection: Connection, state: CrmState, vault: Vault) -> Loaded:
    """Insert the state under fresh ids."""
    loaded = Loaded()
    async with connection.transaction():
        await _load_billers(connection, state, loaded)
        await _load_types(connection, state, loaded)
        await _load_customers(connection, state, loaded)
        await _load_logins(connection, state, loaded)
        await _load_methods(connection, state, loaded, vault)
        await _load_enrolments(connection, state, loaded)
    return loaded


async def _ids(connection: Connection, table: str, count: int) -> list[int]:
    """Fresh ids of a table, in order."""
    rows = await connection.fetch(
        "SELECT nextval(pg_get_serial_sequence($1, 'id')) AS id FROM generate_series(1, $2)", f"crm.{table}", count
    )
    return [row["id"] for row in rows]


async def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    await connection.copy_records_to_table(table, schema_name="crm", columns=list(columns), records=list(rows))


async def _load_billers(connection: Connection, state: CrmState, loaded: Loaded) -> None:
    realms = sorted({biller.realm for biller in state.billers.values()})
    loaded.realms = dict(zip(realms, await _ids(connection, "login_realm", len(realms)), strict=True))
    first = next(iter(state.billers.values())).name
    await _copy(
        connection, "login_realm", ("id", "name"), ((id_, f"{first} {key}") for key, id_ in loaded.realms.items())
    )
    loaded.billers = dict(zip(state.billers, await _ids(connection, "biller", len(state.billers)), strict=True))
    columns = (
        *("id", "name", "mcl_enabled", "login_realm_id", "account_number_case", "paperless_confirm_required"),
        "mail_domain",
    )
    rows = (
        (
            loaded.billers[b.key],
            b.name,
            b.mcl,
            loaded.realms[b.realm],
            "insensitive" if b.case_insensitive else "sensitive",
            b.confirm_required,
            b.mail_domain,
        )
        for b in state.billers.values()
    )
    await _copy(connection, "biller", columns, rows)


async def _load_types(connection: Connection, state: CrmState, loaded: Loaded) -> None:
    loaded.types = dict(zip(state.types, await _ids(connection, "invoice_type", len(state.types)), strict=True))
    columns = ("id", "biller_id", "code", "alias", "autopay_allowed", "paperless_allowed", "active")
    rows = (
        (loaded.types[key], loaded.billers[t.biller], t.code, t.code, t.autopay_allowed, t.paperless_allowed, t.active)
        for key, t in state.types.items()
    )
    await _copy(connection, "invoice_type", columns, rows)


async def _load_customers(connection: Connection, state: CrmState, loaded: Loaded) -> None:
    ids = await _ids(connection, "customer", len(state.customers))
    loaded.customers = dict(zip(state.customers, ids, strict=True))
    columns = ("id", "biller_id", "account_number", "block_cc", "block_eft", "status", "origin", *_PERSONAL)
    rows = (
        (
            *(loaded.customers[key], loaded.billers[c.biller], c.account_number, c.block_cc, c.block_eft),
            *(c.status, c.origin, *(getattr(c, name) for name in _PERSONAL)),
        )
        for key, c in state.customers.items()
    )
    await _copy(connection, "customer", columns, rows)


async def _load_logins(connection: Connection, state: CrmState, loaded: Loaded) -> None:
    loaded.logins = dict(zip(state.logins, await _ids(connection, "login", len(state.logins)), strict=True))
    rows = (
        (loaded.logins[key], loaded.realms[login.realm], *(getattr(login, name) for name in _LOGIN))
        for key, login in state.logins.items()
    )
    await _copy(connection, "login", ("id", "realm_id", *_LOGIN), rows)
    links = (
        (loaded.customers[link.customer], loaded.logins[link.login], link.role, link.origin)
        for link in state.links.values()
    )
    await _copy(connection, "customer_login_link", ("customer_id", "login_id", "role", "origin"), links)


async def _load_methods(connection: Connection, state: CrmState, loaded: Loaded, vault: Vault) -> None:
    ids = await _ids(connection, "payment_method", len(state.methods))
    loaded.methods = dict(zip(state.methods, ids, strict=True))
    columns = ("id", "login_id", "biller_id", "account_enc", "token_ref", "fingerprint", *_METHOD)
    rows = (
        (
            loaded.methods[key],
            loaded.logins[m.login],
            loaded.billers[m.biller],
            vault.seal(m.account, loaded.billers[m.biller]) if m.account else None,
            m.token,
            vault.fingerprint(m.fingerprint),
            *(getattr(m, name) for name in _METHOD),
        )
        for key, m in state.methods.items()
    )
    await _copy(connection, "payment_method", columns, rows)


async def _load_enrolments(connection: Connection, state: CrmState, loaded: Loaded) -> None:
    common = ("customer_id", "invoice_type_id", "status", "origin")
    columns = (*common, "payment_method_id", "follow_default", "effective_from", "ends_on", "max_amount")
    autopay = (
        (
            *(loaded.customers[a.customer], loaded.types[a.customer[0], a.type_code], a.status, a.origin),
            *(loaded.methods[a.method], a.follow_default, a.effective_from, a.ends_on, a.max_amount),
        )
        for a in state.autopay.values()
    )
    await _copy(connection, "autopay_enrollment", columns, autopay)
    paperless = (
        (loaded.customers[p.customer], loaded.types[p.customer[0], p.type_code], p.status, p.origin, p.delivery_email)
        for p in state.paperless.values()
    )
    await _copy(connection, "paperless_enrollment", (*common, "delivery_email"), paperless)
    bills = (
        (loaded.customers[customer], loaded.types[customer[0], code], "B-1", one.due, one.balance, one.collected_on)
        for (customer, code), of_type in state.invoices.items()
        for one in of_type
    )
    of_bill = ("customer_id", "invoice_type_id", "number", "due_date", "balance", "autopay_collection_date")
    await _copy(connection, "invoice", of_bill, bills)


class Dump:
    """Reads back what belongs to the billers of a loaded state; new records are known by content."""

    def __init__(self, connection: Connection, state: CrmState, loaded: Loaded, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._ids = loaded
        self._billers = {id_: key for key, id_ in loaded.billers.items()}
        self._realms = {id_: key for key, id_ in loaded.realms.items()}
        self._types = {id_: key[1] for key, id_ in loaded.types.items()}
        self._customers: dict[int, CustomerKey] = {}
        self._logins = {id_: key for key, id_ in loaded.logins.items()}
        self._methods: dict[int, MethodKey] = {}
        self.state = CrmState(billers=state.billers, types=state.types, invoices=state.invoices)

    async def read(self) -> tuple[CrmState, Loaded]:
        """The state now, and the ids of its records."""
        await self._read_customers()
        await self._name_new_logins()
        await self._read_logins()
        await self._read_methods()
        await self._read_enrolments()
        ids = replace(
            self._ids,
            customers={key: id_ for id_, key in self._customers.items()},
            logins={key: id_ for id_, key in self._logins.items()},
            methods={key: id_ for id_, key in self._methods.items()},
        )
        return self.state, ids

    async def _fetch(self, table: str, ids: Iterable[int], column: str) -> list[Any]:
        statement = f"SELECT * FROM crm.{table} WHERE {column} = ANY($1) ORDER BY 1"
        return await self._connection.fetch(statement, list(ids))

    async def _read_customers(self) -> None:
        for row in await self._fetch("customer", self._billers, "biller_id"):
            customer = Customer(
                self._billers[row["biller_id"]],
                row["account_number"],
                block_cc=row["block_cc"],
                block_eft=row["block_eft"],
                status=row["status"],
                origin=row["origin"],
                **{name: row[name] for name in _PERSONAL},
            )
            self._customers[row["id"]] = customer.key
            self.state.customers[customer.key] = customer

    async def _name_new_logins(self) -> None:
        accounts: dict[int, list[str]] = {}
        self._links = await self._fetch("customer_login_link", self._customers, "customer_id")
        for row in self._links:
            accounts.setdefault(row["login_id"], []).append(self._customers[row["customer_id"]][1])
        for login_id, numbers in accounts.items():
            self._logins.setdefault(login_id, f"new:{min(numbers)}")

    async def _read_logins(self) -> None:
        for row in await self._fetch("login", self._realms, "realm_id"):
            key = self._logins.setdefault(row["id"], f"stray:{row['id']}")
            self.state.logins[key] = Login(key, self._realms[row["realm_id"]], **{name: row[name] for name in _LOGIN})
        for row in self._links:
            link = Link(self._customers[row["customer_id"]], self._logins[row["login_id"]], row["role"], row["origin"])
            self.state.set_link(link)

    async def _read_methods(self) -> None:
        for row in await self._fetch("payment_method", self._billers, "biller_id"):
            sealed = row["account_enc"]
            method = Method(
                self._logins[row["login_id"]],
                self._billers[row["biller_id"]],
                account=self._vault.open(sealed, row["biller_id"]) if sealed else None,
                token=row["token_ref"],
                **{name: row[name] for name in _METHOD},
            )
            if row["fingerprint"] != self._vault.fingerprint(method.fingerprint):
                raise AssertionError("a fingerprint does not belong to its method")
            self._methods[row["id"]] = method.key
            self.state.methods[method.key] = method

    async def _read_enrolments(self) -> None:
        for row in await self._fetch("autopay_enrollment", self._customers, "customer_id"):
            self.state.set_autopay(
                Autopay(
                    self._customers[row["customer_id"]],
                    self._types[row["invoice_type_id"]],
                    self._methods[row["payment_method_id"]],
                    row["status"],
                    row["origin"],
                    row["follow_default"],
                    row["effective_from"],
                    row["ends_on"],
                    row["max_amount"],
                )
            )
        for row in await self._fetch("paperless_enrollment", self._customers, "customer_id"):
            self.state.set_paperless(
                Paperless(
                    self._customers[row["customer_id"]],
                    self._types[row["invoice_type_id"]],
                    row["status"],
                    row["delivery_email"],
                    row["origin"],
                )
            )


async def dump(connection: Connection, state: CrmState, loaded: Loaded, vault: Vault) -> tuple[CrmState, Loaded]:
    """What stands in the CRM now, comparable with what the model says, and the ids of its records."""
    return await Dump(connection, state, loaded, vault).read()
