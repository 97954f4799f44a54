"""What differs between the file of an import and that of an earlier one."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.mapping.api.dependencies import Services
from services.mapping.differing import Differing
from services.mapping.usecases import differences
from services.mapping.usecases.differences import Differences
from services.mapping.views import Body
from shared.bearer import SignedIn
from shared.contracts.contract import Count, Moment
from shared.contracts.fields import FieldName
from shared.openapi import ProblemBody

router = APIRouter(tags=["imports"], responses={401: {"model": ProblemBody}, 404: {"model": ProblemBody}})


class ComparedImport(Body):
    """The import that is compared with."""

    id: UUID
    file_name: str
    finished_at: Moment
    rows: int
    is_same_file: bool
    share: float | None = Field(description="about how many of the rows it has, from 0 to 1; null if you named it")


class DifferingCellBody(Body):
    """A cell in both files. Of bank accounts, cards and tokens it has the last characters."""

    field: FieldName
    column: str
    before: str | None = Field(description="null: the row is not in the earlier file")
    after: str | None = Field(description="null: the row is not in this file")


class DifferingRowBody(Body):
    """A row that differs; of a changed one the cells that do."""

    line: int | None = Field(description="in this file")
    line_before: int | None = Field(description="in the earlier file")
    account_number: str
    cells: list[DifferingCellBody]


class DifferencePage(Body):
    """`rows` = `same` + `changed` + `new`; `rows_before` = `same` + `changed` + `gone`."""

    against: ComparedImport
    rows: int
    rows_before: int
    same: int
    changed: int
    new: int
    gone: int
    fields: list[FieldName] = Field(description="the fields that both files have a column for: these are compared")
    only_here: list[FieldName] = Field(description="fields that the earlier file has no column for")
    only_before: list[FieldName] = Field(description="fields that this file has no column for")
    items: list[DifferingRowBody]
    next: int | None = Field(description="`after` of the next page")

    @classmethod
    def of(cls, found: Differences) -> Self:
        counts = {which.value: count for which, count in found.counts.items()}
        return cls.model_validate({**{name: getattr(found, name) for name in _TAKEN}, **counts})


_TAKEN = ("against", "rows", "rows_before", "same", "fields", "only_here", "only_before", "items", "next")


@router.get(
    "/imports/{import_id}/differences",
    responses={409: {"model": ProblemBody}, 410: {"model": ProblemBody}, 413: {"model": ProblemBody}},
)
async def show_differences(
    services: Services,
    person: SignedIn,
    import_id: UUID,
    *,
    which: Annotated[Differing, Query(description="the rows to list")] = Differing.CHANGED,
    against: Annotated[
        UUID | None, Query(description="another import of the biller and kind; the one most like it if not given")
    ] = None,
    after: Annotated[Count, Query(description="`next` of the previous page")] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DifferencePage:
    """Rows that are new, changed or gone since the earlier import whose rows are most like these.

    Rows belong together by account number; cells are compared as the check reads them. Files are kept for a while only:
    an import whose file is gone is not compared.
    """
    found = await differences.differences(
        services, person, import_id, which=which, after=after, limit=limit, against=against
    )
    return DifferencePage.of(found)
