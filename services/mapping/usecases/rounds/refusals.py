"""Why rows are not tried again, in words."""

from collections.abc import Iterable
from typing import Final, NoReturn
from uuid import UUID

from pydantic import ValidationError

from shared.errors import Conflict, Gone, Invalid, Unavailable

NAMED: Final = 10


class InTheWay(Conflict):
    """Another import of the family comes first: the one that the remedy names."""

    def __init__(self, code: str, title: str, place: str, step: str, other: UUID) -> None:
        super().__init__(code, title, place, f"{step}: {other}")
        self.step = step
        self.other = other


def lines_in_words(lines: Iterable[int]) -> str:
    found = sorted(lines)
    named = ", ".join(f"{line:,}" for line in found[:NAMED])
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    return f"{'line' if len(found) == 1 else 'lines'} {named}{more}"


def conflict(code: str, title: str, remedy: str) -> NoReturn:
    raise Conflict(code, title, "import_id", remedy)


def more_than_an_import_takes(error: ValidationError) -> Invalid:
    """What the import has and what was asked for do not fit into one definition."""
    place = ".".join(map(str, error.errors(include_input=False)[0]["loc"][:2]))
    title = "The import would have more meanings or lines to skip, or longer ones, than an import takes"
    return Invalid("too_much_for_a_round", title, place, "Correct the values in the file, or try fewer rows again")


def gone() -> Gone:
    return Gone("file_gone", "The uploaded file no longer exists or was changed", "import_id", "Start a new import")


def away() -> Unavailable:
    return Unavailable("secure_upload_unavailable", "Secure Upload is not responding", remedy="Try again in a moment")
