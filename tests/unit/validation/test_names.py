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
        ("Smith,John", ("John", "Smith")),
        ("GARCIA-LOPEZ,MARIA", ("MARIA", "GARCIA-LOPEZ")),
        ("SMITH,JOHN A JR", ("JOHN A", "SMITH")),
        ("Smith, John; Smith, Mary", ("John", "Smith")),
        ("John Smith; Mary Smith", ("John", "Smith")),
        ("Ann &amp; Joe Lee", ("Ann &amp; Joe", "Lee")),
        ("John Smith 2nd", ("John", "Smith")),
        ("Prince Rogers Nelson", ("Prince Rogers", "Nelson")),
        ("King James Smith", ("King James", "Smith")),
        ("Judge Reinhold Lee", ("Judge Reinhold", "Lee")),
        ("Bishop Desmond Lee", ("Bishop Desmond", "Lee")),
        ("Baron Davis Jones", ("Baron Davis", "Jones")),
        ("Smith, Saint John", ("Saint John", "Smith")),
        ("Dr. Ann Lee MD", ("Ann", "Lee")),
        ("Henry Cabot Lodge", ("Henry Cabot", "Lodge")),
        ("Emily Post", ("Emily", "Post")),
        ("Min Na", ("Min", "Na")),
        ("James Bishop", ("James", "Bishop")),
        *(
            (company, ("", company))
            for company in (
                *("US Postal Service", "Law Offices of J Smith", "Teacher Credit Union", "Pine Apts", "Smith Farms"),
                *("Elks Lodge", "VFW Post 123", "Dept of Public Works", "Wells Fargo Bank NA", "John Smith TTEE"),
                *("JOHN SMITH EST", "Acme,Inc", "Tom's Auto", "Moose Lodge 44", "American Legion", "Smith Law Firm"),
            )
        ),
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
        ("John Smith Jr", "SMITH, JOHN SR.", False),
        ("John Smith III", "John Smith IV", False),
        ("John Smith Jr", "John Smith", True),
        ("John Smith MD", "John Smith", True),
    ],
)
def test_agreement(one: str, other: str, expected: bool) -> None:
    assert names_agree(one, other) is expected


def test_full_name() -> None:
    assert full_name("", "Lee") == "Lee"
