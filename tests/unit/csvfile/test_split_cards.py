"""Cards in several columns refuse the file (file-49)."""

import re
from collections.abc import Sequence

import pytest

from shared.csvfile import Batch, CardWatch, FileRefused

_CARDS = ("4111111111111111", "5555555555554444", "4012888888881881", "6011000990139424")
_AMEX = ("378282246310005", "371449635398431")


def _refused(*columns: Sequence[str], exempt: frozenset[int] = frozenset()) -> FileRefused | None:
    rows = len(columns[0])
    accounts = [f"WTR-{number:05}" for number in range(rows)]
    watch = CardWatch(exempt)
    try:
        watch.look(Batch(list(range(2, rows + 2)), [accounts, *map(list, columns)]))
        watch.conclude()
    except FileRefused as refused:
        return refused
    return None


def _parts(numbers: Sequence[str], *lengths: int) -> list[list[str]]:
    starts = [sum(lengths[:place]) for place in range(len(lengths))]
    return [
        [number[start : start + length] for number in numbers] for start, length in zip(starts, lengths, strict=True)
    ]


@pytest.mark.parametrize("lengths", [(8, 8), (4, 12), (12, 4), (6, 10), (10, 6), (4, 4, 4, 4)])
def test_cards_in_several_columns_are_refused(lengths: Sequence[int]) -> None:
    columns = _parts(_CARDS, *lengths)
    refused = _refused(*columns)
    assert refused is not None
    assert (refused.code, refused.line, refused.column) == ("F008", 2, 2)
    assert f"columns 2 and {3 if len(lengths) == 2 else '3 and 4 and 5'} " in refused.message
    assert not re.search(r"\d{4}", refused.message)
    assert _refused(*columns, exempt=frozenset((1, 2))) is not None
    apart = _refused(columns[0], ["x"] * 4, *columns[1:])
    assert (apart is not None) is True
    blank = _refused(*[["", *column, "", ""] for column in columns])
    assert blank is not None
    assert blank.line == 3


def test_halves_in_the_other_order_and_numbers_that_lost_zeros_are_refused() -> None:
    first, last = _parts(_CARDS, 8, 8)
    assert _refused(last, first) is not None
    cut = [str(int(part)) for part in _parts(("4000056655665556", "4242424242424242", "4000002500003155"), 8, 8)[1]]
    assert _refused(_parts(("4000056655665556", "4242424242424242", "4000002500003155"), 8, 8)[0], cut) is not None
    assert _refused(*[[f'="{cell}"' for cell in column] for column in (first, last)]) is not None
    assert _refused(*_parts(_AMEX, 4, 6, 5)) is not None
    assert _refused(*_parts(_AMEX[:1], 4, 6, 5)) is not None


@pytest.mark.parametrize(
    "columns",
    [
        [["021000021"] * 4, ["1234567", "2234567", "3234567", "4234567"]],
        [[f"4{n:07}" for n in range(40)], [f"{n * 7919 % 10**8:08}" for n in range(40)]],
        _parts(_CARDS[:1], 8, 8),
        _parts(_CARDS[:1] * 4, 8, 8),
        _parts(_CARDS, 6, 4),
        [["411111"] * 4, ["1111", "4444", "1881", "9424"]],
        [*_parts(_CARDS, 8, 8)[:1], ["20261231"] * 4],
        [["2024", "2025", "2026"], ["1201", "1301", "1401"], ["0001", "0002", "0003"], ["4455", "4456", "4457"]],
    ],
)
def test_other_numbers_side_by_side_are_none(columns: Sequence[Sequence[str]]) -> None:
    assert _refused(*columns) is None


def test_a_few_cards_among_pairs_of_numbers_are_chance() -> None:
    first = [f"4{n:07}" for n in range(1000)]
    assert _refused(first, [f"{n * n * 7919 % 10**8:08}" for n in range(1000)]) is None
