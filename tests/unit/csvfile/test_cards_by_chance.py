"""Serial numbers pass a card's check digit by chance; cards do not hide among them (file-21, file-40)."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from cli.inspection import inspect_file, options_of
from shared.csvfile import Batch, CardWatch, FileRefused

_CARD = "4111111111111111"


_FRAMES = ("PMT-{}", "ch_{}", "Conf# {}", '="{}"', "https://host/doc/{}/view", "https://host/doc?id={}&src=mail")


def _codes(path: Path, cells: Iterable[str], header: str = "Account,Meter") -> set[tuple[str, int | None, int | None]]:
    quoted = (f'"{cell}"' if "," in cell and "\n" not in cell else cell for cell in cells)
    rows = "".join(f"10-2{n:03},{cell}\n" for n, cell in enumerate(quoted))
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
        *([frame.format(one) for one in _serials(40)] for frame in _FRAMES),
        [f"{one[:3]}-{one[3:5]}-{one[5:9]}-{one[9:]}" for one in _serials(40)],
        [f"paid on {number}/1, confirmation {one}" for number, one in enumerate(_serials(40), start=1)],
        [f"https://www.example.com/@40.{one[2:]},-73.{one},17z" for one in _serials(40)],
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
        [*(f"PMT-{one}" for one in _serials(40)), f"card {_CARD}"],
        [*(f"PMT-{one}" for one in _serials(40)), "PMT-4111-1111-1111-1111"],
        [f"PMT-{one}" for one in _serials(12)],
        ["-".join(re.findall("....", one)) for one in _serials(40)],
        [*(f"{one[:8]} {one[8:]}" for one in _serials(12)), "41111111 11111111"],
        [*(f"https://host/doc/{one}" for one in _serials(12)), f"https://x.com/pay?card={_CARD}"],
        [f"card {_CARD}" for _ in range(40)],
        ["4111%201111%201111%201111"] * 3,
        ["378,282,246,310,005"],
        [*_serials(40), f"VISANO{_CARD}"],
    ],
)
def test_cards_are_refused_beside_other_numbers(tmp_path: Path, cells: list[str]) -> None:
    assert {code for code, _, _ in _codes(tmp_path / "file.csv", cells)} & {"F008", "W309"} == {"F008"}


def test_a_file_that_is_refused_for_something_else_is_refused_for_its_cards_first(tmp_path: Path) -> None:
    ragged = f"{_CARD}\n" + "x,y,z,w\n" * 30
    assert "F008" in {code for code, _, _ in _codes(tmp_path / "file.csv", ["1", ragged])}


def _in_accounts(cells: Iterable[str]) -> list[str]:
    """The codes for a column of bank accounts."""
    texts = list(cells)
    watch = CardWatch(frozenset((0,)))
    watch.look(Batch(list(range(2, len(texts) + 2)), [texts], []))
    try:
        return [problem.code for problem in watch.conclude()]
    except FileRefused as error:
        return [error.problem.code]


_SHORT = [f"98765{number:04}" for number in range(30)]
_GROUPS = ("4111", "1111", "1111", "1111")


@pytest.mark.parametrize(
    "cells",
    [
        *([_CARD], [*_SHORT[:13], _CARD], [*_SHORT, "378282246310005", "5555555555554444"]),
        *([*_SHORT, sign.join(_GROUPS)] for sign in (" ", "-", ".", "/")),
        *(
            [*_SHORT, "3782-822463-10005"],
            [*_SHORT, f"VISA {_CARD}"],
            [*_SHORT, f"{_CARD} 12/29"],
            [*_SHORT, f"0{_CARD}"],
        ),
        [*_SHORT, _CARD, "5555555555554444", "1234500000012345", "7600000123456711", "8800000123456722"],
        [*(sign.join(_GROUPS) for sign in " -./")],
        [*_SHORT, "\u0664" + "\u0661" * 15],
    ],
)
def test_a_card_among_bank_accounts_is_refused(cells: list[str]) -> None:
    assert _in_accounts(cells) == ["F008"]


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        *((_SHORT, []), (_serials(10), []), (_serials(2), []), (_serials(40), [])),
        *(([*_SHORT, *_serials(8)], []), (["-".join(re.findall("....", one)) for one in _serials(20)], [])),
        ([*_SHORT, *["4111111111111112"] * 5, _CARD, "5555555555554444"], ["W309"]),
    ],
)
def test_long_account_numbers_are_cards_by_chance(cells: list[str], codes: list[str]) -> None:
    assert _in_accounts(cells) == codes
