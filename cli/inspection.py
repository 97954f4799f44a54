"""`customer-import inspect`: what a file is, as the check would read it."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Final, NotRequired, TypedDict
from uuid import UUID

from pydantic import ValidationError
from rich.table import Table

from cli.bodies import Definition
from cli.errors import CommandError
from cli.judgment import FindingFound, findings_table, judged_by
from cli.output import show_table
from services.validation.domain.layout import ColumnMissing, lay_out
from services.validation.domain.screening import BATCH_ROWS, Screening, holds_cards_unread, refuse_head
from shared.contracts.definition import ImportDefinition, Reading
from shared.contracts.definition_rules import file_free_problems
from shared.csvfile import (
    REPLACE_CARDS,
    Batch,
    CsvOptions,
    CsvReader,
    FileRefused,
    Inspection,
    Problem,
    header_key,
    inspect,
    read,
    write_rows,
)

_MOST_PROBLEMS: Final = 1000
_MOST_REASONS: Final = 20
_REASONS: Final = {"missing": "It is missing", "extra_forbidden": "There is no such entry"}
_JUDGED_BY: Final = ("kind", "columns", "values", "account_number", "options", "decide")
_NOT_JUDGED: Final = (
    "Rows of the same account, the biller's settings, and what is on file for its customers: only the check knows them."
)
_PIECE: Final = 1 << 20  # bytes
_LIKELY_MAPPED: Final = re.compile(r"acc(?:oun|n)?t|cust|mail|rout|aba|token|login|user|premise|parcel|policy")
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


Location = tuple[int | str, ...]


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
    findings: NotRequired[list[FindingFound]]
    not_judged: NotRequired[str]


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


def mapped_by(content: Definition) -> ImportDefinition:
    """The definition, as far as it says how a file and its rows are read; raises CommandError."""
    named = {name: content.get(name) for name in _JUDGED_BY}
    known = {name: value for name, value in named.items() if value is not None}
    file = {"id": UUID(int=0), "sha256": "0" * 64, "size": 1}
    try:
        return ImportDefinition.model_validate({"biller_id": 1, "file": file} | known)
    except ValidationError as error:
        reasons = "\n".join(_reasons(error, content)[:_MOST_REASONS])
        raise CommandError(f"The definition is not valid\n{reasons}", remedy="Correct these entries") from error


def _reasons(error: ValidationError, content: Definition) -> list[str]:
    """What is wrong, by place. Of the forms that an entry may have it is told of those that it is nearest to."""
    told = error.errors(include_input=False, include_url=False, include_context=False)
    tried = Counter(_form_tried(one["loc"]) for one in told)
    fewest = {place: min(n for (other, _), n in tried.items() if other == place) for place, _ in tried}
    nearest = [one for one in told if tried[_form_tried(one["loc"])] == fewest[_form_tried(one["loc"])[0]]]
    return list(
        dict.fromkeys(
            f"{_place(one['loc'], content)}: {_REASONS.get(one['type']) or _reason(one['msg'])}" for one in nearest
        )
    )


def _form_tried(location: Location) -> tuple[Location, str]:
    for number, step in enumerate(location):
        if isinstance(step, str) and step.endswith("Part"):
            return location[:number], step
    return location, ""


def _place(location: Location, content: object) -> str:
    """Where it stands in the definition file, or what is missing there; without the names of forms."""
    steps: list[str] = []
    for step in location[:-1]:
        entry = _entry(content, step)
        if entry is not None:
            content = entry
            steps.append(str(step))
    return ".".join([*steps, *map(str, location[-1:])])


def _entry(content: object, step: int | str) -> object:
    if isinstance(content, Mapping):
        return content.get(step)
    return content[step] if isinstance(content, list) and isinstance(step, int) else None


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should", "It should")


def options_of(given: Mapping[str, str | int | None], definition: ImportDefinition | None = None) -> CsvOptions:
    """How the person, or else the definition, says that the file is read; raises CommandError.

    `tab` and `none` are words for what is hard to type.
    """
    words: Mapping[tuple[str, str], str | int] = {
        ("delimiter", "tab"): "\t",
        ("quote", "none"): "",
        ("header_line", "none"): 0,
    }
    given = {name: words.get((name, str(value)), value) for name, value in given.items() if value is not None}
    reading = Reading() if definition is None else definition.options.reading
    try:
        left_out = frozenset(() if definition is None else definition.options.exclude_lines)
        return CsvOptions(**Reading.model_validate(reading.model_dump() | given).model_dump(), left_out=left_out)
    except ValidationError as error:
        what = error.errors(include_input=False)[0]
        raise CommandError(f"The file can't be read that way: {what['loc'][0]}: {what['msg']}") from error
    except ValueError as error:
        raise CommandError(f"The file can't be read that way: {error}") from error


def inspect_file(
    path: Path,
    options: CsvOptions,
    normalized: Path | None,
    definition: ImportDefinition | None = None,
    biller_name: str | None = None,
) -> Found:
    """Read the whole file; returns what was detected and every problem with code, line, column and message.

    With ``definition`` the file is judged as the check of that import judges it, otherwise as that of one that maps
    what it most likely would. With ``normalized`` the header and the rows that can be used are written there as
    RFC 4180 in UTF-8; a refused file leaves nothing.
    """
    options = replace(options, batch_rows=BATCH_ROWS)
    try:
        with path.open("rb") as stream:
            seen = inspect(stream, options)
            if wrong := _against(definition):
                found = _facts(seen, [*wrong, *seen.problems]) | {"refused": True}
            elif seen.refusal:
                found = _facts(seen, seen.problems) | {"refused": True}
            else:
                judgment = judged_by(definition, stream, options, biller_name) if definition else ()
                found = _read_through(read(stream, options), normalized, definition, judgment)
            return _with_cards(found, stream)
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}") from error


def _against(definition: ImportDefinition | None) -> list[Problem]:
    """What the check says of the definition before it looks at the file, as far as no biller has to be known."""
    found = [] if definition is None else file_free_problems(definition)
    return [Problem(one.code, None, None, f"{one.message} ({one.place}).", f"{one.remedy}.") for one in found]


def _with_cards(found: Found, stream: BinaryIO) -> Found:
    """A file that is refused unread may hold card numbers all the same."""
    for problem in [one for one in found["problems"] if one["code"].startswith("F")][:1]:
        stream.seek(0)
        if holds_cards_unread(problem["code"], iter(lambda: stream.read(_PIECE), b"")):
            message = "The file contains card numbers; it is rejected as a whole."
            found["problems"].append(_problem_found(Problem("F008", None, None, message, REPLACE_CARDS)))
    return found


def print_inspection(found: Found) -> None:
    facts = Table(show_header=False)
    facts.add_column("detected")
    facts.add_column("value")
    for name, value in found.items():
        if name not in ("problems", "findings"):
            facts.add_row(name.replace("_", " "), _shown(value))
    show_table(facts)
    if found["problems"]:
        table = Table(title="Problems", title_justify="left")
        for heading in ProblemFound.__annotations__:
            table.add_column(heading)
        for problem in found["problems"]:
            table.add_row(*("" if value is None else str(value) for value in problem.values()))
        show_table(table)
    if found.get("findings"):
        show_table(findings_table(found["findings"]))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _NAMES.get(str(value), str(value)) or "none"


def _read_through(
    reader: CsvReader,
    normalized: Path | None,
    definition: ImportDefinition | None,
    judgment: Sequence[FindingFound] | Problem,
) -> Found:
    problems = _Problems()
    refused = False
    try:
        refuse_head(reader.names, reader.inspection.preamble)
        refusal = judgment if isinstance(judgment, Problem) else None
        rows = _rows(reader, problems, _screening(reader, definition), refusal)
        if normalized is None:
            for _ in rows:
                pass
        else:
            _write(reader.header, rows, normalized)
    except FileRefused as refusal:
        problems.add(refusal.problem)
        refused = True
    every = _Problems()
    for problem in (*reader.problems, *problems.listed.values()):
        every.add(problem)
    found: Found = _facts(reader.inspection, list(every.listed.values())) | {
        "rows": reader.rows,
        "rows_refused": reader.bad,
        "blank_lines": reader.blank_lines,
        "repeated_headers": reader.repeated_headers,
        "footers": reader.footers,
        "problems_not_listed": problems.left_off + every.left_off,
        "refused": refused,
    }
    if judgment and not isinstance(judgment, Problem) and not refused:
        found |= {"findings": list(judgment), "not_judged": _NOT_JUDGED}
    return found


def _screening(reader: CsvReader, definition: ImportDefinition | None) -> Screening | None:
    line = reader.inspection.header_line
    if definition is None:
        _refuse_repeated(reader, line)
        return None
    try:
        layout = lay_out(definition, reader.header, fold_case=False, names=reader.names)
    except ColumnMissing as missing:
        words = missing.detail.get("message", "The account number needs a column.")
        remedy = missing.detail.get("remedy", "Correct the definition, or name the columns in the file.")
        raise FileRefused(Problem(missing.code, line, missing.detail.get("column"), words, remedy)) from None
    return Screening(layout.account_number.positions, layout.number_columns, reader.names)


def _refuse_repeated(reader: CsvReader, line: int) -> None:
    """F005 for a name that most imports map and that several columns have."""
    keys = [header_key(name) for name in reader.names]
    for column, key in enumerate(keys):
        if key in keys[:column] and _LIKELY_MAPPED.search(key):
            called = [f"\u201c{reader.header[place]}\u201d" for place, other in enumerate(keys) if other == key]
            message = f"{len(called)} columns are named \u201c{reader.names[column]}\u201d, which most imports map."
            remedy = f"Map {' or '.join(called)} and inspect with that definition, or give each column its own name."
            raise FileRefused(Problem("F005", line, column + 1, message, remedy))


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
        "problems": [_problem_found(problem) for problem in problems],
    }


def _problem_found(problem: Problem) -> ProblemFound:
    return {
        "code": problem.code,
        "line": problem.line,
        "column": problem.column,
        "message": problem.message,
        "remedy": problem.remedy,
    }


def _write(header: list[str], rows: Iterator[list[str]], target: Path) -> None:
    unfinished = target.with_name(target.name + ".part")
    try:
        with unfinished.open("wb") as out:
            write_rows(out, itertools.chain([header], rows), defuse=False)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _rows(
    reader: CsvReader, problems: _Problems, screening: Screening | None, refusal: Problem | None
) -> Iterator[list[str]]:
    try:
        for batch in reader:
            screening = screening or _guessed(reader.names, batch)
            screening.look(batch)
            for problem in batch.bad:
                problems.add(problem)
            yield from batch.rows
    except FileRefused:
        if screening is not None:
            screening.conclude()
        raise
    for by_chance in screening.conclude() if screening is not None else ():
        problems.add(by_chance)
    if refusal is not None:
        raise FileRefused(refusal)


def _guessed(names: list[str], batch: Batch) -> Screening:
    """Without a definition: columns of plain numbers are the account's where they are called so, else any of them."""
    numbered = [
        place
        for place, cells in enumerate(batch.columns)
        if all(cell.replace(" ", "").replace("-", "").isdigit() for cell in cells if cell.strip())
    ]
    called = [place for place in numbered if _LIKELY_MAPPED.search(header_key(names[place]))]
    return Screening(called or numbered, called or numbered, names)
