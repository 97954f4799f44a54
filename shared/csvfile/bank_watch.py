"""Which columns of a file list bank accounts, going by every row: a few rows far down say it as well as the first."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final

from stdnum.us import rtn

from shared.csvfile.cells import clean_cell

_DIGIT_TO_ZERO: Final = bytes(0x30 if byte in b"0123456789" else byte for byte in range(256))
_SEPARATORS: Final = b" -."
_EIGHT_DIGITS: Final = b"0" * 8
# With the prefixes that routing numbers have; of eight digits a spreadsheet took the zero, unless they are a day. It
# begins with what stands before them, so that a search jumps from number to number.
_LIKE_ROUTING: Final = re.compile(
    rb"[^0-9]((?:0[1-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2])[0-9]{7}"
    rb"|(?!(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9])|1[0-2][0-3][0-9](?:19|20)[0-9]{2}(?![0-9]))"
    rb"[1-9][0-9]{7})(?![0-9])"
)
_DIGITS: Final = re.compile(r"[0-9]{4,17}")
_DAY_PHONE_OR_ZIP: Final = re.compile(
    r"(?:19|20)[0-9]{2}-?[0-9]{2}-?[0-9]{2}|[0-9]{1,2}-[0-9]{1,2}-[0-9]{2,4}"
    r"|[0-9]{3}[ -][0-9]{3}-[0-9]{4}|[0-9]{5}-[0-9]{4}"
)
_ROUTING_DIGITS: Final = 9
# By chance one number in ten has the right check digit; what stands together is not thinned out by what stands apart.
_STRETCH: Final = 20
_MOST_OF_A_STRETCH: Final = 15
_FEWEST: Final = 3
_MANY: Final = 50
_MOST_ROWS_LOOKED_AT: Final = 500


@dataclass(slots=True)
class _Tally:
    """Of the numbers like routing numbers in a column so far: how many, and how many have the right check digit."""

    all: int = 0
    right: int = 0

    def decides(self, numbers: Sequence[bytes]) -> bool:
        right = list(map(_is_right, numbers))
        self.all += len(right)
        self.right += sum(right)
        if self.right * 2 > self.all and self.right >= _FEWEST:
            return True
        if self.right * 4 > self.all and self.right >= _MANY:
            return True
        return any(
            sum(right[start : start + _STRETCH]) >= _MOST_OF_A_STRETCH for start in range(0, len(right), _STRETCH)
        )


@dataclass(slots=True)
class BankWatch:
    """Looks at a file batch by batch. A column without long runs of digits costs one join and one search.

    ``known`` are columns of which is known what they hold: they are not judged for standing beside routing numbers.
    """

    known: Collection[int] = ()
    routing: set[int] = field(default_factory=set)
    accounts: set[int] = field(default_factory=set)
    _tallies: dict[tuple[int, bool], _Tally] = field(default_factory=dict)

    @property
    def found(self) -> list[int]:
        return sorted(self.routing | self.accounts)

    def look(self, columns: Sequence[Sequence[str]]) -> None:
        for position, cells in enumerate(columns):
            if position not in self.routing and self._holds_routing(position, cells):
                self.routing.add(position)
        if self.routing:
            self._look_beside(columns)

    def _holds_routing(self, position: int, cells: Sequence[str]) -> bool:
        text = "\n".join(cells).encode("utf-8", "surrogatepass")
        solid = text.translate(None, _SEPARATORS)
        if not _has_eight_digits(solid):
            return False
        forms = [solid]  # "0210-0002-1", and where more stands beside it "021000021 4815"
        if len(solid) < len(text) and _has_eight_digits(text):
            forms.append(text)
        return any(
            self._tallies.setdefault((position, form is solid), _Tally()).decides(_like_routing(form)) for form in forms
        )

    def _look_beside(self, columns: Sequence[Sequence[str]]) -> None:
        decided = self.routing.union(self.accounts, self.known)
        undecided = [position for position in range(len(columns)) if position not in decided]
        if not undecided:
            return
        rows = list(islice(self._rows_with_routing(columns), _MOST_ROWS_LOOKED_AT))
        for position in undecided:
            filled = [cell for cell, _ in (clean_cell(columns[position][row]) for row in rows) if cell]
            if len(filled) >= _FEWEST and sum(map(_is_number, filled)) * 2 > len(filled):
                self.accounts.add(position)

    def _rows_with_routing(self, columns: Sequence[Sequence[str]]) -> Iterator[int]:
        return (row for position in self.routing for row, cell in enumerate(columns[position]) if _holds_right(cell))


def _has_eight_digits(text: bytes) -> bool:
    return _EIGHT_DIGITS in text.translate(_DIGIT_TO_ZERO)


def _like_routing(text: bytes) -> list[bytes]:
    return _LIKE_ROUTING.findall(b"\n" + text)


@lru_cache(maxsize=20_000)
def _is_right(number: bytes) -> bool:
    digits = number.decode().rjust(_ROUTING_DIGITS, "0")
    return bool(rtn.calc_check_digit(digits[:-1]) == digits[-1])


def _holds_right(cell: str) -> bool:
    if len(cell) < len(_EIGHT_DIGITS):
        return False
    text = cell.encode("utf-8", "surrogatepass")
    return any(
        _is_right(number) for form in (text, text.translate(None, _SEPARATORS)) for number in _like_routing(form)
    )


def _is_number(cell: str) -> bool:
    if _DAY_PHONE_OR_ZIP.fullmatch(cell):
        return False
    return _DIGITS.fullmatch(cell.replace(" ", "").replace("-", "")) is not None
