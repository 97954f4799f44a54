"""Lines of a file that somebody chose: numbers and ranges, as people write them and as they are stored."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.contract import Contract, Int4, Text

_STRETCH: Final = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_AROUND_HYPHEN: Final = re.compile(r"(?<!\s)\s*[-\N{EN DASH}]\s*")  # begins once in a run of blanks
_BETWEEN: Final = re.compile(r"[\s,;]+")
_SHOWN: Final = 20  # ranges in a sentence

Line = Annotated[Int4, Field(ge=1)]


class LineRange(Contract):
    """The lines from ``first`` to ``last``, both included."""

    first: Line
    last: Line

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("the last line comes before the first one")
        return self


def joined(ranges: Iterable[LineRange]) -> tuple[LineRange, ...]:
    """In order, and no line twice: what looks at each of them does not look as often as somebody wrote it."""
    return tuple(_joined(sorted(ranges, key=lambda one: one.first)))


Lines = Annotated[tuple[LineRange, ...], Field(max_length=10_000), AfterValidator(joined)]


class ChosenRows(Contract):
    """Rows of an import that somebody chose: those on these lines, of these accounts or with this code."""

    lines: Lines = ()
    accounts: Annotated[tuple[Annotated[Text, Field(min_length=1, max_length=50)], ...], Field(max_length=10_000)] = (
        Field(default=(), description="account numbers as the import has them")
    )
    code: Annotated[Text, Field(pattern=r"^[A-Z][0-9]{3}$")] | None = Field(
        default=None, description="rows with this code"
    )

    @model_validator(mode="after")
    def _chosen(self) -> Self:
        if not (self.lines or self.accounts or self.code):
            raise ValueError("no rows are chosen")
        return self

    @property
    def words(self) -> str:
        """In a sentence, without the account numbers."""
        parts = [
            f"lines {lines_in_words(self.lines)}" if self.lines else "",
            f"{len(self.accounts):,} account {'number' if len(self.accounts) == 1 else 'numbers'}"
            if self.accounts
            else "",
            f"code {self.code}" if self.code else "",
        ]
        return "; ".join(filter(None, parts))


def lines_from(text: str) -> tuple[LineRange, ...]:
    """Numbers and ranges such as ``5, 7-12``, in order. Raises ValueError with the word that is neither."""
    return joined(map(_range, filter(None, _BETWEEN.split(_AROUND_HYPHEN.sub("-", text)))))


def lines_in_words(lines: Iterable[LineRange]) -> str:
    """As people write them; of many ranges the first ones."""
    shown = [str(one.first) if one.first == one.last else f"{one.first}-{one.last}" for one in lines]
    more = f" and {len(shown) - _SHOWN:,} more ranges" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def _joined(ranges: Iterable[LineRange]) -> Iterator[LineRange]:
    before: LineRange | None = None
    for one in ranges:
        if before is None:
            before = one
        elif one.first <= before.last + 1:
            before = LineRange(first=before.first, last=max(before.last, one.last))
        else:
            yield before
            before = one
    if before is not None:
        yield before


def _range(word: str) -> LineRange:
    known = _STRETCH.fullmatch(word)
    first, last = (int(known[1]), int(known[2] or known[1])) if known else (0, 0)
    if not 0 < first <= last:
        raise ValueError(word[:20])
    return LineRange(first=first, last=last)
