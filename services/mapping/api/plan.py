"""The plan of an import: what will become of every row, with before and after."""

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from services.mapping.api.bodies import ProblemBody
from services.mapping.api.dependencies import Services
from services.mapping.planned import PlannedRow, changes_of
from services.mapping.repository import plan
from services.mapping.repository.imports import Import
from services.mapping.usecases.access import visible_import
from services.mapping.views import PlanChange, PlanPage, PlanRow, PlanSamples
from shared.bearer import SignedIn
from shared.http import Problem

router = APIRouter(tags=["imports"], responses={401: {"model": ProblemBody}, 404: {"model": ProblemBody}})
PlannedOutcome = Literal["applied", "no_change", "skipped", "held", "failed"]
PLACE: Final = re.compile(r"([0-9]{1,9})\.([0-9]{1,10})")
_SAMPLES: Final = 3
_CANDIDATES: Final = 50  # of each kind; an enrolment may turn out to stay as it is


@router.get("/imports/{import_id}/plan")
async def show_plan(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    *,
    outcome: PlannedOutcome | None = None,
    code: Annotated[str | None, Query(pattern=r"^[A-Z]\d{3}$")] = None,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PlanPage:
    """Rows of the newest check's plan. Rows that share a login stand together, else they go by line."""
    place = _place(after)
    async with services.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        verdict = "apply" if outcome == "applied" else outcome
        found = await plan.page(connection, import_id, after=place, limit=limit + 1, verdict=verdict, code=code)
    page = found[:limit]
    last = f"{page[-1].chunk_no}.{page[-1].line_no}" if len(found) > limit else None
    return PlanPage(items=[_row(row, item) for row in page], next=last)


@router.get("/imports/{import_id}/plan/samples")
async def show_samples(services: Services, person: SignedIn, import_id: UUID) -> PlanSamples:
    """A few rows of each kind of change, from the first thousands that will be applied."""
    async with services.database.connection() as connection:
        item, _ = await visible_import(connection, person, import_id)
        found = await plan.samples(connection, import_id, _CANDIDATES)
    kinds = {kind: _changing(kind, [_row(row, item) for row in rows]) for kind, rows in found.items()}
    return PlanSamples(kinds={kind: rows for kind, rows in kinds.items() if rows})


def _changing(kind: str, rows: Sequence[PlanRow]) -> list[PlanRow]:
    return [row for row in rows if any(change.what == kind for change in row.changes)][:_SAMPLES]


def _place(after: str | None) -> tuple[int, int]:
    if after is None:
        return (-1, 0)
    known = PLACE.fullmatch(after)
    if known is None or int(known[2]) >= 2**31:
        raise Problem(422, "invalid", "No such place in the plan", "query.after", "Give `next` of the page before")
    return int(known[1]), int(known[2])


def _row(row: PlannedRow, item: Import) -> PlanRow:
    types = item.definition.get("invoice_types") or ()
    return PlanRow(
        line=row.line_no,
        outcome="applied" if row.verdict == "apply" else row.verdict,
        codes=list(row.codes),
        account_number=row.account_number,
        changes=[PlanChange.model_validate(change) for change in changes_of(row, types)],
    )
