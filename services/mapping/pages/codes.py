"""What every code means: the page that each of them leads to, made from the registry."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from shared.contracts.codes import CODES, Level
from shared.contracts.request_problems import REQUEST_PROBLEMS
from shared.web import SignedInVisitor, render

router = APIRouter()


@router.get("/codes")
async def show_codes(request: Request, _visitor: SignedInVisitor) -> Response:
    """All of them, by what they mean for an import."""
    levels = [(level, [code for code in CODES.values() if code.level is level]) for level in Level]
    return render(request, "codes.html", groups=levels, requests=REQUEST_PROBLEMS)
