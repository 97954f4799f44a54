"""Cells of invented people, by what they show: what layouts are filled with."""

from collections.abc import Callable, Mapping
from typing import Final

_FIRST: Final = ("Ana", "Lee", "Joan", "Karim", "Nadia", "Hoa", "Elaine", "Rosa", "Tom", "Ines", "Paul")
_LAST: Final = ("Ortiz", "Wu", "Park", "Diaz", "Rossi", "Nguyen", "Church", "O'Brien", "Berg", "Silva", "Kline")
_ROUTING: Final = ("021000021", "011000015", "122105155", "091000019", "021000021", "122105155", "031201360")
_STREETS: Final = ("Mill Rd", "Oak Street", "1st Ave", "Harbor Ln", "PO Box", "County Rd 7")
_CITIES: Final = ("Riverbend", "Oak Hill", "Salem", "St. Ives", "Port Clay")


def _of(*values: str) -> Callable[[int], str]:
    return lambda row: values[row % len(values)]


def _first(row: int) -> str:
    return _FIRST[row % len(_FIRST)]


def _last(row: int) -> str:
    return _LAST[(row * 3 + row // 5) % len(_LAST)]


def _email(row: int) -> str:
    return f"{_first(row)}.{_last(row)}{row}@example.com".lower().replace("'", "")


def _bank(row: int) -> str:
    """Of the lengths that banks use, some with a zero in front."""
    return str(83_914_407 * (row + 3) ** 2)[: 6 + row * 5 % 8].rjust(6 + row % 3, "0")


def _token(row: int) -> str:
    return f"tok_{row * 7_919 + 13:08x}QRstUVwx"


def _day(row: int) -> tuple[int, int, int]:
    return 2019 + row % 6, 1 + row * 5 % 12, 1 + row * 11 % 28


CELLS: Final[Mapping[str, Callable[[int], str]]] = {
    "account": lambda row: f"WTR-{1002 + row * 37:07d}-{2006 + row * 53:06d}",
    "digits": lambda row: f"{1002 + row * 37:07d}{2006 + row * 53:06d}",
    "customer": lambda row: str(1002 + row * 37),
    "location": lambda row: str(2006 + row * 53),
    "sequence": _of("1", "2", "1", "1", "3"),
    "policy": lambda row: f"HO-{4_400_100 + row * 91}-0{row % 3}",
    "first": _first,
    "last": _last,
    "full": lambda row: f"{_first(row)} {_last(row)}",
    "listed": lambda row: f"{_last(row)}, {_first(row)}".upper(),
    "company": lambda row: "" if row % 4 else f"{_last(row)} Holdings LLC",
    "email": _email,
    "emails": lambda row: "" if row % 3 else _email(row + 50),
    "office email": _of("desk@agency.example", "ann@agency.example"),
    "phone": lambda row: f"({201 + row * 7 % 700}) 555-{1000 + row * 13:04d}",
    "phone digits": lambda row: f"{201 + row * 7 % 700}555{1000 + row * 13:04d}",
    "street": lambda row: f"{12 + row * 7} {_STREETS[row % len(_STREETS)]}",
    "apartment": lambda row: "" if row % 3 else f"Apt {1 + row}",
    "city": _of(*_CITIES),
    "state": _of("MA", "NH", "MA", "ME"),
    "zip": lambda row: f"{1040 + row * 17:05d}",
    "zip+4": lambda row: f"{1040 + row * 17:05d}-{1000 + row * 3}",
    "routing": _of(*_ROUTING),
    "routing without zeros": lambda row: _ROUTING[row % len(_ROUTING)].lstrip("0"),
    "bank": _bank,
    "bank name": _of("First National", "Harbor Credit Union", "Oak Savings Bank"),
    "c/s": _of("C", "S", "C", "C"),
    "checking": _of("Checking", "Savings", "Checking"),
    "personal checking": _of("Personal Checking", "Personal Savings", "Business Checking"),
    "27/37": _of("27", "37", "27"),
    "1/2": _of("1", "2", "1"),
    "ach/card": _of("ACH", "Credit Card", "ACH"),
    "card": _of("CARD"),
    "token": _token,
    "vault": lambda row: str(1_284_000_331 + row * 7_907),
    "masked": lambda row: f"************{1111 + row * 37}",
    "last 4": lambda row: f"{1111 + row * 37:04d}",
    "brand": _of("Visa", "Mastercard", "Amex", "Visa"),
    "mm/yy": lambda row: f"{1 + row % 12:02d}/{28 + row % 4}",
    "mmyy": lambda row: f"{1 + row % 12:02d}{28 + row % 4}",
    "yyyy-mm": lambda row: f"{2028 + row % 4}-{1 + row % 12:02d}",
    "month": lambda row: str(1 + row % 12),
    "year": lambda row: str(2028 + row % 4),
    "yy": lambda row: str(28 + row % 4),
    "date": lambda row: "{1:02d}/{2:02d}/{0}".format(*_day(row)),
    "short date": lambda row: "{1}/{2}/{0}".format(*_day(row))[:-4] + str(_day(row)[0])[-2:],
    "iso": lambda row: "{:04d}-{:02d}-{:02d}".format(*_day(row)),
    "moment": lambda row: "{:04d}-{:02d}-{:02d} 14:33:10".format(*_day(row)),
    "dates": lambda row: "" if row % 4 else "{1:02d}/{2:02d}/{0}".format(*_day(row)),
    "y/n": _of("Y", "N", "Y"),
    "y": _of("Y", "", "Y"),
    "1/0": _of("1", "0", "1"),
    "active": _of("Active", "Inactive", "Active", "Active"),
    "e/p": _of("E", "P", "E"),
    "email/paper": _of("Email", "Paper", "Email"),
    "ebill/mail": _of("E-Bill", "US Mail", "E-Bill"),
    "amount": lambda row: f"{40 + row * 9}.{row * 7 % 100:02d}",
    "amounts": lambda row: "" if row % 3 else f"{100 + row * 50}.00",
    "day": lambda row: str(1 + row * 4 % 28),
    "role": _of("Owner", "Guest", "Owner"),
    "user": lambda row: f"{_first(row)}{_last(row)}{row}".lower().replace("'", ""),
    "sec": _of("PPD", "WEB", "PPD"),
    "channel": _of("Web", "Phone", "Paper"),
    "form": lambda row: f"F-{2201 + row}",
    "version": _of("v2", "v3"),
    "ip": lambda row: f"203.0.113.{1 + row}",
    "legacy": lambda row: f"LEG{10_000 + row * 3}",
    "biller": _of("Riverbend Water"),
    "meter": lambda row: f"M{7_700_100 + row * 31}",
    "meter digits": lambda row: str(77_001_400 + row * 311),
    "route": _of("R7", "R8", "R7", "R12"),
    "route number": _of("7", "8", "12"),
    "cycle": _of("1", "2", "3"),
    "class": _of("Residential", "Commercial", "Residential"),
    "agent": _of("AG-17", "AG-20"),
    "agency": _of("Harbor Insurance", "Oak Agency"),
    "note": _of("", "dog in yard", "", "call first"),
    "country": _of("US"),
    "usage": lambda row: str(3200 + row * 71 % 900),
    "nothing": _of(""),
}
