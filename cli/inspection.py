"""`customer-import inspect`: what a file is, as the check would read it."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from cli.errors import CommandError
from shared.csvfile import CsvOptions, CsvReader, FileRefused, Problem, read, write_rows

_FACTS = ("encoding", "bom", "delimiter", "quote", "line_ending", "header_line", "header", "rows", "blank_lines")


def inspect_file(path: Path, options: CsvOptions, normalised: Path | None) -> dict[str, Any]:
    """Read the whole file; returns what was detected and every problem with code, line, column and message.

    With ``normalised`` the header and the rows that can be used are written there as RFC 4180 in UTF-8; a refused
    file leaves nothing.
    """
    try:
        with path.open("rb") as stream:
            reader = read(stream, options)
            return _read_through(reader, normalised)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error


def print_inspection(console: Console, found: dict[str, Any]) -> None:
    """What was detected, for people."""
    facts = Table(show_header=False)
    for name in (
        "encoding",
        "bom",
        "delimiter",
        "quote",
        "line_ending",
        "header_line",
        "header",
        "rows",
        "blank_lines",
    ):
        facts.add_row(name.replace("_", " "), str(found.get(name)))
    console.print(facts)
    if found["problems"]:
        table = Table(title="Problems", title_justify="left")
        for heading in ("code", "line", "column", "message", "remedy"):
            table.add_column(heading)
        for problem in found["problems"]:
            table.add_row(*(str(problem[name] or "") for name in ("code", "line", "column", "message", "remedy")))
        console.print(table)


def as_json(found: dict[str, Any]) -> str:
    """What was detected, for programs."""
    return json.dumps(found, ensure_ascii=False, indent=2)


def _read_through(reader: CsvReader, normalised: Path | None) -> dict[str, Any]:
    bad: list[Problem] = []
    try:
        if normalised is None:
            for _ in _rows(reader, bad):
                pass
        else:
            _write(reader, normalised, bad)
    except FileRefused as refused:
        return _found(reader, [*bad, refused.problem]) | {"refused": True}
    return _found(reader, bad) | {"refused": False}


def _write(reader: CsvReader, target: Path, bad: list[Problem]) -> None:
    unfinished = target.with_name(target.name + ".part")
    try:
        with unfinished.open("wb") as out:
            write_rows(out, _with_header(reader, bad), defuse=False)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _with_header(reader: CsvReader, bad: list[Problem]) -> Iterator[list[str]]:
    rows = _rows(reader, bad)
    first = next(rows, None)
    yield reader.header
    if first is not None:
        yield first
    yield from rows


def _rows(reader: CsvReader, bad: list[Problem]) -> Iterator[list[str]]:
    for batch in reader:
        bad.extend(batch.bad)
        yield from batch.rows


def _found(reader: CsvReader, bad: list[Problem]) -> dict[str, Any]:
    seen = dataclasses.asdict(reader.inspection)
    problems = {(p.code, p.line, p.column): p for p in [*reader.problems, *bad]}
    return seen | {
        "rows": reader.rows,
        "blank_lines": reader.blank_lines,
        "problems": [
            {"code": p.code, "line": p.line, "column": p.column, "message": p.message, "remedy": p.remedy}
            for p in problems.values()
        ],
    }
