"""Bank data is found wherever in a file it stands, and nothing else is taken for it."""

from collections.abc import Sequence

import pytest
from stdnum.us import rtn

from shared.csvfile import BankWatch

_BATCH = 1_000


def routing(number: int) -> str:
    """A right routing number, another for each number."""
    digits = f"0210{number % 10_000:04}"
    return digits + str(rtn.calc_check_digit(digits))


def found(rows: Sequence[Sequence[str]], known: Sequence[int] = (0,)) -> list[int]:
    watch = BankWatch(known)
    for start in range(0, len(rows), _BATCH):
        watch.look(list(zip(*rows[start : start + _BATCH], strict=True)))
    return watch.found


def account(number: int) -> str:
    return str(48151710529 + 7919 * number)


LATE = [(f"W-{n}", "", "") for n in range(5_510)] + [(f"W-{n}", routing(n), account(n)) for n in range(20)]
FILLER = [(f"W-{n}", "n/a" if n % 3 else routing(n), "see file" if n % 3 else account(n)) for n in range(9_000)]
THINNED = [(f"W-{n}", routing(n) if n % 3 == 0 else f"0{n:08}", account(n)) for n in range(3_000)]
FEW = [(f"W-{n}", "123456789" if n < 900 else routing(n), "1" if n < 900 else account(n)) for n in range(960)]
LOST_ZERO = [(f"W-{n}", routing(n)[1:], account(n)) for n in range(50)]
GROUPED = [(f"W-{n}", f"{routing(n)[:4]}-{routing(n)[4:8]}-{routing(n)[8]}", account(n)) for n in range(50)]
PAY_INFO = [(f"W-{n}", "x", f"{routing(n)}/{account(n)}") for n in range(50)]
WORDS = [(f"W-{n}", "x", f"ABA {routing(n)} Acct {account(n)}") for n in range(50)]
BLANK_BETWEEN = [(f"W-{n}", "x", f"{routing(n)} {account(n)}") for n in range(50)]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        pytest.param(LATE, [1, 2], id="late rows"),
        pytest.param(FILLER, [1, 2], id="filler"),
        pytest.param(THINNED, [1, 2], id="filler of digits"),
        pytest.param(FEW, [1, 2], id="few after many"),
        pytest.param(LOST_ZERO, [1, 2], id="lost zero"),
        pytest.param(GROUPED, [1, 2], id="grouped"),
        pytest.param(PAY_INFO, [2], id="several forms in one cell"),
        pytest.param(WORDS, [2], id="with words"),
        pytest.param(BLANK_BETWEEN, [2], id="with a blank"),
    ],
)
def test_bank_data_is_found(rows: Sequence[Sequence[str]], columns: list[int]) -> None:
    assert found(rows) == columns


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(lambda n: f"02100{n:04}", id="account numbers in order"),
        pytest.param(lambda n: str(20_000_000 + 13 * n), id="of eight digits"),
        pytest.param(lambda n: str(2_125_550_000 + n), id="phones"),
        pytest.param(lambda n: f"212-55-{n:04}", id="grouped like an SSN"),
        pytest.param(lambda _: "20260301", id="a day"),
        pytest.param(lambda n: f"1{n % 3}{10 + n % 19}2026", id="days"),
        pytest.param(lambda n: f"2026-{1 + n % 12:02}-{1 + n % 28:02}", id="days with hyphens"),
        pytest.param(lambda n: f"{10_000 + n}-{n:04}", id="ZIP codes"),
        pytest.param(lambda n: f"person{n}@example.com", id="addresses"),
    ],
)
def test_other_numbers_are_no_bank_data(cell: object) -> None:
    assert callable(cell)
    assert found([(f"W-{n}", cell(n), str(n)) for n in range(5_000)]) == []


@pytest.mark.parametrize("cell", ["2026-03-01", "20260301", "03-01-2026", "212-555-0100", "10001-1234", "12.50", "yes"])
def test_what_is_written_otherwise_is_no_bank_account_beside_routing_numbers(cell: str) -> None:
    assert found([(f"W-{n}", routing(n), cell) for n in range(50)]) == [1]


def test_what_is_known_to_be_something_else_is_not_taken_for_bank_accounts() -> None:
    rows = [(account(n), routing(n), "10001") for n in range(50)]
    assert found(rows, known=(0, 2)) == [1]
    assert found(rows, known=()) == [0, 1, 2]
