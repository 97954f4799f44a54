"""What is in the database of the real check and the real executor: plans, outcomes, records."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.contracts.plan import FirstCollection
from shared.postgres import Connection
from tests.property.figures import shown_and_found
from tests.support.generators.crm import Loaded
from tests.support.model import RowResult
from tests.support.model.collection import Forecast
from tests.support.model.records import ATTESTATION, Record

_OF_BILLERS = (
    {
        "customer": "t.biller_id = ANY($1)",
        "login": "t.realm_id IN (SELECT login_realm_id FROM crm.biller WHERE id = ANY($1))",
        "payment_method": "t.biller_id = ANY($1)",
    }
    | dict.fromkeys(
        ("customer_login_link", "autopay_enrollment", "paperless_enrollment", "authorization_record", "payment"),
        "t.customer_id IN (SELECT id FROM crm.customer WHERE biller_id = ANY($1))",
    )
    | {
        "notice": "t.login_id IN (SELECT l.id FROM crm.login l JOIN crm.biller b ON b.login_realm_id = l.realm_id "
        "WHERE b.id = ANY($1))"
    }
)
"""The tables that an import may write, and which of their rows belong to the billers."""


@dataclass(frozen=True, slots=True)
class Registered:
    """An import in the database."""

    import_id: UUID
    biller_id: int
    subject: str


class Found:
    """Reads what imports left behind."""

    def __init__(self, admin: Connection) -> None:
        self._admin = admin

    async def plan(self, one: Registered) -> dict[int, RowResult]:
        rows = await self._admin.fetch(
            "SELECT line_no, verdict, codes FROM validation.plan_row WHERE import_id = $1", one.import_id
        )
        return {
            row["line_no"]: _row_result(row, {"apply": "applied"}.get(row["verdict"], row["verdict"])) for row in rows
        }

    async def forecast(self, one: Registered) -> Forecast | None:
        statement = "SELECT impact -> 'first_collection' FROM validation.import_check WHERE import_id = $1"
        stored = await self._admin.fetchval(statement, one.import_id)
        if stored is None:
            return None
        found = FirstCollection.model_validate(stored)
        days = {day.day: (day.customers, day.amount) for day in found.days}
        return Forecast(
            days, found.customers, found.amount, found.in_first_week, found.without_open_bill, found.not_collected
        )

    async def shown_and_found(
        self, one: Registered, invoice_types: tuple[str, ...]
    ) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """The numbers of the review, and how many rows each leads to."""
        return await shown_and_found(self._admin, one.import_id, one.biller_id, invoice_types)

    async def results(self, one: Registered) -> dict[int, RowResult]:
        """What became of the rows so far."""
        rows = await self._admin.fetch(
            "SELECT line_no, outcome, codes FROM execution.row_result WHERE import_id = $1", one.import_id
        )
        return {row["line_no"]: _row_result(row, row["outcome"]) for row in rows}

    async def read(self, statement: str, *values: Any) -> list[Any]:
        return await self._admin.fetch(statement, *values)

    async def records(self, one: Registered, loaded: Loaded) -> dict[int, Record]:
        """Mandates and consents of an import by line, with the enrolments that name them."""
        customers = {id_: key for key, id_ in loaded.customers.items()}
        types = {id_: code for (_, code), id_ in loaded.types.items()}
        statement = """
            SELECT r.*, array(
                SELECT (e.customer_id, e.invoice_type_id) FROM crm.autopay_enrollment e WHERE e.mandate_id = r.id
                UNION ALL
                SELECT (e.customer_id, e.invoice_type_id) FROM crm.paperless_enrollment e WHERE e.consent_id = r.id
            ) AS enrolments
            FROM crm.authorization_record r WHERE r.import_id = $1
        """
        found = {}
        for row in await self._admin.fetch(statement, one.import_id):
            assert (row["attested_by"] == one.subject) is (row["line_no"] is None)
            found[row["line_no"] or ATTESTATION] = Record(
                row["kind"],
                customers.get(row["customer_id"]),
                *(row["authorized_on"], row["channel"], row["reference"]),
                frozenset((row["evidence"] or {}).items()),
                row["attestation"],
                frozenset((customers[customer], types[type_id]) for customer, type_id in row["enrolments"]),
            )
        return found

    async def notices(self, one: Registered, loaded: Loaded) -> frozenset[tuple[str, str]]:
        """Login and template of each mail that is queued."""
        logins = {id_: key for key, id_ in loaded.logins.items()}
        rows = await self._admin.fetch("SELECT login_id, template FROM crm.notice WHERE import_id = $1", one.import_id)
        return frozenset((logins[row["login_id"]], row["template"]) for row in rows)

    async def emailed(self, one: Registered) -> int:
        """To how many logins the check said that emails go."""
        statement = "SELECT (impact ->> 'customers_emailed')::int FROM validation.import_check WHERE import_id = $1"
        return int(await self._admin.fetchval(statement, one.import_id))

    async def to_confirm(self, one: Registered) -> int:
        """How many customers the check said have to confirm."""
        statement = """
            SELECT coalesce((impact ->> 'customers_to_confirm')::int, 0)
            FROM validation.import_check WHERE import_id = $1
        """
        return int(await self._admin.fetchval(statement, one.import_id))

    async def for_log(self, one: Registered) -> dict[int, dict[str, str]]:
        """What the results say for the log alone, by line."""
        statement = "SELECT line_no, for_log FROM execution.row_result WHERE import_id = $1 AND for_log IS NOT NULL"
        return {row["line_no"]: row["for_log"] for row in await self._admin.fetch(statement, one.import_id)}

    async def records_of(self, loaded: Loaded) -> dict[tuple[str, Any], dict[str, Any]]:
        """Every record of the billers, whole, by table and key."""
        found = {}
        for table, of_billers in _OF_BILLERS.items():
            statement = f"SELECT to_jsonb(t) FROM crm.{table} t WHERE {of_billers}"
            for row in await self._admin.fetch(statement, list(loaded.billers.values())):
                one = row[0]
                found[table, one["id"] if "id" in one else (one["customer_id"], one["login_id"])] = one
        return found

    async def written(self, loaded: Loaded) -> dict[str, str]:
        """A hash of each table: equal where nothing at all was written."""
        hashes = {}
        for table, of_billers in _OF_BILLERS.items():
            rows = f"SELECT t::text AS row FROM crm.{table} t WHERE {of_billers}"
            statement = f"SELECT md5(string_agg(row, '|' ORDER BY row)) FROM ({rows}) AS all_rows"
            hashes[table] = await self._admin.fetchval(statement, list(loaded.billers.values()))
        return hashes


def _row_result(row: Any, outcome: Any) -> RowResult:
    assert len(set(row["codes"])) == len(row["codes"])
    return RowResult(outcome, frozenset(row["codes"]))
