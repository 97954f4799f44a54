"""Puts the demonstration's records and rights into an empty CRM."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from shared.postgres import Connection
from shared.today import us_today
from stack.demo.autopay import autopay_sample
from stack.demo.billers import make_records
from stack.demo.paperless import paperless_sample
from stack.demo.records import Enrolment, Records
from stack.demo.registration import registration_sample
from stack.demo.sample import Sample
from stack.people import PEOPLE

_RIGHT = """
    INSERT INTO crm.operator_right (subject, permission, may_approve, may_undo, may_edit_emails)
    VALUES ($1, $2, $3, $4, $4)
    ON CONFLICT DO NOTHING
"""
# As if each of them had signed in once: pages then know their names.
_PERSON = "INSERT INTO mapping.person (subject, name, email) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_IDS = "SELECT nextval(pg_get_serial_sequence($1, 'id')) AS id FROM generate_series(1, $2)"


@dataclass(frozen=True, slots=True)
class DemoData:
    """What was loaded: the records, the real id of each biller by name, and the sample imports."""

    today: date
    records: Records
    biller_ids: dict[str, int]
    samples: tuple[Sample, ...]


def make_samples(records: Records, today: date) -> tuple[Sample, ...]:
    return (autopay_sample(records, today), paperless_sample(records), registration_sample(records))


async def load(connection: Connection, today: date | None = None) -> DemoData:
    """Insert everything under fresh ids, with the rights of the three people, in one transaction."""
    today = today or us_today()
    records = make_records(today)
    async with connection.transaction():
        loader = _Loader(connection, records)
        await loader.billers()
        await loader.customers()
        await loader.logins()
        await loader.enrolments()
        for person in PEOPLE.values():
            await connection.execute(_RIGHT, person.key, person.permission, person.may_approve, person.may_undo)
            await connection.execute(_PERSON, person.key, person.name, person.email)
    biller_ids = {biller.name: loader.biller_ids[biller.id] for biller in records.billers}
    return DemoData(today, records, biller_ids, make_samples(records, today))


class _Loader:
    def __init__(self, connection: Connection, records: Records) -> None:
        self._connection = connection
        self._records = records
        self.biller_ids: dict[int, int] = {}
        self._realm_ids: dict[int, int] = {}
        self._type_ids: dict[tuple[int, str], int] = {}
        self._customer_ids: dict[int, int] = {}
        self._login_ids: dict[int, int] = {}
        self._biller_of = {customer.id: customer.biller_id for customer in records.customers}

    async def billers(self) -> None:
        billers = self._records.billers
        self._realm_ids = await self._ids("login_realm", [biller.id for biller in billers])
        self.biller_ids = await self._ids("biller", [biller.id for biller in billers])
        await self._copy("login_realm", ("id", "name"), ((self._realm_ids[b.id], b.name) for b in billers))
        columns = ("id", "name", "mcl_enabled", "login_realm_id", "paperless_confirm_required", "mail_domain")
        rows = (
            (
                *(self.biller_ids[b.id], b.name, b.mcl_enabled, self._realm_ids[b.id]),
                *(b.paperless_confirm_required, b.mail_domain),
            )
            for b in billers
        )
        await self._copy("biller", columns, rows)
        types = [(biller.id, code) for biller in billers for code in biller.invoice_types]
        ids = await self._ids("invoice_type", list(range(len(types))))
        self._type_ids = {key: ids[place] for place, key in enumerate(types)}
        type_rows = ((id_, self.biller_ids[key[0]], key[1], key[1].title()) for key, id_ in self._type_ids.items())
        await self._copy("invoice_type", ("id", "biller_id", "code", "alias"), type_rows)

    async def customers(self) -> None:
        customers = self._records.customers
        self._customer_ids = await self._ids("customer", [customer.id for customer in customers])
        columns = (
            "id",
            "biller_id",
            "account_number",
            "name",
            "address1",
            "city",
            "state",
            "zip",
            "status",
            "block_eft",
        )
        rows = (
            (
                *(self._customer_ids[c.id], self.biller_ids[c.biller_id], c.account_number, c.name, c.address1),
                *(c.city, c.state, c.zip, c.status, c.block_eft),
            )
            for c in customers
        )
        await self._copy("customer", columns, rows)
        bills = (
            (self._customer_ids[i.customer_id], self._type(i.customer_id, i.invoice_type), f"B{n}", i.due_date, 42)
            for n, i in enumerate(self._records.invoices, start=1)
        )
        await self._copy("invoice", ("customer_id", "invoice_type_id", "number", "due_date", "balance"), bills)

    async def logins(self) -> None:
        logins = self._records.logins
        self._login_ids = await self._ids("login", [login.id for login in logins])
        columns = ("id", "realm_id", "status", "login_name", "email", "first_name", "last_name", "origin")
        rows = (
            (
                *(self._login_ids[one.id], self._realm_ids[one.biller_id], one.status, one.login_name),
                *(one.email, one.first_name, one.last_name, one.origin),
            )
            for one in logins
        )
        await self._copy("login", columns, rows)
        links = ((self._customer_ids[k.customer_id], self._login_ids[k.login_id], k.role) for k in self._records.links)
        await self._copy("customer_login_link", ("customer_id", "login_id", "role"), links)

    async def enrolments(self) -> None:
        methods = self._records.methods
        method_ids = await self._ids("payment_method", [method.id for method in methods])
        columns = (
            "id",
            "login_id",
            "biller_id",
            "kind",
            "routing_number",
            "account_last4",
            "fingerprint",
            "is_default",
        )
        # The keys of the services are not at hand: the number itself is left out, the fingerprint matches no other.
        rows = (
            (
                *(method_ids[m.id], self._login_ids[m.login_id], self.biller_ids[m.biller_id], "ach"),
                *(m.routing_number, m.account[-4:], hashlib.sha256(m.account.encode()).digest(), True),
            )
            for m in methods
        )
        await self._copy("payment_method", columns, rows)
        enrolments = self._records.enrolments
        common = ("customer_id", "invoice_type_id", "status")
        autopay = ((*self._enrolment(e), method_ids[e.method_id]) for e in enrolments if e.method_id is not None)
        await self._copy("autopay_enrollment", (*common, "payment_method_id"), autopay)
        paperless = (self._enrolment(e) for e in enrolments if e.method_id is None)
        await self._copy("paperless_enrollment", common, paperless)

    def _enrolment(self, one: Enrolment) -> tuple[int, int, str]:
        return self._customer_ids[one.customer_id], self._type(one.customer_id, one.invoice_type), one.status

    def _type(self, customer_id: int, code: str) -> int:
        return self._type_ids[self._biller_of[customer_id], code]

    async def _ids(self, table: str, keys: Sequence[int]) -> dict[int, int]:
        rows = await self._connection.fetch(_IDS, f"crm.{table}", len(keys))
        return {key: row["id"] for key, row in zip(keys, rows, strict=True)}

    async def _copy(self, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
        await self._connection.copy_records_to_table(
            table, schema_name="crm", columns=list(columns), records=list(rows)
        )
