"""What mapping asks while somebody corrects a row. It is no part of the API for programs."""

from typing import Protocol, cast

from fastapi import APIRouter, FastAPI, Request

from shared.auth import Person
from shared.bearer import SignedIn
from shared.contracts.row_check import ROW_CHECK, RowCheck, RowJudged

router = APIRouter(include_in_schema=False)


class Judge(Protocol):
    """Decides one row; whoever starts the service puts one on `app.state.judge`."""

    async def __call__(self, person: Person, asked: RowCheck) -> RowJudged: ...


def add_routes(app: FastAPI) -> None:
    app.include_router(router)


@router.post(ROW_CHECK)
async def judge_row(request: Request, person: SignedIn, asked: RowCheck) -> RowJudged:
    """How the check would decide the row, for who may import such files at the biller."""
    judge = cast("Judge", request.app.state.judge)
    return await judge(person, asked)
