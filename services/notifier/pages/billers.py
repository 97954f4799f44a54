"""The history of a biller: results by month, and its latest imports with trends."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.notifier.pages.lists import Services
from services.notifier.usecases import history
from shared.contracts.contract import LARGEST_INT8
from shared.web import SignedInVisitor, render, zone_of

router = APIRouter()


@router.get("/status/billers/{biller_id}")
async def of_biller(
    request: Request,
    services: Services,
    visitor: SignedInVisitor,
    biller_id: Annotated[int, Path(ge=1, le=LARGEST_INT8)],
) -> Response:
    """Months are those of the person's zone."""
    found = await history.of_biller(services, visitor.person, biller_id, str(zone_of(request)))
    return render(request, "biller_history.html", found=found, biller_id=biller_id)
