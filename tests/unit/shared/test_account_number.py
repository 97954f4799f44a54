"""The account number of a row: rules number-1 to number-5."""

import tracemalloc
from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.contracts.account_number import AccountNumber
from shared.contracts.definition import Part, Transform
from shared.contracts.transforms import change_of


def change(text: str, **transform: Any) -> str:
    return change_of(TypeAdapter(Transform).validate_python(transform))(text)


@pytest.mark.parametrize(
    ("transform", "text", "expected"),
    [
        ({"do": "trim"}, " 12 ", "12"),
        ({"do": "upper"}, "wtr-a", "WTR-A"),
        ({"do": "upper"}, "straße", "STRAßE"),
        ({"do": "digits_only"}, "A1-2 3", "123"),
        ({"do": "digits_only"}, "\u0661\u0662", ""),
        ({"do": "remove", "characters": "-."}, "1-2.3", "123"),
        ({"do": "strip_leading_zeros"}, "0012", "12"),
        ({"do": "strip_leading_zeros"}, "000", ""),
        ({"do": "pad_left", "length": 5}, "12", "00012"),
        ({"do": "pad_left", "length": 4}, "-12", "0-12"),
        ({"do": "pad_left", "length": 2}, "123", "123"),
        ({"do": "take_first", "count": 2}, "12345", "12"),
        ({"do": "take_last", "count": 2}, "12345", "45"),
        ({"do": "take_last", "count": 9}, "12345", "12345"),
        ({"do": "drop_last", "count": 1}, "12345", "1234"),
        ({"do": "drop_last", "count": 9}, "123", ""),
        ({"do": "take_part", "number": 2, "separator": "-"}, "101-0001-02", "0001"),
        ({"do": "take_part", "number": 3, "separator": "-"}, "101-0001-02", "02"),
        ({"do": "take_part", "number": 1, "separator": "-"}, "101", "101"),
        ({"do": "take_part", "number": 4, "separator": "-"}, "101-0001-02", ""),
        ({"do": "take_part", "number": 2, "separator": "-"}, "101--02", ""),
        ({"do": "take_part", "number": 2, "separator": " / "}, "101 / 0001", "0001"),
        ({"do": "replace", "old": "--", "new": "-"}, "1--2", "1-2"),
    ],
)
def test_transforms(transform: dict[str, Any], text: str, expected: str) -> None:
    assert change(text, **transform) == expected


def setup(*parts: dict[str, Any], fold_case: bool = False) -> AccountNumber:
    adapter: TypeAdapter[Any] = TypeAdapter(Part)
    return AccountNumber([adapter.validate_python(part) for part in parts], ["A", "B"], fold_case=fold_case)


def number_of(made: AccountNumber, *cells: str) -> tuple[str, list[str]]:
    composed = made.compose({index: [cell] for index, cell in enumerate(cells)})
    return composed.numbers[0], list(composed.problems.values())


def test_parts_are_joined_in_order() -> None:
    made = setup(
        {"literal": "WTR-"},
        {"column": "B", "transforms": [{"do": "pad_left", "length": 4}]},
        {"literal": "-"},
        {"column": "A"},
    )
    assert number_of(made, "7", "12") == ("WTR-0012-7", [])
    assert made.can_collide


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("1.23E+11", ["R102"]),
        ("1,5e+4", ["R102"]),
        ("1E-5", ["R102"]),
        ("1002.0", ["R102"]),
        ("12/3/2026", ["R102"]),
        ("12/3/1999", ["R102"]),
        *((cell, ["R102"]) for cell in ("2026-12-03 00:00:00", "2026-12-03T00:00", "1900-01-00")),
        *((cell, ["R102"]) for cell in ("10:30", "1:05:00", "10:30 AM", "23:59")),
        *(
            (cell, [])
            for cell in ("2026-12-03", "12/3/26", "1900-01-01", "10:3", "24:00", "10:60", "101:2006", "1:23:4")
        ),
        *((f"{month}-03", ["R102"]) for month in ("Jan", "feb", "MAR", "Apr", "May", "Jun")),
        *((f"3-{month}", ["R102"]) for month in ("Jul", "aug", "SEP", "Oct", "Nov", "Dec")),
        ("WATE-1.01", []),
        ("MARCH-1", []),
        ("12E5", []),
        ("", ["R101"]),
        ("x" * 50, []),
        ("x" * 51, ["R103"]),
        ("Ñ1", ["R103"]),
        ("a\tb", ["R103"]),
    ],
)
def test_unusable_numbers(cell: str, codes: list[str]) -> None:
    assert number_of(setup({"column": "A"}), cell)[1] == codes


def test_scientific_goes_before_empty_and_empty_before_too_long() -> None:
    made = setup({"column": "A"}, {"column": "B"})
    assert number_of(made, "", "1.23E+11")[1] == ["R102"]
    assert number_of(made, "", "x" * 60)[1] == ["R101"]


def test_a_part_that_becomes_empty_is_empty() -> None:
    made = setup({"literal": "W"}, {"column": "A", "transforms": [{"do": "strip_leading_zeros"}]})
    assert number_of(made, "000")[1] == ["R101"]


@pytest.mark.parametrize(
    ("cell", "transforms", "expected"),
    [
        ("x" * 500, [{"do": "take_first", "count": 9}], ("x" * 9, [])),
        ("x" * 501, [{"do": "take_first", "count": 9}], ("x" * 9, ["R103"])),
        ("x" * 501, [{"do": "digits_only"}], ("", ["R101"])),
        ("x" * 26, [{"do": "replace", "old": "x", "new": "y" * 20}, {"do": "take_last", "count": 2}], ("yy", ["R103"])),
    ],
)
def test_a_cell_is_cut_before_a_transform(cell: str, transforms: list[dict[str, Any]], expected: Any) -> None:
    assert number_of(setup({"column": "A", "transforms": transforms}), cell) == expected


def test_an_empty_part_goes_before_one_that_was_cut() -> None:
    made = setup({"column": "A", "transforms": [{"do": "trim"}]}, {"column": "B"})
    assert number_of(made, "x" * 600, "")[1] == ["R101"]


def test_replacements_one_after_the_other_do_not_fill_the_memory() -> None:
    grow = {"do": "replace", "old": "1", "new": "1" * 50}
    made = setup({"column": "A", "transforms": [grow] * 50})
    tracemalloc.start()
    try:
        assert number_of(made, "1")[1] == ["R103"]
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_case_is_folded_where_the_biller_does_not_mind() -> None:
    made = setup({"column": "A"}, fold_case=True)
    assert number_of(made, "wtr-1")[0] == "WTR-1"
    assert not made.can_collide
    assert made.raw_cells({0: ["wtr-1"]}) == ["WTR-1"]
