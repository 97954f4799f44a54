"""Columns named like secrets whose cells are something else: rule file-44."""

import pytest

from shared.csvfile import forbidden_header, secret_columns

_PARCELS = ["12-34-001", "14-28-322-003-1029", "14283220031029", "05.12.300.014", "12 34 1001"]
_DAYS = ["1/5/2026", "2026-01-05", "2026-01-05T10:00:00Z", "01/05/26 10:15 AM", "5-Jan-2026"]


def _refused(name: str, cells: list[str]) -> bool:
    assert forbidden_header(name)
    return [problem.code for problem in secret_columns([name], [cells])] == ["F009"]


@pytest.mark.parametrize("name", ["PIN", "Pin No", "PIN_NUMBER", "pinnbr", "County PIN"])
def test_property_index_numbers_are_no_pins(name: str) -> None:
    assert not _refused(name, ["", *_PARCELS, ' ="12-34-002"'])
    for cells in (["4321"], ["12345678"], ["1234-5678"], [*_PARCELS, "0042"], ["", " "], []):
        assert _refused(name, cells)


@pytest.mark.parametrize("name", ["Password Reset Date", "passwordChangedAt", "pwd_expires", "Last Password Change Dt"])
def test_days_of_passwords_are_no_passwords(name: str) -> None:
    assert not _refused(name, [*_DAYS, ""])
    for cells in (["hunter2"], ["20260105"], [*_DAYS, "Summer2026!"], [""]):
        assert _refused(name, cells)


@pytest.mark.parametrize("name", ["Password", "Card PIN", "CVV", "SSN", "Login Pin", "Security Code"])
def test_other_names_are_refused_for_themselves(name: str) -> None:
    assert forbidden_header(name)
    assert list(secret_columns([name], [_PARCELS])) == []
