"""What a person may do at which biller, and whom to ask for an approval."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.mapping.pages.work import Services
from services.mapping.usecases.my_access import my_access
from shared.web import SignedInVisitor, render

router = APIRouter()


@router.get("/my-access")
async def show_my_access(request: Request, services: Services, visitor: SignedInVisitor) -> Response:
    """As it stands in the CRM at this moment: each request reads it anew."""
    return render(request, "my_access.html", mine=await my_access(services, visitor.person))
