"""What the check of an import would find in the rows of a file, for `customer-import inspect`."""

from collections.abc import Sequence
from typing import BinaryIO, Final, TypedDict

from rich.table import Table

from services.validation.reading import Refused
from services.validation.repository.checks import Finding
from services.validation.rows_alone import findings_of
from shared.contracts.codes import CODES
from shared.contracts.definition import ImportDefinition, Reading
from shared.contracts.finding_text import finding_text
from shared.csvfile import CsvOptions, Problem
from shared.today import us_today

_MOST_LINES: Final = 20
_PIECE: Final = 1 << 20  # bytes


class FindingFound(TypedDict):
    """A code of the rows or of the file, as the page of a check lists it."""

    code: str
    title: str
    count: int
    lines: list[int]
    message: str
    remedy: str


def judged_by(
    definition: ImportDefinition, stream: BinaryIO, options: CsvOptions, biller_name: str | None
) -> Sequence[FindingFound] | Problem:
    """What the check finds in the rows, or why it refuses the file; the stream is at its start again."""
    reading = Reading(**{name: getattr(options, name) for name in Reading.model_fields})
    options_told = definition.options.model_copy(update={"reading": reading})
    pieces = iter(lambda: stream.read(_PIECE), b"")
    try:
        told = definition.model_copy(update={"options": options_told})
        return list(map(_found, findings_of(pieces, told, biller_name=biller_name, today=us_today())))
    except Refused as refused:
        return _why(refused)
    finally:
        stream.seek(0)


def _why(refused: Refused) -> Problem:
    code, detail = CODES[refused.code], refused.detail
    words = str(detail.get("message") or code.title)
    return Problem(
        refused.code, detail.get("line"), detail.get("column"), words, str(detail.get("remedy") or code.remedy)
    )


def _found(finding: Finding) -> FindingFound:
    code, text = CODES[finding.code], finding_text(finding.detail)
    lines = list(finding.sample_lines[:_MOST_LINES])
    return {
        "code": finding.code,
        "title": code.title,
        "count": finding.count,
        "lines": lines,
        "message": text.message,
        "remedy": text.remedy or code.remedy,
    }


def findings_table(findings: Sequence[FindingFound]) -> Table:
    table = Table(title="What the check would find", title_justify="left")
    for heading in FindingFound.__annotations__:
        table.add_column(heading)
    for finding in findings:
        table.add_row(
            *(", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in finding.values())
        )
    return table
