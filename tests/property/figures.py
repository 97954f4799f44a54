"""The numbers of the review, beside the rows that their links find."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from services.mapping.pages.words import IMPACT_ROWS
from services.mapping.planned import ChangeFilter, EnrollmentFilter, WantedRows
from services.mapping.repository import billers, plan
from services.mapping.repository.plan import WantedEnrollments
from shared.contracts.plan import Impact
from shared.postgres import Connection

_ACCOUNTS: Final = "linked_accounts_reached"  # no rows, but what rows reach
_OF_ALL: Final = 100_000


async def shown_and_found(
    connection: Connection, import_id: UUID, biller_id: int, invoice_types: tuple[str, ...]
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """By name of the number: what the check counted, and how many rows the filter finds."""
    stored = await connection.fetchval("SELECT impact FROM validation.import_check WHERE import_id = $1", import_id)
    impact = Impact.model_validate(stored)
    shown, found = {}, {}
    for name, query in IMPACT_ROWS.items():
        if name != _ACCOUNTS:
            wanted = WantedRows(change=ChangeFilter(dict(parse_qsl(query))["change"]))
            shown[name] = getattr(impact, name)
            found[name] = len(await plan.page(connection, import_id, wanted, limit=_OF_ALL))
    shown["customers_touched"] -= impact.customers_to_create
    if "customers_to_confirm" in impact.model_fields_set:
        shown["to confirm"] = impact.customers_to_confirm
        waiting = WantedEnrollments([EnrollmentFilter.NEW], waits=True)
        found["to confirm"] = len(await plan.page(connection, import_id, WantedRows(), waiting, limit=_OF_ALL))
    for place, code in enumerate(invoice_types, start=1):
        changed = impact.enrollments_changed.get(code, 0)
        shown[f"new {code}"], shown[f"changed {code}"] = impact.enrollments[code] - changed, changed
        shown[f"without a bill of {code}"] = impact.enrolled_without_invoice[code]
        [type_id] = await billers.ids_of_types(connection, biller_id, [code])
        for name, enrollments in (
            (f"new {code}", WantedEnrollments([EnrollmentFilter.NEW], place)),
            (f"changed {code}", WantedEnrollments([EnrollmentFilter.CHANGED], place)),
            (f"without a bill of {code}", WantedEnrollments(without_bill=[type_id])),
        ):
            found[name] = len(await plan.page(connection, import_id, WantedRows(), enrollments, limit=_OF_ALL))
    return shown, found
