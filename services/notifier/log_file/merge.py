"""Rows of the file and rows of the result, put side by side. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, count
from typing import Final

from services.notifier.domain import UNDONE, Result, reason_of, undone_words
from services.notifier.log_file.columns import Masking
from services.notifier.records import FileRow
from shared.contracts.fields import FieldName
from shared.csvfile import header_key

RESULT_COLUMNS: Final = ("line", "outcome", "codes", "reason")


def header_of(columns: Sequence[str], for_log: Sequence[FieldName] = ()) -> list[str]:
    """The header of the log. Where the file has such a column already (it may be a log itself) ours is renamed."""
    taken = {header_key(name) for name in columns}
    ours = (*RESULT_COLUMNS, *(field.in_log for field in for_log))
    return [*columns, *(_free_name(name, taken) for name in ours)]


def _free_name(name: str, taken: Collection[str]) -> str:
    candidates = chain([name, f"import_{name}"], (f"import_{name}_{number}" for number in count(3)))
    return next(candidate for candidate in candidates if header_key(candidate) not in taken)


def merge(
    rows: Sequence[FileRow], results: Iterable[Result], masking: Masking, width: int, *, every_row: bool
) -> Iterator[list[str]]:
    """The lines of the log for one stretch of the file, in line order.

    ``every_row`` keeps rows without a result. A result whose row is not in the file (it is damaged or cut by now)
    stands with blank cells, so that the log always holds every result.
    """
    waiting = iter(results)
    result = next(waiting, None)
    for row in rows:
        while result is not None and result.line_no < row.line_no:
            yield line_of([""] * width, result, masking)
            result = next(waiting, None)
        if result is not None and result.line_no == row.line_no:
            yield line_of(_fit(masking.row(row.cells, in_place=row.in_place), width), result, masking)
            result = next(waiting, None)
        elif every_row:
            cells = _fit(masking.row(row.cells, in_place=row.in_place), width)
            yield [*cells, str(row.line_no), "", "", "", *masking.logged({})]
    while result is not None:
        yield line_of([""] * width, result, masking)
        result = next(waiting, None)


def line_of(cells: Sequence[str], result: Result, masking: Masking) -> list[str]:
    """The cells of a row, what became of it, and what the file says for the log alone."""
    outcome, reason = result.outcome.value, reason_of(result.codes, result.changed)
    if result.undone_by and result.undone_at:
        outcome = UNDONE
        reason = ". ".join(filter(None, (reason, undone_words(result.undone_by, result.undone_at))))
    became = (str(result.line_no), outcome, " ".join(result.codes), reason)
    return [*cells, *became, *masking.logged(result.for_log)]


def _fit(cells: list[str], width: int) -> list[str]:
    """As many cells as the header has: what is too much is joined in the last one, so that nothing is lost."""
    if len(cells) <= width:
        return cells + [""] * (width - len(cells))
    return [*cells[: width - 1], ",".join(cells[width - 1 :])]
