"""Splitting and comparing names: rules person-3 to person-5, registration-20 and registration-21."""

import pytest

from services.validation.domain.names import full_name, names_agree, split_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ORTIZ, ANA", ("ANA", "ORTIZ")),
        ("Ana Maria Ortiz", ("Ana Maria", "Ortiz")),
        ("Cher", ("", "Cher")),
        ("ACME, L.L.C.", ("", "ACME, L.L.C.")),
        ("City of Riverbend", ("", "City of Riverbend")),
        ("", ("", "")),
    ],
)
def test_splitting(name: str, expected: tuple[str, str]) -> None:
    assert split_name(name) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ana Ortiz", "ORTIZ, ANA", True),
        ("Ana Maria Ortiz", "Ana Ortiz", True),
        ("Ana Ortiz", "Lee Ortiz", False),
        ("", "", False),
        ("Ana Ortiz", "", False),
        ("O'Brien Bob", "Bob O'Brien", True),
        ("Jos\u00e9 Pe\u00f1a", "Jose\u0301 Pen\u0303a", True),
        ("Jos\u00e9 Pe\u00f1a", "JOSE PENA", True),
        ("Zo\u00eb Lee", "Zoe Ortiz", False),
    ],
)
def test_agreement(one: str, other: str, expected: bool) -> None:
    assert names_agree(one, other) is expected


def test_full_name() -> None:
    assert full_name("", "Lee") == "Lee"
