"""The plan of an import: what will become of every row, with before and after."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.mapping.api.dependencies import Services
from services.mapping.planned import ChangeFilter, EnrollmentFilter, WantedRows
from services.mapping.usecases import canaries, plan
from services.mapping.views import PlanPage, PlanSamples
from shared.bearer import SignedIn
from shared.contracts.contract import Int4, Name
from shared.contracts.outcomes import Outcome
from shared.contracts.plan import Verdict
from shared.openapi import ProblemBody

router = APIRouter(tags=["imports"], responses={401: {"model": ProblemBody}, 404: {"model": ProblemBody}})


@router.get("/imports/{import_id}/plan")
async def show_plan(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    *,
    outcome: Outcome | None = None,
    code: Annotated[str | None, Query(pattern=r"^[A-Z][0-9]{3}$")] = None,
    line: Annotated[Int4 | None, Query(ge=1, description="the row on this line")] = None,
    text: Annotated[Name | None, Query(description="an account number or email address, whole")] = None,
    change: Annotated[ChangeFilter | None, Query(description="rows to apply with this change")] = None,
    enrollment: Annotated[
        EnrollmentFilter | None,
        Query(
            description="rows to apply with a new enrollment, with a new one that waits for the customer's "
            "confirmation (paperless), or with one that continues by another method or address; or "
            "rows that enroll, or keep enrolled, a customer who has no bill of the invoice type now"
        ),
    ] = None,
    invoice_type: Annotated[
        Name | None, Query(description="`enrollment` of this invoice type; alone: rows that change that enrollment")
    ] = None,
    with_result: Annotated[bool, Query(description="only the first rows of an import that started with a few")] = False,
    after: Annotated[Name | None, Query(description="`next` of the previous page")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> PlanPage:
    """Rows of the newest check's plan, each with its result once it has one.

    Rows that share a login are grouped; otherwise they are in line order.
    """
    if with_result and after is None:
        after = await canaries.place_of_first_rows(services, person, import_id)
    verdict = None if outcome is None else Verdict.leading_to(outcome)
    wanted = WantedRows(
        verdict=verdict,
        code=code,
        line=line,
        text=text,
        change=change,
        enrollment=enrollment,
        invoice_type=invoice_type,
    )
    return await plan.show_plan(services, person, import_id, wanted, after=after, limit=limit)


@router.get("/imports/{import_id}/plan/samples")
async def show_samples(services: Services, person: SignedIn, import_id: UUID) -> PlanSamples:
    """A few rows of each kind of change, from the first few thousand that will be applied."""
    return await plan.show_samples(services, person, import_id)
