"""Setups that are proposed: of parts, slices and constants; never of the same signs twice; bounded whatever is sent."""

from collections.abc import Callable, Sequence

import pytest

from services.mapping.suggestions.account_number import candidates, worth_offering
from services.mapping.suggestions.columns import Column, columns_of
from services.mapping.suggestions.fillings import Filling
from services.mapping.suggestions.pieces import pieces_of
from services.mapping.suggestions.shapes import Slot, shape_of
from shared.contracts.account_number import AccountNumber
from shared.contracts.definition import ColumnPart, LiteralPart, Part
from shared.contracts.transforms import words_of

ROWS = range(40)


def made(parts: Sequence[Part], columns: Sequence[Column]) -> list[str]:
    header = [column.header for column in columns]
    cells = {place: list(column.values) for place, column in enumerate(columns)}
    return AccountNumber(parts, header, fold_case=False).compose(cells).usable


def best(existing: Sequence[str], columns: Sequence[Column]) -> tuple[Part, ...]:
    """What finds most."""
    tried = list(candidates(sorted(existing), columns, [columns[0].header]))
    return tried[worth_offering([made(parts, columns) for parts in tried], existing)[0]]


def said(parts: Sequence[Part]) -> str:
    return " + ".join(
        part.literal
        if isinstance(part, LiteralPart)
        else f"{part.column}: {', '.join(words_of(one) for one in part.transforms)}"
        for part in parts
    )


def one(header: str, write: Callable[[int], str]) -> Column:
    return Column(header, tuple(map(write, ROWS)))


def number(row: int) -> str:
    return f"{101 + row % 3}-{row * 7 + 1:04}-{1 + row % 4:02}"


def test_parts_are_padded_to_what_exists() -> None:
    column = one("Account", lambda row: f"{101 + row % 3}-{row * 7 + 1}-{1 + row % 4}")
    assert said(best([number(row) for row in ROWS], [column])) == (
        "Account: part 1 between -, trim spaces + - + Account: part 2 between -, trim spaces, pad to 4 digits"
        " + - + Account: part 3 between -, trim spaces, pad to 2 digits"
    )


def test_digits_without_separators_are_sliced() -> None:
    column = one("Account", lambda row: number(row).replace("-", ""))
    found = best([number(row) for row in ROWS], [column])
    assert made(found, [column]) == [number(row) for row in ROWS]
    assert len([part for part in found if isinstance(part, ColumnPart)]) == 3


def test_one_long_number_comes_from_two_columns() -> None:
    columns = [one("Cust", lambda row: str(row * 37 + 1)), one("Loc", lambda row: f"{row * 11 + 2:06}")]
    existing = [f"{row * 37 + 1:07}{row * 11 + 2:06}" for row in ROWS]
    assert made(best(existing, columns), columns) == existing


def test_a_column_is_asked_rather_than_a_constant_that_it_denies() -> None:
    """All customers the wizard looked at end with -01, and some rows of the file are of another occupant."""
    columns = [
        one("Account", lambda row: f"101-{row * 7 + 1:04}"),
        one("Seq", lambda row: "2" if row % 4 == 3 else "1"),
    ]
    existing = [f"{101 + row % 2}-{row * 7 + 1:04}-01" for row in ROWS]
    literals = ["01" in part.literal for part in best(existing, columns) if isinstance(part, LiteralPart)]
    assert not any(literals)


def test_pieces_that_make_the_whole_cell_again_are_the_cell() -> None:
    columns = [one("Acct", lambda row: number(row)[:-3]), one("Suffix", lambda row: number(row)[-2:])]
    assert said(best([number(row) for row in ROWS], columns)) == "Acct: trim spaces + - + Suffix: trim spaces"
    policies = [one("Policy", lambda row: f"HO{row * 7 + 1000:07}"), one("Term", lambda row: str(row % 3))]
    existing = [f"HO{row * 7 + 1000:07}-0{row % 3}" for row in ROWS]
    assert said(best(existing, policies)) == "Policy: trim spaces + - + Term: trim spaces, pad to 2 digits"


