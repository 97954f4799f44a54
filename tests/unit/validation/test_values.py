from datetime import date
from decimal import Decimal

import pytest

from services.validation.domain.values import (
    AUTOPAY_FLAGS,
    PAPERLESS_FLAGS,
    Flag,
    read_amount,
    read_date,
    word,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("03/02/2026", date(2026, 3, 2)),
        ("3/2/2026", date(2026, 3, 2)),
        ("2026-3-2", None),
        ("02.03.2026", None),
        ("13/01/2026", None),
        ("2026-02-30", None),
        ("3/2/26", None),
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
    ("text", "autopay", "paperless"),
    [
        ("Y", Flag.YES, Flag.YES),
        ("Enrolled", Flag.YES, Flag.YES),
        ("APPROVED", Flag.YES, None),
        ("prenote", Flag.PRENOTE, None),
        ("Pending", Flag.PRENOTE, None),
        ("email", None, Flag.YES),
        ("ebill", None, Flag.YES),
        ("", Flag.BLANK, Flag.BLANK),
        ("Revoked", Flag.NO, None),
        ("canceled", Flag.NO, None),
        ("P", None, Flag.NO),
        ("print", None, Flag.NO),
        ("Both", None, Flag.BOTH),
        ("b", None, Flag.BOTH),
        ("maybe", None, None),
    ],
)
def test_flags(text: str, autopay: Flag | None, paperless: Flag | None) -> None:
    assert AUTOPAY_FLAGS.get(word(text)) == autopay
    assert PAPERLESS_FLAGS.get(word(text)) == paperless
