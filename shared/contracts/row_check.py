"""What mapping asks validation while somebody corrects a row: how the check would decide it. No part of the API."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from shared.contracts.contract import Contract, Int4, Name
from shared.contracts.definition import Reading, ValueMap
from shared.contracts.plan import Verdict

Line = Annotated[Int4, Field(ge=1)]
# Not below /api: what comes from outside must not reach it, for it judges whatever rows it is given.
ROW_CHECK: Final = "/internal/row-checks"
LONGEST_CONTENT: Final = 500_000


class RowCheck(Contract):
    """A row of an import in a file of its own, with the header of the whole one and the rows it belongs together with.

    ``line`` is that of the row in this file.
    """

    import_id: UUID
    line: Line
    lines: tuple[Line, ...] = Field(default=(), description="what lines the rows have in the whole file")
    content: Annotated[str, Field(max_length=LONGEST_CONTENT, repr=False)]
    reading: Reading
    values: ValueMap = Field(default_factory=dict)
    is_tried_again: bool = Field(
        default=False, description="for a new round: nothing is decided there yet, and its file has a few rows alone"
    )


class RowJudged(Contract):
    """What the check would make of the row; null: the file would be refused for it, for the one code."""

    verdict: Verdict | None
    codes: tuple[Name, ...]
