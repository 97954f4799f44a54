"""A short guide to an import, which every page leads to."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.web import SignedInVisitor, render

router = APIRouter()


@router.get("/guide")
async def show_guide(request: Request, _visitor: SignedInVisitor) -> Response:
    return render(request, "guide.html")
