"""The whole system on one page, for those who look after it."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.notifier.pages.lists import Services
from services.notifier.usecases import operations
from shared.web import SignedInVisitor, render

router = APIRouter()


@router.get("/status/operations")
async def show(request: Request, services: Services, visitor: SignedInVisitor) -> Response:
    """What waits, why, since when, who works on it, and what to do."""
    return render(request, "operations.html", system=await operations.show(services, visitor.person))
