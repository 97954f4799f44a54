"""Columns, names and signs are as many as a stranger likes: they may not cost more than in proportion to the file."""

import time
from collections.abc import Callable
from timeit import Timer
from typing import Any, Final

import pytest

from services.mapping import sample
from services.mapping.suggestions import columns
from services.validation.domain.unused import UnusedColumns
from shared.contracts.kinds import ImportKind
from shared.csvfile import BankWatch, CardWatch, FileRefused, forbidden_names, inspect, read
from shared.csvfile.header import labels_of

_MOST_SECONDS: Final = 1.0
_MOST_COLUMNS: Final = 500
_BYTES: Final = 128 * 1024
_ROWS: Final = 20
_SIGNS: Final = "".join(map(chr, range(0x2190, 0x2BFF))) + "".join(map(chr, range(0x1F300, 0x1FAFF)))


def _cells(kind: str, count: int) -> list[str]:
    """As many names as there is room for, made to be compared with each other."""
    made: dict[str, Callable[[int], str]] = {
        "alike": lambda _: "c",
        "alike but for case": lambda number: "cC"[number % 2],
        "blank": lambda _: "",
        "numbered before": lambda number: f"c ({number // 2})" if number % 2 else "c",
        "numbered as places": lambda number: f"Column {number // 2}" if number % 2 else "",
        "numbers": str,
        "values in names": lambda number: f"Balance {number:05}",
        "different": lambda number: f"Name {'abcdefghij'[number % 10]}{chr(0x4E00 + number % 20_000)}",
        "two alike": lambda number: f"Name {chr(0x4E00 + number // 2 % 20_000)}",
        "signs": lambda number: _SIGNS[number % len(_SIGNS)],
    }
    return [made[kind](number) for number in range(count)]


_KINDS: Final = (
    *("alike", "alike but for case", "blank", "numbered before", "numbered as places"),
    *("numbers", "values in names", "different", "two alike", "signs"),
)


def _files(kind: str) -> dict[str, bytes]:
    many = _cells(kind, _BYTES)
    wide = ",".join(many).encode()[:_BYTES].decode(errors="ignore")
    few = ",".join(_cells(kind, _MOST_COLUMNS))
    rows = "".join(",".join(f"{row}{column}" for column in range(_MOST_COLUMNS)) + "\n" for row in range(_ROWS))
    words = wide.replace(",", "")
    short = "".join(f"{','.join(_cells(kind, 2 + number % 28))}\n" for number in range(280))
    return {
        "header alone": f"{wide}\n".encode(),
        "no line end": wide.encode(),
        "one row": f"{wide[: _BYTES // 2]}\n{wide[: _BYTES // 2]}\n".encode(),
        "as many as may be": f"{few}\n{rows}".encode(),
        "one cell": f"{words}\n{words[: _BYTES // 2]}\n".encode(),
        "below short lines": (short + f"{wide[: _BYTES // 13]}\n" * 12).encode(),
    }


def _read_by(look: Callable[[bytes], object]) -> Callable[[bytes], object]:
    def looked(data: bytes) -> object:
        try:
            return look(data)
        except FileRefused as refused:
            return refused

    looked.__name__ = look.__name__
    return looked


def _checked(data: bytes) -> None:
    """As the check looks at a file of which no column is used."""
    reader = read([data])
    list(forbidden_names(reader.names))
    unused = UnusedColumns(reader.header, frozenset(), ImportKind.PAPERLESS)
    cards, banks = CardWatch(frozenset()), BankWatch()
    for batch in reader:
        cards.look(batch)
        banks.look(batch.columns)
        unused.look(batch.columns, batch.line_nos)
    unused.shown(banks.found)


def _sampled(data: bytes) -> None:
    """As the wizard looks at a file and suggests its columns."""
    found = sample.sample_of(data, len(data))
    found.shown(5)
    found.values()
    for kind in ImportKind:
        columns.suggest(kind, found.columns)


@pytest.mark.parametrize("look", [_checked, _sampled, inspect], ids=lambda look: look.__name__)
@pytest.mark.parametrize("kind", _KINDS)
def test_no_file_takes_longer_for_its_many_columns(kind: str, look: Callable[[bytes], object]) -> None:
    for shape, data in _files(kind).items():
        assert _seconds(_read_by(look), data) < _MOST_SECONDS, shape


@pytest.mark.parametrize("kind", _KINDS)
def test_columns_of_any_number_are_named_at_once(kind: str) -> None:
    names = _cells(kind, 50_000)
    assert _seconds(labels_of, names) < _MOST_SECONDS


@pytest.mark.parametrize("count", [501, 2_000, 100_000])
def test_too_many_columns_are_told_as_such(count: int) -> None:
    found = inspect(b"c," * (count - 1) + b"c\n" + b"1," * (count - 1) + b"1\n")
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.line) == ("F015", 1)
    assert len(found.header) <= _MOST_COLUMNS + 1


def _seconds(act: Callable[[Any], object], given: object) -> float:
    """The CPU time of one look: other work of the machine is none of it."""
    return Timer(lambda: act(given), timer=time.process_time).timeit(1)
