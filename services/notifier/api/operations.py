"""The whole system, for those who look after it."""

from fastapi import APIRouter

from services.notifier.api.dependencies import Services
from services.notifier.operations_views import Operations
from services.notifier.usecases import operations
from shared.bearer import SignedIn
from shared.openapi import ProblemBody

router = APIRouter(tags=["operations"], responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}})


@router.get("/operations")
async def show_operations(services: Services, person: SignedIn) -> Operations:
    """What waits, why, since when, who works on it, and what to do. For people who may operate the system."""
    return await operations.show(services, person)
