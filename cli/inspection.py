"""`customer-import inspect`: what a file is, as the check would read it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NotRequired, TypedDict

from rich.console import Console
from rich.table import Table

from cli.errors import CommandError
from shared.csvfile import (
    Batch,
    CardWatch,
    CsvOptions,
    CsvReader,
    FileRefused,
    Inspection,
    Problem,
    forbidden_names,
    inspect,
    read,
    write_rows,
)

_MOST_PROBLEMS: Final = 1000
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


class ProblemFound(TypedDict):
    code: str
    line: int | None
    column: int | None
    message: str
    remedy: str


class Found(TypedDict):
    """What was detected, and every problem; what a refused file was not read for is not there."""

    encoding: str
    bom: bool
    delimiter: str
    quote: str
    quoting: str
    line_ending: str
    preamble: list[str]
    header_line: int
    header: list[str]
    width: int
    problems: list[ProblemFound]
    rows: NotRequired[int]
    rows_refused: NotRequired[int]
    blank_lines: NotRequired[int]
    repeated_headers: NotRequired[int]
    footers: NotRequired[int]
    problems_not_listed: NotRequired[int]
    refused: NotRequired[bool]


@dataclass(slots=True)
class _Problems:
    """Problems without the cells they are about; of very many only the first, and the count."""

    listed: dict[tuple[str, int | None, int | None], Problem] = field(default_factory=dict)
    left_off: int = 0

    def add(self, problem: Problem) -> None:
        key = (problem.code, problem.line, problem.column)
        if len(self.listed) < _MOST_PROBLEMS or problem.level == "F":
            self.listed.setdefault(key, Problem(*key, problem.message, problem.remedy))
        else:
            self.left_off += 1


def options_of(encoding: str | None, delimiter: str | None, quote: str | None, header_line: int | None) -> CsvOptions:
    """What the person told; raises CommandError. `tab` and `none` are words for what is hard to type."""
    try:
        return CsvOptions(
            encoding=encoding,
            delimiter="\t" if delimiter == "tab" else delimiter,
            quote="" if quote == "none" else quote,
            header_line=header_line,
        )
    except ValueError as error:
        raise CommandError(f"The file can't be read that way: {error}") from error


def inspect_file(path: Path, options: CsvOptions, normalized: Path | None) -> Found:
    """Read the whole file; returns what was detected and every problem with code, line, column and message.

    With ``normalized`` the header and the rows that can be used are written there as RFC 4180 in UTF-8; a refused
    file leaves nothing.
    """
    try:
        with path.open("rb") as stream:
            seen = inspect(stream, options)
            if seen.refusal:
                return _facts(seen, seen.problems) | {"refused": True}
            return _read_through(read(stream, options), normalized)
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}") from error


def print_inspection(console: Console, found: Found) -> None:
    """What was detected, for people."""
    facts = Table(show_header=False)
    for name, value in found.items():
        if name != "problems":
            facts.add_row(name.replace("_", " "), _shown(value))
    console.print(facts)
    if found["problems"]:
        table = Table(title="Problems", title_justify="left")
        for heading in ProblemFound.__annotations__:
            table.add_column(heading)
        for problem in found["problems"]:
            table.add_row(*("" if value is None else str(value) for value in problem.values()))
        console.print(table)


def as_json(found: Found) -> str:
    """What was detected, for programs."""
    return json.dumps(found, ensure_ascii=False, indent=2)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _NAMES.get(str(value), str(value)) or "none"


def _read_through(reader: CsvReader, normalized: Path | None) -> Found:
    problems = _Problems()
    refused = False
    try:
        _refuse_forbidden(reader.header)
        if normalized is None:
            for _ in _rows(reader, problems):
                pass
        else:
            _write(reader, normalized, problems)
    except FileRefused as refusal:
        problems.add(refusal.problem)
        refused = True
    every = _Problems()
    for problem in (*reader.problems, *problems.listed.values()):
        every.add(problem)
    return _facts(reader.inspection, list(every.listed.values())) | {
        "rows": reader.rows,
        "rows_refused": reader.bad,
        "blank_lines": reader.blank_lines,
        "repeated_headers": reader.repeated_headers,
        "footers": reader.footers,
        "problems_not_listed": problems.left_off + every.left_off,
        "refused": refused,
    }


def _refuse_forbidden(header: list[str]) -> None:
    for problem in forbidden_names(header):
        raise FileRefused(problem)


def _facts(seen: Inspection, problems: list[Problem]) -> Found:
    return {
        "encoding": seen.encoding,
        "bom": seen.bom,
        "delimiter": seen.delimiter,
        "quote": seen.quote,
        "quoting": seen.quoting.name,
        "line_ending": seen.line_ending,
        "preamble": seen.preamble,
        "header_line": seen.header_line,
        "header": seen.header,
        "width": seen.width,
        "problems": [_told(problem) for problem in problems],
    }


def _told(problem: Problem) -> ProblemFound:
    return {
        "code": problem.code,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "remedy": problem.remedy,
    }


def _write(reader: CsvReader, target: Path, problems: _Problems) -> None:
    unfinished = target.with_name(target.name + ".part")
    try:
        with unfinished.open("wb") as out:
            write_rows(out, _with_header(reader, problems), defuse=False)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _with_header(reader: CsvReader, problems: _Problems) -> Iterator[list[str]]:
    rows = _rows(reader, problems)
    first = next(rows, None)
    yield reader.header
    if first is not None:
        yield first
    yield from rows


def _rows(reader: CsvReader, problems: _Problems) -> Iterator[list[str]]:
    watch: CardWatch | None = None
    for batch in reader:
        watch = watch or CardWatch(_numbered(batch))
        watch.look(batch)
        for problem in batch.bad:
            problems.add(problem)
        yield from batch.rows
    if watch is not None:
        watch.conclude()


def _numbered(batch: Batch) -> frozenset[int]:
    """Columns of plain numbers, any of which may be the account's: in them a card number may be one by chance."""
    return frozenset(
        place
        for place, cells in enumerate(batch.columns)
        if all(cell.replace(" ", "").replace("-", "").isdigit() for cell in cells if cell.strip())
    )
