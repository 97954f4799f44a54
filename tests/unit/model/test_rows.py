"""Single rows: the dirty files of the domain, as far as a row alone decides."""

from datetime import date
from typing import Any

import pytest

from tests.support.model.emails import read_addresses
from tests.support.model.payment import read_payment
from tests.support.model.people import names_agree, split_name
from tests.support.model.reading import Findings, PaymentOptions
from tests.support.model.text import clean, is_scientific, transformed
from tests.unit.model.scenes import Scene, told

_OPTIONS = PaymentOptions(None, None, date(2026, 12, 1), 1)


@pytest.mark.parametrize(
    ("cell", "value", "repaired"),
    [
        ("\u00a0ANA\u00a0ORTIZ ", "ANA ORTIZ", False),
        ('="00123"', "00123", True),
        ("'00123", "00123", True),
        ("\u200b7\ufeff", "7", False),
        ("O'Brien", "O'Brien", False),
    ],
)
def test_cells_are_cleaned(cell: str, value: str, repaired: bool) -> None:
    assert clean(cell) == (value, repaired)


def test_transforms_apply_in_order() -> None:
    transforms: list[dict[str, Any]] = [
        {"do": "digits_only"},
        {"do": "strip_leading_zeros"},
        {"do": "pad_left", "length": 7},
    ]
    assert transformed("00-1045", transforms) == ("0001045", False)
    assert transformed("1045", [{"do": "drop_last", "count": 9}]) == ("", False)
    assert transformed("9" * 501, [{"do": "take_last", "count": 2}]) == ("99", True)
    assert is_scientific("1.23E+11")
    assert not is_scientific("12E45")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a@example.com; b@example.com", ("a@example.com", "b@example.com")),
        ("Ann Lee <ann@example.com>", ("ann@example.com",)),
        ("mailto:x@Example.COM.", ("x@example.com",)),
        ("o'brien@example.org", ("o'brien@example.org",)),
        ("a@example.com and A@EXAMPLE.com", ("a@example.com",)),
        ("NOEMAIL@NOEMAIL.COM", {"R143"}),
        ("none", {"R142"}),
        ("bob@example", {"R142"}),
        ("ann@example..org", {"R142"}),
        ("", {"R141"}),
    ],
)
def test_addresses_are_read(cell: str, expected: tuple[str, ...] | set[str]) -> None:
    read = read_addresses(cell)
    assert (set(read.codes) or read.found) == expected


@pytest.mark.parametrize(
    "expiry", ["05/29", "0529", "529", "2029-05", "29-May", "May-29", "5/2029", "2029-05-31", "2905"]
)
def test_every_way_of_writing_an_expiry_is_the_same(expiry: str) -> None:
    cells = {"card_token": "tok_0001", "card_expiry": expiry}
    found = Findings()
    method = read_payment(lambda name: cells.get(name, ""), _OPTIONS, found)
    assert not found.codes
    assert method is not None
    assert (method.exp_year, method.exp_month) == (2029, 5)


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"routing_number": "21000021", "bank_account_number": "4455667", "bank_account_type": "C"}, {"W311"}),
        ({"routing_number": "02100002", "bank_account_number": "4455667", "bank_account_type": "C"}, {"C212"}),
        ({"routing_number": "55000001", "bank_account_number": "4455667", "bank_account_type": "C"}, {"R121"}),
        ({"routing_number": "000000000", "bank_account_number": "4455667", "bank_account_type": "C"}, {"R122"}),
        ({"routing_number": "021000021", "bank_account_number": "1.23E+11", "bank_account_type": "C"}, {"R123"}),
        ({"routing_number": "021000021", "bank_account_number": "4455667", "bank_account_type": "47"}, {"R124"}),
        ({"routing_number": "021000021", "bank_account_number": "4455667", "bank_account_type": "28"}, {"W314"}),
        ({"routing_number": "021000021", "card_token": "tok_0001"}, {"R120"}),
        ({"card_token": "tok", "card_expiry": "13/29"}, {"R125", "R126"}),
        ({"card_token": "tok_0001", "card_expiry": "10/26"}, {"C216"}),
        ({}, {"R120"}),
    ],
)
def test_payment_methods_are_judged(cells: dict[str, str], codes: set[str]) -> None:
    found = Findings()
    read_payment(lambda name: cells.get(name, ""), _OPTIONS, found)
    assert found.codes == codes


def test_names_are_split_and_compared() -> None:
    assert split_name("ORTIZ, ANA", "", "") == ("ANA", "ORTIZ")
    assert split_name("Ana M. Ortiz", "", "") == ("Ana M.", "Ortiz")
    assert split_name("Quarry Farms, LLC", "", "") == (None, "Quarry Farms, LLC")
    assert names_agree(("Ana", "Ortiz"), ("ANA M", "Ortiz"))
    assert not names_agree((None, None), (None, None))


def test_flags_end_a_row_before_its_values_are_looked_at() -> None:
    scene = Scene()
    scene.account("1")
    rows = [["1", "P", "broken"], ["2", "both", "broken"], ["3", "fax", "broken"], ["4", "fax", "d@example.com"]]
    verdict = scene.run("paperless", ("paperless_flag", "email"), rows)
    assert told(verdict)[:2] == [("skipped", {"S401"}), ("skipped", {"C222"})]
    assert told(verdict)[2:] == [("failed", {"R142"}), ("skipped", {"C242"})]
