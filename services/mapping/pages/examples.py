"""A file of each kind of import to try it with."""

from fastapi import APIRouter
from starlette.responses import Response

from services.mapping.example_file import example_file, name_of_example
from shared.contracts.kinds import ImportKind
from shared.today import us_today
from shared.web import SignedInVisitor

router = APIRouter()


@router.get("/examples/{kind}.csv")
async def download_example(_visitor: SignedInVisitor, kind: ImportKind) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name_of_example(kind)}"'}
    return Response(example_file(kind, us_today().year), media_type="text/csv; charset=utf-8", headers=headers)
