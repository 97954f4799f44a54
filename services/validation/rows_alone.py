"""What the check says of a file and its rows on their own, without a database: for `customer-import inspect`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from services.validation.domain.context import Context, Secrets
from services.validation.domain.shares import is_much
from services.validation.reading import FileReading
from services.validation.repository.checks import Finding
from shared.contracts.codes import CODES
from shared.contracts.codes.names import MANY_BLOCKED
from shared.contracts.definition import ImportDefinition
from shared.contracts.outcomes import Outcome


def _nothing(*_: str) -> bytes:
    return b""


_NO_SECRETS: Final = Secrets(
    seal_each=lambda numbers: [b""] * len(numbers),  # nothing is kept of them
    identify=_nothing,
)
_ENDED: Final = "S403"


def findings_of(
    pieces: Iterable[bytes], definition: ImportDefinition, *, biller_name: str | None, today: date
) -> Sequence[Finding]:
    """Each code with its rows, as far as neither other rows nor what is on file decide; raises Refused."""
    choices = {} if definition.decide == "ask" else {code: one.choice for code, one in definition.decide.items()}
    known = {code: choice for code, choice in choices.items() if code in CODES and choice in CODES[code].choices}
    context = Context(today, _NO_SECRETS, known)
    reading = FileReading(pieces, definition, biller_name=biller_name)
    reading.open(context, fold_case=False)
    rows = _Rows()
    while columns := reading.next_columns():
        rows.add(dict(zip(reading.columns, columns, strict=True)))
    for code, lines in reading.lines_in_doubt.items():
        rows.put_in_doubt(code, lines, goes_on=code in context.going_on)
    return sorted([*reading.findings, *rows.findings(reading)], key=lambda finding: finding.code)


@dataclass(slots=True)
class _Row:
    verdict: str
    codes: set[str]


@dataclass(slots=True)
class _Rows:
    """Those that have codes, by line."""

    noted: dict[int, _Row] = field(default_factory=dict)

    def add(self, columns: Mapping[str, Sequence[str]]) -> None:
        for line, verdict, codes in zip(columns["line_no"], columns["verdict"], columns["codes"], strict=True):
            if codes:
                self.noted[int(line)] = _Row(verdict, set(codes.strip("{}").split(",")))

    def put_in_doubt(self, code: str, lines: Sequence[int], *, goes_on: bool) -> None:
        """As the check does with staged rows: only live ones, and those whose autopay seemed to have ended."""
        outcome = CODES[code].outcome
        for line in lines:
            row = self.noted.setdefault(line, _Row("", set()))
            if not row.verdict or (not goes_on and _ENDED in row.codes):
                row.codes = row.codes - {_ENDED} | {code}
                row.verdict = "" if goes_on or outcome is None else outcome.value

    def findings(self, reading: FileReading) -> list[Finding]:
        by_code: dict[str, list[int]] = {}
        for line in sorted(self.noted):
            for code in self.noted[line].codes:
                by_code.setdefault(code, []).append(line)
        details: Mapping[str, Mapping[str, Any]] = reading.details
        found = [Finding(code, len(lines), details.get(code, {}), lines) for code, lines in by_code.items()]
        blocked = sum(map(_is_blocked, self.noted.values()))
        return [*found, *([Finding(MANY_BLOCKED, blocked, {})] if is_much(blocked, reading.rows) else [])]


def _is_blocked(row: _Row) -> bool:
    held = row.verdict == Outcome.HELD and any(code.startswith("R") for code in row.codes)
    return row.verdict == Outcome.FAILED or held
