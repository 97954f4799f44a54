"""The place of a check that waits for its turn among the checks of all billers: numbers alone, no names."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field


class QueuePlace(BaseModel):
    """Where a check waits for its turn among the checks of all billers."""

    model_config = ConfigDict(frozen=True)

    before: int = Field(description="how many checks are before it")
    first_rows_read: int = Field(description="how many rows the first of them has read")
    text: str = Field(description="the same in words")

    @classmethod
    def of(cls, before: int, first_rows_read: int) -> Self:
        return cls(before=before, first_rows_read=first_rows_read, text=_words(before, first_rows_read))


def _words(before: int, first_rows_read: int) -> str:
    words = "1 check is before this one" if before == 1 else f"{before:,} checks are before this one"
    if not first_rows_read:
        return words
    who = "it" if before == 1 else "the first"
    return f"{words}; {who} has read {first_rows_read:,} {'row' if first_rows_read == 1 else 'rows'}"
