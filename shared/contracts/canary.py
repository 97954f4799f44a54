"""Rows with which an import starts, while the rest waits until a person has looked at their results."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.contracts.contract import Contract, Int4
from shared.contracts.lines import Lines, lines_in_words

Few = Annotated[Int4, Field(ge=1)]


class Canary(Contract):
    """The rows to start with: the first ones, random ones, or those on chosen lines."""

    first: Few | None = Field(default=None, description="so many rows, in the order of the file")
    random: Few | None = Field(default=None, description="so many rows from anywhere in the file")
    lines: Annotated[Lines, Field(max_length=100)] = Field(default=(), description="the rows on these lines")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if [self.first is not None, self.random is not None, bool(self.lines)].count(True) != 1:
            raise ValueError("give one of first, random and lines")
        return self

    @property
    def words(self) -> str:
        if self.lines:
            return f"lines {lines_in_words(self.lines)}"
        if self.random is not None:
            return "a random row" if self.random == 1 else f"{self.random:,} random rows"
        return "the first row" if self.first == 1 else f"the first {self.first:,} rows"
