"""What the API says of cells that were corrected, as it stands in the OpenAPI document."""

from datetime import datetime
from typing import Self

from pydantic import Field

from services.notifier.domain import Correction
from services.notifier.views import Answer


class CorrectionItem(Answer):
    """A cell that somebody corrected for a round."""

    round: int
    line: int
    column: str
    before: str = Field(description="of bank accounts and tokens the last characters")
    after: str
    corrected_by: str
    corrected_at: datetime

    @classmethod
    def of(cls, one: Correction) -> Self:
        return cls(
            round=one.round,
            line=one.line_no,
            column=one.column_name,
            before=one.before,
            after=one.after,
            corrected_by=one.corrected_by,
            corrected_at=one.corrected_at,
        )


class CorrectionPage(Answer):
    """A page of corrections, by line."""

    items: list[CorrectionItem]
    next: int | None = Field(description="`after` of the next page; null on the last page")
