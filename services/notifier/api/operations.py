"""The whole system, for those who look after it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from services.notifier.api.dependencies import Services
from services.notifier.operations_views import Operations, Scope
from services.notifier.usecases import operations, pausing
from shared.bearer import SignedIn
from shared.openapi import ProblemBody

router = APIRouter(tags=["operations"], responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}})


_MISSING: dict[int | str, dict[str, object]] = {404: {"model": ProblemBody}, 409: {"model": ProblemBody}}

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class PauseRequest(Scope):
    """What to pause, and why. People see the reason at their imports."""

    reason: Reason


@router.get("/operations")
async def show_operations(services: Services, person: SignedIn) -> Operations:
    """What waits, why, since when, who works on it, and what to do. For people who may operate the system."""
    return await operations.show(services, person)


@router.post("/operations/pause", status_code=204, responses=_MISSING)
async def pause(services: Services, person: SignedIn, asked: PauseRequest) -> None:
    """Start no new batch of an import, of a biller's imports, or of any. Batches in progress finish."""
    await pausing.pause(services, person, Scope(import_id=asked.import_id, biller_id=asked.biller_id), asked.reason)


@router.post("/operations/resume", status_code=204, responses=_MISSING)
async def resume(services: Services, person: SignedIn, scope: Scope) -> None:
    """Continue what was paused in the same scope."""
    await pausing.resume(services, person, scope)
