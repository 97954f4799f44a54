"""The plan of an import: what will become of every row, with before and after."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Final
from uuid import UUID

from services.mapping.context import Context
from services.mapping.planned import PlannedRow, changes_of
from services.mapping.records import Import
from services.mapping.repository import plan
from services.mapping.usecases.access import visible_import
from services.mapping.views import PlanChange, PlanPage, PlanRow, PlanSamples
from shared.auth import Person
from shared.contracts.outcomes import Outcome
from shared.contracts.plan import Verdict
from shared.errors import Invalid

PLACE: Final = re.compile(r"([0-9]{1,9})\.([0-9]{1,10})")
_START: Final = (-1, 0)
_SAMPLES: Final = 3
_CANDIDATES: Final = 50  # of each kind; an enrolment may turn out to stay as it is
_ROWS_AT_ONCE: Final = 2_000


async def show_plan(
    context: Context,
    person: Person,
    import_id: UUID,
    *,
    outcome: Outcome | None = None,
    code: str | None = None,
    after: str | None = None,
    limit: int,
) -> PlanPage:
    place = _place(after)
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        verdict = None if outcome is None else Verdict.leading_to(outcome)
        found = await plan.page(connection, import_id, after=place, limit=limit + 1, verdict=verdict, code=code)
        removed_at = None if found else await plan.rows_removed_at(connection, import_id)
    page = found[:limit]
    last = f"{page[-1].chunk_no}.{page[-1].line_no}" if len(found) > limit else None
    return PlanPage(items=[_row(row, item) for row in page], next=last, removed_at=removed_at)


async def show_samples(context: Context, person: Person, import_id: UUID) -> PlanSamples:
    async with context.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        found = await plan.samples(connection, import_id, _CANDIDATES)
    kinds = {kind: _changing(kind, [_row(row, item) for row in rows]) for kind, rows in found.items()}
    return PlanSamples(kinds={kind: rows for kind, rows in kinds.items() if rows})


async def rows_of(
    context: Context, person: Person, import_id: UUID, verdicts: Sequence[Verdict]
) -> AsyncIterator[list[PlannedRow]]:
    """The rows with these verdicts, some thousands at a time rather than from one long cursor: a reader may be slow."""
    async with context.database.connection() as connection:
        await visible_import(connection, person, import_id)
    for verdict in verdicts:
        place = _START
        while True:
            async with context.database.connection() as connection:
                found = await plan.page(connection, import_id, after=place, limit=_ROWS_AT_ONCE, verdict=verdict)
            if not found:
                break
            yield found
            place = (found[-1].chunk_no, found[-1].line_no)


def _changing(kind: str, rows: Sequence[PlanRow]) -> list[PlanRow]:
    return [row for row in rows if any(change.what == kind for change in row.changes)][:_SAMPLES]


def _place(after: str | None) -> tuple[int, int]:
    if after is None:
        return _START
    known = PLACE.fullmatch(after)
    if known is None or int(known[2]) >= 2**31:
        raise Invalid("invalid", "No such place in the plan", "query.after", "Use `next` of the previous page")
    return int(known[1]), int(known[2])


def _row(row: PlannedRow, item: Import) -> PlanRow:
    types = item.definition.get("invoice_types") or ()
    return PlanRow(
        line=row.line_no,
        outcome=row.verdict.outcome,
        codes=list(row.codes),
        account_number=row.account_number,
        changes=[PlanChange.model_validate(change) for change in changes_of(row, types)],
    )
