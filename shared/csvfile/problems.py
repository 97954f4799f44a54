"""What is wrong with a file or a row: code, place, plain words, remedy. Never a value of the file."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `line` is the physical line, `column` the number of the cell; both count from 1."""

    code: str
    line: int | None
    column: int | None
    message: str
    remedy: str
    count: int = field(default=1, kw_only=True)

    @property
    def level(self) -> str:
        """F blocks the file, R the row, W warns."""
        return self.code[0]

    def as_detail(self) -> dict[str, Any]:
        """Place and words as a finding keeps them, each a line without its full stop."""
        places = {"line": self.line, "column": self.column}
        known: dict[str, Any] = {name: place for name, place in places.items() if place is not None}
        return known | {"message": self.message.rstrip("."), "remedy": self.remedy.rstrip(".")}


@dataclass(frozen=True, slots=True)
class RowProblem(Problem):
    """A row that cannot be used, with its cells for the result log."""

    cells: list[str] = field(default_factory=list, repr=False)


class FileRefused(Exception):
    """The file cannot be used as a whole."""

    def __init__(self, problem: Problem, count: int = 1) -> None:
        super().__init__(f"{problem.code} line {problem.line} column {problem.column}: {problem.message}")
        self.problem = problem
        self.count = count

    @property
    def code(self) -> str:
        return self.problem.code

    @property
    def line(self) -> int | None:
        return self.problem.line

    @property
    def column(self) -> int | None:
        return self.problem.column

    @property
    def message(self) -> str:
        return self.problem.message

    @property
    def remedy(self) -> str:
        return self.problem.remedy


class Fault(Exception):
    """A refusal found below the level of lines: it stands right after the text `before`."""

    def __init__(self, code: str, message: str, remedy: str, before: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.before = before

    def at(self, line: int, column: int | None) -> FileRefused:
        return FileRefused(Problem(self.code, line, column, self.message, self.remedy))


SAVE_AS_CSV = "Open it in the program that created it and save it as CSV (UTF-8)."
QUOTE_REMEDY = 'Enclose the whole cell in quotes and double each quote inside it, as in "5"" pipe".'


def refuse(code: str, line: int | None, column: int | None, message: str, remedy: str) -> FileRefused:
    return FileRefused(Problem(code, line, column, message, remedy))


def unterminated_quote(line: int, column: int) -> FileRefused:
    return refuse("F020", line, column, "The quote that opens in this cell is never closed.", QUOTE_REMEDY)


def text_after_quote(line: int, column: int) -> FileRefused:
    """The quoted cell that opens here ends before its cell does."""
    message = "Text follows the closing quote of the cell that opens here, or its closing quote is missing."
    return refuse("F020", line, column, message, QUOTE_REMEDY)


def counted(count: int, one: str) -> str:
    """``1 cell``, ``2 cells``."""
    return f"{count} {one}{'' if count == 1 else 's'}"


def limit_exceeded(what: str, limit: int, line: int | None, column: int | None = None) -> FileRefused:
    return refuse("F015", line, column, f"More than {limit:,} {what}.", "Split the file, or remove what is not needed.")


def stray_quote(line: int, column: int, cells: list[str]) -> RowProblem:
    return RowProblem("R107", line, column, "There is a quote character inside an unquoted cell.", QUOTE_REMEDY, cells)


def wrong_width(line: int, found: int, expected: int, cells: list[str]) -> RowProblem:
    column = min(found, expected) + (found > expected)
    message = f"The line has {counted(found, 'cell')}, the header has {expected}."
    remedy = "Quote cells that contain the delimiter or a line break, or add the missing cells."
    return RowProblem("R104", line, column, message, remedy, cells)


def beside_fragment(line: int, cells: list[str]) -> RowProblem:
    """The row next to a piece of a line may itself be only a piece."""
    message = "The next or previous line is only part of a row, so this row may be cut as well."
    remedy = "Quote the cell that contains a line break, or skip the other line."
    return RowProblem("R104", line, None, message, remedy, cells)


def not_data(line: int, what: str, cells: list[str]) -> RowProblem:
    """A total, a footer or the header again."""
    return RowProblem("R106", line, None, f"This is {what}, not a row of data.", "Remove the line.", cells)


def header_in_another_order(line: int) -> FileRefused:
    """The cells of the rows below stand under other names than those above."""
    message = "A second header has the same columns in a different order."
    remedy = "Put all rows in the same column order, or split the file before this line."
    return refuse("F004", line, None, message, remedy)
