"""Which tries of a row leave an entry in the audit trail."""

from collections.abc import Iterable
from uuid import UUID

from services.mapping.tries import Row, Tries

ROW: Row = ("ivy", UUID(int=1), 4)
EMAIL = frozenset({"email"})
BANK = frozenset({"email", "bank_account_number"})


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _tried(tries: Tries, row: Row, fields: frozenset[str], times: int) -> list[object]:
    return list(_entries(tries, row, fields, times))


def _entries(tries: Tries, row: Row, fields: frozenset[str], times: int) -> Iterable[object]:
    for _ in range(times):
        told = tries.due(row, fields)
        if told is not None:
            tries.told(row, fields)
            yield told["tries"]


def test_a_row_has_an_entry_and_so_has_each_field_of_it() -> None:
    tries = Tries(Clock())
    assert tries.due(ROW, EMAIL) == {"line": 4, "fields": "email", "tries": 1}
    tries.told(ROW, EMAIL)
    assert _tried(tries, ROW, EMAIL, 5) == []
    assert _tried(tries, ROW, BANK, 5) == [6]
    assert _tried(tries, ROW, EMAIL, 1) == []
    assert _tried(tries, ("sam", *ROW[1:]), EMAIL, 1) == [1]
    assert _tried(tries, (*ROW[:2], 5), EMAIL, 1) == [1]


def test_who_goes_on_trying_has_one_for_every_twenty_and_later_another() -> None:
    clock = Clock()
    tries = Tries(clock)
    assert _tried(tries, ROW, EMAIL, 61) == [1, 20, 20, 20]
    assert _tried(tries, ROW, EMAIL, 3) == []
    clock.now = 900
    assert _tried(tries, ROW, EMAIL, 2) == [4]


def test_what_could_not_be_recorded_is_due_again() -> None:
    tries = Tries(Clock())
    assert tries.due(ROW, EMAIL) is not None
    again = tries.due(ROW, EMAIL)
    assert again is not None
    assert again["tries"] == 2


def test_rows_that_were_forgotten_have_another_entry() -> None:
    tries = Tries(Clock())
    assert _tried(tries, ROW, EMAIL, 1) == [1]
    for line in range(10, 10_010):
        assert _tried(tries, (*ROW[:2], line), EMAIL, 1) == [1]
    assert _tried(tries, ROW, EMAIL, 1) == [1]