def test_a_letter_comes_from_the_first_of_a_word() -> None:
    kinds = ("Water", "Sewer", "Garbage")
    columns = [one("Service", lambda row: kinds[row % 3]), one("Acct", lambda row: str(row * 7 + 1000))]
    existing = [f"{kinds[row % 3][0]}-{row * 7 + 1000}" for row in ROWS]
    assert made(best(existing, columns), columns) == existing


def test_a_biller_may_number_in_two_ways() -> None:
    old = [f"WTR-{row:05}" for row in ROWS]
    column = one("Account", lambda row: number(row).replace("-", " "))
    assert made(best([number(row) for row in ROWS] + old, [column]), [column]) == [number(row) for row in ROWS]
    column = one("Account", str)
    assert made(best([number(row) for row in ROWS] + old, [column]), [column]) == old


def test_line_numbers_are_nobodys_account_numbers() -> None:
    columns = [one("Seq", lambda row: str(row + 1)), one("Account", lambda row: str(900_000 + row))]
    tried = list(candidates([str(number) for number in range(1, 200)], columns, ["Seq", "Account"]))
    assert not any(part.column == "Seq" for parts in tried for part in parts if isinstance(part, ColumnPart))
    assert worth_offering([made(parts, columns) for parts in tried], [str(number) for number in range(1, 200)]) == []


def test_what_finds_little_or_clearly_less_than_the_best_is_not_offered() -> None:
    good, as_good, worse, same = ["1", "2", "3", "4"], ["1", "2", "3", "4"], ["1", "2", "3", "x"], ["1", "1", "1", "1"]
    assert worth_offering([worse, good, as_good, same], ["1", "2", "3", "4"]) == [1]
    assert worth_offering([["1", *"abcdefgh"]], ["1"]) == []
    assert worth_offering([], ["1"]) == []
    assert worth_offering([[*good[:2], "x", "y"]], ["1", "2"], [0]) == [], "half is chance for a column of another name"
    assert worth_offering([good], good, [0]) == [0]


def test_no_sign_of_a_cell_is_taken_twice() -> None:
    whole, *parts = pieces_of(Column("A", ("1-2", "3-4")), 0)
    other = next(pieces_of(Column("B", ("1", "2")), 1))
    assert Filling(0, whole).clashes(Filling(0, parts[0]))
    assert not Filling(0, parts[0]).clashes(Filling(0, parts[1]))
    assert Filling(0, whole, span=(0, 4)).clashes(Filling(0, whole, span=(2, 6)))
    assert not Filling(0, whole, span=(0, 2)).clashes(Filling(0, whole, span=(2, 6)))
    assert not Filling(0, whole).clashes(Filling(0, other))


def test_a_place_with_few_values_is_filled_with_these_only() -> None:
    """Without a column of occupants the last digits of the location are none."""
    column = one("Account", lambda row: f"{101 + row % 3}-{row * 7 + 1:04}")
    numbers = sorted(number(row) for row in range(200))
    shape = shape_of(numbers)
    assert shape is not None
    assert isinstance(shape[-1], Slot)
    assert shape[-1].known == frozenset(("01", "02", "03", "04"))
    for parts in candidates(numbers, [column], ["Account"]):
        assert not set(made(parts, [column])) & set(numbers)


@pytest.mark.parametrize(
    "cell",
    [
        "1-2.3/4 5_6,7;8:9|10*11#12",
        "-".join("123456789"),
        "a1b2c3d4e5",
        " ".join("1234567890" * 5),
        "1" * 60,
        "." * 60,
        "1." * 30,
    ],
)
def test_how_many_are_tried_does_not_grow_with_what_is_sent(cell: str) -> None:
    columns = columns_of([f"Account {place}" for place in range(30)], [[cell] * 30] * 40)
    numbers = [f"WTR-{row:03}-{row * 3:04}-{row % 7:02}-{row % 5}" for row in range(100)]
    assert len(list(candidates(numbers, columns, [column.header for column in columns]))) < 1_000
