"""Corrections: rows of an import that waits, corrected before anything is applied."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from services.mapping.api.bodies import Given, RefusalBody
from services.mapping.api.dependencies import Services
from services.mapping.api.rounds import MOST_LINES, CorrectedCell, Line, Lines, cells_of
from services.mapping.domain import State
from services.mapping.usecases import correcting, trying
from services.mapping.usecases.rounds import Asked
from services.mapping.usecases.rows_file import rows_as_file
from services.mapping.usecases.trying import Found, TriedRow
from services.mapping.views import Body
from shared.bearer import SignedIn
from shared.contracts.contract import Int4, Text
from shared.contracts.definition import HeaderName, ValueMap
from shared.contracts.outcomes import Outcome
from shared.openapi import ProblemBody

router = APIRouter(
    tags=["corrections"],
    responses={401: {"model": ProblemBody}, 404: {"model": ProblemBody}, 409: {"model": ProblemBody}},
)


class NewCorrections(Given):
    """What to correct in the rows of an import that waits for a decision."""

    check_no: Int4 = Field(description="the check that you looked at; a newer one is a conflict")
    corrected_file: UUID | None = Field(
        default=None,
        description="a file that you uploaded: rows with the file's columns and `line`. It is removed when it was used",
    )
    cells: Annotated[tuple[CorrectedCell, ...], Field(max_length=MOST_LINES)] = ()
    leave_out: Lines = Field(default=(), description="rows to skip: S404")
    bring_in: Lines = Field(default=(), description="skipped rows not to skip after all; a corrected cell says so, too")
    values: ValueMap = Field(default={}, description="what words mean, for every row; as in a definition")

    def asked(self) -> Asked:
        return Asked(
            corrected_file=self.corrected_file,
            cells=cells_of(self.cells),
            leave_out=frozenset(self.leave_out),
            lines=frozenset(self.bring_in),
            values=self.values,
        )


class CorrectionsAccepted(Body):
    """The file is checked again, as the same import."""

    import_id: UUID
    state: State = Field(description="always `checking`")


class TypedCell(Given):
    """A cell as it is typed."""

    column: Annotated[HeaderName, Field(description="a column of the file, or a field such as `email`")]
    value: Text


class RowToTry(Given):
    """A row with its cells as they are typed; the others are as the file has them."""

    line: Line
    cells: Annotated[tuple[TypedCell, ...], Field(max_length=500)]


class RowCode(Body):
    """A code of the row, with the columns that it is about."""

    code: str
    title: str
    remedy: str
    columns: list[str]

    @classmethod
    def of(cls, found: Found) -> Self:
        return cls(code=found.code.number, title=found.code.title, remedy=found.code.remedy, columns=[*found.columns])


class RowTried(Body):
    """How the check would decide the row."""

    line: int
    outcome: Outcome | None = Field(description="null: the file would be refused for the row")
    problems: list[RowCode] = Field(description="what keeps the row out")
    notes: list[RowCode] = Field(description="what is said of it besides")

    @classmethod
    def of(cls, tried: TriedRow) -> Self:
        problems, notes = (list(map(RowCode.of, some)) for some in (tried.problems, tried.notes))
        return cls(line=tried.line, outcome=tried.outcome, problems=problems, notes=notes)


@router.get(
    "/imports/{import_id}/rows-to-correct.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "a CSV file"}, 410: {"model": ProblemBody}},
)
async def rows_to_correct(services: Services, person: SignedIn, import_id: UUID) -> Response:
    """The rows that the plan does not apply, with lines and reasons: to be corrected and sent as `corrected_file`.

    Of bank accounts and tokens it has the last characters; cells with them keep their value.
    """
    content = await rows_as_file(services, person, import_id)
    name = f'attachment; filename="rows-to-correct-{import_id}.csv"'
    return Response(content, media_type="text/csv; charset=utf-8", headers={"content-disposition": name})


@router.post(
    "/imports/{import_id}/correct",
    responses={403: {"model": RefusalBody}, 410: {"model": ProblemBody}, 422: {"model": RefusalBody}},
)
async def correct(services: Services, person: SignedIn, import_id: UUID, wanted: NewCorrections) -> CorrectionsAccepted:
    """Correct cells, skip rows and explain words before the import starts; then it is checked again.

    The import keeps its id, its decisions and the lines of its rows, and waits for a person to confirm the new check.
    """
    await correcting.correct(services, person, import_id, wanted.check_no, wanted.asked())
    return CorrectionsAccepted(import_id=import_id, state=State.CHECKING)


@router.post(
    "/imports/{import_id}/row-check",
    responses={403: {"model": RefusalBody}, 410: {"model": ProblemBody}, 422: {"model": RefusalBody}},
)
async def check_row(request: Request, services: Services, person: SignedIn, import_id: UUID, row: RowToTry) -> RowTried:
    """How the check would decide a row with corrected cells, while they are typed. Nothing is kept or changed.

    It says what the check says, also of other rows of its account, but for what rows of other accounts say of it. The
    row is one that can be corrected now: of an import that waits for a decision, or one that was not applied.
    """
    cells = {one.column: one.value for one in row.cells}
    asked_as = request.headers["authorization"]
    return RowTried.of(await trying.try_row(services, person, asked_as, import_id, row.line, cells))
