"""Serial numbers pass a card's check digit by chance; cards do not hide among them (file-21, file-40)."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from cli.inspection import inspect_file, options_of

_CARD = "4111111111111111"


def _codes(path: Path, cells: Iterable[str], header: str = "Account,Meter") -> set[tuple[str, int | None, int | None]]:
    rows = "".join(f"10-2{n:03},{cell}\n" for n, cell in enumerate(cells))
    path.write_text(f"{header}\n{rows}")
    return {(one["code"], one["line"], one["column"]) for one in inspect_file(path, options_of({}), None)["problems"]}


def _serials(count: int, prefix: str = "4") -> list[str]:
    """Of ten that follow each other, exactly one passes."""
    return [f"{prefix}{number:015}" for number in range(count)]


@pytest.mark.parametrize(
    "cells",
    [
        _serials(40),
        [f"MT{one}" for one in _serials(40)],
        [f" {one} " for one in _serials(20)],
        [f"https://crm.example.com/accounts?id={one}" for one in _serials(40)],
    ],
)
def test_serial_numbers_are_told_as_such(tmp_path: Path, cells: list[str]) -> None:
    [(code, line, column)] = _codes(tmp_path / "file.csv", cells)
    assert (code, column) == ("W309", 2)
    assert line is not None


@pytest.mark.parametrize(
    "cells",
    [
        *(_serials(10), [*_serials(40), *[_CARD] * 6], [*["120045"] * 200, _CARD]),
        [*_serials(40), "4111 1111 1111 1111"],
        [*_serials(40), f"card {_CARD}"],
        [*_serials(40), f"VISANO{_CARD}"],
    ],
    ids=["few numbers", "more than chance", "short numbers", "in groups", "among words", "after a word"],
)
def test_cards_are_refused_beside_other_numbers(tmp_path: Path, cells: list[str]) -> None:
    assert {code for code, _, _ in _codes(tmp_path / "file.csv", cells)} & {"F008", "W309"} == {"F008"}


def test_a_file_that_is_refused_for_something_else_is_refused_for_its_cards_first(tmp_path: Path) -> None:
    ragged = f"{_CARD}\n" + "x,y,z,w\n" * 30
    assert "F008" in {code for code, _, _ in _codes(tmp_path / "file.csv", ["1", ragged])}
