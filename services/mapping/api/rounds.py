"""Rounds of an import: rows that were not applied, corrected and tried again."""

from collections.abc import Iterable
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import Field

from services.mapping.api.bodies import Given, RefusalBody
from services.mapping.api.dependencies import Services
from services.mapping.usecases import rounds
from services.mapping.usecases.rounds import Asked, Started
from services.mapping.views import Body
from shared.bearer import SignedIn
from shared.contracts.contract import Int4, Text
from shared.contracts.definition import HeaderName, ValueMap
from shared.contracts.outcomes import Outcome
from shared.openapi import ProblemBody

router = APIRouter(
    tags=["rounds"],
    responses={401: {"model": ProblemBody}, 404: {"model": ProblemBody}, 409: {"model": ProblemBody}},
)
MOST_LINES: Final = 10_000
Line = Annotated[Int4, Field(ge=1)]
Lines = Annotated[tuple[Line, ...], Field(max_length=MOST_LINES)]


class CorrectedCell(Given):
    """A cell with its new value."""

    line: Line
    column: Annotated[HeaderName, Field(description="a column of the file, or a field such as `email`")]
    value: Text


def cells_of(given: Iterable[CorrectedCell]) -> dict[int, dict[str, str]]:
    """By line, the columns with their new values."""
    cells: dict[int, dict[str, str]] = {}
    for one in given:
        cells.setdefault(one.line, {})[one.column] = one.value
    return cells


class NewRound(Given):
    """The rows to try again; they must be rows that failed, were skipped or are on hold."""

    corrected_file: UUID | None = Field(
        default=None,
        description="a file that you uploaded: rows of `log.csv` with its columns, corrected. The round removes it",
    )
    cells: Annotated[tuple[CorrectedCell, ...], Field(max_length=MOST_LINES)] = ()
    lines: Lines = Field(default=(), description="rows to try again as they are")
    outcomes: Annotated[tuple[Outcome, ...], Field(max_length=len(Outcome))] = Field(
        default=(), description="every row that ended so and was not applied, but for those skipped for good (S404)"
    )
    codes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Z][0-9]{3}$")], ...],
        Field(max_length=100, description="every row that was not applied and has one of these codes"),
    ] = ()
    leave_out: Lines = Field(default=(), description="rows to skip for good: they end skipped, S404")
    values: ValueMap = Field(default={}, description="what words mean, for every row tried again; as in a definition")

    def asked(self) -> Asked:
        return Asked(
            corrected_file=self.corrected_file,
            cells=cells_of(self.cells),
            lines=frozenset(self.lines),
            outcomes=frozenset(self.outcomes),
            codes=frozenset(self.codes),
            leave_out=frozenset(self.leave_out),
            values=self.values,
        )


class RoundAccepted(Body):
    """The rows will be checked."""

    import_id: UUID = Field(description="the import that the rows belong to")
    round: int = Field(description="the import itself is round 1")
    round_import_id: UUID = Field(description="where the check of the round is and its decisions are made")

    @classmethod
    def of(cls, started: Started) -> "RoundAccepted":
        return cls(import_id=started.import_id, round=started.round, round_import_id=started.round_import_id)


@router.post(
    "/imports/{import_id}/rounds",
    status_code=202,
    responses={403: {"model": RefusalBody}, 410: {"model": ProblemBody}, 422: {"model": RefusalBody}},
)
async def start_round(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    response: Response,
    wanted: NewRound,
    idempotency_key: Annotated[UUID, Header(description="a new UUID for each round; the same one when trying again")],
) -> RoundAccepted:
    """Try rows of an import again that were not applied, corrected or as they are: a round of the import.

    The rows are checked like a file of their own and keep their line numbers. Then the round waits for a person to
    confirm it, at `imports/{round_import_id}/confirm`. Rows that succeeded are refused (409), and so is a round while
    another one, or an undo, has not ended.
    """
    started = await rounds.start_round(services, person, import_id, idempotency_key, wanted.asked())
    response.headers["location"] = f"/api/v1/imports/{started.round_import_id}"
    return RoundAccepted.of(started)
