"""Rows of the file and rows of the result, put side by side. Pure."""

from collections.abc import Iterable, Iterator, Sequence

from services.notifier.domain import UNDONE, Result, paper_words, reason_of, undone_words
from services.notifier.log_file.columns import Masking
from shared.contracts.fields import FieldName
from shared.contracts.log_columns import RECORD_COLUMNS, RESULT_COLUMNS, ROUND_COLUMNS, FileRow, fitted, free_name
from shared.csvfile import header_key


def header_of(columns: Sequence[str], for_log: Sequence[FieldName] = (), *, tells_rounds: bool = False) -> list[str]:
    """The header of the log. Where the file has such a column already (it may be a log itself) ours is renamed."""
    taken = {header_key(name) for name in columns}
    rounds = ROUND_COLUMNS if tells_rounds else ()
    ours = (*RESULT_COLUMNS, *rounds, *(field.in_log for field in for_log), *RECORD_COLUMNS)
    return [*columns, *(free_name(name, taken) for name in ours)]


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
            yield line_of(fitted(masking.row(row.cells, in_place=row.in_place), width), result, masking)
            result = next(waiting, None)
        elif every_row:
            cells = fitted(masking.row(row.cells, in_place=row.in_place), width)
            yield [*cells, str(row.line_no), "", "", "", *masking.told_of_rounds(None), *masking.logged({}), "", ""]
    while result is not None:
        yield line_of([""] * width, result, masking)
        result = next(waiting, None)


def line_of(cells: Sequence[str], result: Result, masking: Masking) -> list[str]:
    """The cells of a row, what became of it, and what the file says for the log alone."""
    outcome, reason = result.outcome.value, reason_of(result.codes, result.changed)
    if result.undone_by and result.undone_at:
        outcome = UNDONE
        reason = ". ".join(filter(None, (reason, undone_words(result.undone_by, result.undone_at))))
    if result.returned_to_paper_at:
        reason = ". ".join(filter(None, (reason, paper_words(result.returned_to_paper_at))))
    became = (str(result.line_no), outcome, " ".join(result.codes), reason)
    records = ("" if one is None else str(one) for one in (result.customer_id, result.login_id))
    return [*cells, *became, *masking.told_of_rounds(result), *masking.logged(result.for_log), *records]
