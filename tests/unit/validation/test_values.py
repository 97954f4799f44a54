"""Dates and amounts: rules flag-9, flag-10, terms-1 and terms-4."""

from datetime import date
from decimal import Decimal

import pytest

from services.validation.domain.values import (
    means_no_date,
    read_amount,
    read_date,
    read_own_amount,
    read_pay_day,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("03/02/2026", date(2026, 3, 2)),
        ("3/2/2026", date(2026, 3, 2)),
        ("2026-3-2", date(2026, 3, 2)),
        ("2026/03/02", date(2026, 3, 2)),
        ("20260302", date(2026, 3, 2)),
        ("03-02-2026", date(2026, 3, 2)),
        ("3/2/26", date(2026, 3, 2)),
        ("3/2/69", date(1969, 3, 2)),
        ("2-Mar-26", date(2026, 3, 2)),
        ("2 MAR 2026", date(2026, 3, 2)),
        ("Mar 2 2026", date(2026, 3, 2)),
        ("March 2, 2026", date(2026, 3, 2)),
        ("Sept. 2, 2026", date(2026, 9, 2)),
        ("2026-03-02 00:00:00", date(2026, 3, 2)),
        ("2026-03-02T00:00:00.000Z", date(2026, 3, 2)),
        ("2026-03-02 14:33:10.1234567 +00:00", date(2026, 3, 2)),
        ("3/2/2026 12:00:00 AM", date(2026, 3, 2)),
        ("2-Mar-26 1:05 PM", date(2026, 3, 2)),
        ("2026-03-02-00.00.00.000000", date(2026, 3, 2)),
        ("02-MAR-26 12.00.00.000000 AM", date(2026, 3, 2)),
        ("Mar  2 2026 12:00AM", date(2026, 3, 2)),
        ("02MAR2026", date(2026, 3, 2)),
        ("2026-02-30 00:00:00", None),
        ("2026-03-02 at noon", None),
        ("Marching 2, 2026", None),
        ("2026-03/02", None),
        ("02.03.2026", date(2026, 2, 3)),
        ("02032026", date(2026, 2, 3)),
        ("13/01/2026", None),
        ("2026-02-30", None),
        ("0000-01-01", None),
        ("\u0662026-03-02", None),
        ("soon", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50", Decimal(50)),
        ("50.00", Decimal("50.00")),
        ("$1,234.5", Decimal("1234.5")),
        ("9999999999.99", Decimal("9999999999.99")),
        ("10000000000", None),
        ("0", Decimal(0)),
        ("0.00", Decimal(0)),
        ("-5", None),
        ("50.001", None),
        ("1,23", None),
        ("fifty", None),
    ],
)
def test_amounts(text: str, expected: Decimal | None) -> None:
    assert read_amount(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("0000-00-00", "00/00/0000", "00000000", "0000-00-00 00:00:00", "1/1/1900", "12/30/1899", "1/1/1753"),
        *("0001-01-01", "12/31/9999", "9999-12-31 23:59:59", "1970-01-01", "1/1/1970 12:00:00 AM", "31-Dec-9999"),
        *("/  /", "  /  /".strip(), "-  -", "//"),
    ],
)
def test_days_that_mean_no_date(text: str) -> None:
    assert means_no_date(text)


@pytest.mark.parametrize("text", ["", "3/1/2024", "2099-12-31", "1980-01-02", "soon"])
def test_days_that_are_meant(text: str) -> None:
    assert not means_no_date(text)


@pytest.mark.parametrize(
    ("text", "day", "amount"),
    [
        ("15", 15, 15),
        ("15th", 15, None),
        ("1ST", 1, None),
        ("Due Date", 0, 0),
        ("full balance", 0, 0),
        ("0", 0, 0),
        ("99", None, 99),
        ("much", None, None),
    ],
)
def test_own_terms(text: str, day: int | None, amount: int | None) -> None:
    assert read_pay_day(text) == day
    assert read_own_amount(text) == amount
