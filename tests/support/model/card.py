"""The card that a row of an autopay file gives."""

import calendar
import re
from datetime import date

from tests.support.model.hidden import hides_card, is_stand_in
from tests.support.model.reading import Cell, Findings, PaymentOptions
from tests.support.model.state import Method
from tests.support.model.text import (
    UnreadableError,
    day_and_month,
    is_damaged,
    means_no_date,
    month_number,
    swapped,
    written_date,
)

_EXPIRIES = (
    re.compile(r"(?P<month>[0-9]{1,2}) ?[/-] ?(?P<year>[0-9]{2}|[0-9]{4})"),
    re.compile(r"(?P<year>1[3-9]|[2-9][0-9])(?P<month>[0-9]{2})"),
    re.compile(r"(?P<month>[0-9]{1,2})(?P<year>[0-9]{2})"),
    re.compile(r"(?P<month>0[1-9]|1[0-2])(?P<year>20[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4}) ?[/-] ?(?P<month>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})"),
    re.compile(r"(?P<year>[0-9]{2})-(?P<name>[A-Za-z]{3})"),
    re.compile(r"(?P<name>[A-Za-z]{3,9})[- ](?P<year>[0-9]{2}|[0-9]{4})"),
)


def read_card(cell: Cell, options: PaymentOptions, found: Findings) -> Method:
    codes = found.codes
    token = cell("card_token")
    if is_stand_in(token) or hides_card(token):
        codes.add("R128")
    elif not re.fullmatch(r"[A-Za-z0-9_:|+/=.-]{6,128}|[0-9]{5}", token) or is_damaged(token):
        codes.add("R125")
    else:
        found.token = token
    year = month = None
    try:
        year, month = _expiry(cell, options.choices.get("C244"), found)
    except UnreadableError:
        codes.add("R126")
    else:
        if date(year, month, calendar.monthrange(year, month)[1]) < options.effective:
            found.ask("C216", goes_on=options.choices.get("C216") == "enroll")
    digits = re.sub(r"[^0-9]", "", cell("card_last4"))
    return Method(
        login="",
        biller=options.biller,
        kind="card",
        holder_name=" ".join(cell("account_holder_name").split()) or None,
        token=token,
        token_vault=cell("token_vault") or None,
        card_brand=cell("card_brand") or None,
        card_last4=digits[-4:].rjust(4, "0") if digits else None,
        exp_year=year,
        exp_month=month,
        origin="import",
    )


def _in_order(text: str, choice: str | None, found: Findings) -> str:
    """A date whose first two numbers may be the month, with the month first."""
    pair = day_and_month(text)
    if pair is None or means_no_date(text):
        return text
    is_chosen = choice in {"day_first", "month_first"}
    if pair[0] > 12 >= pair[1]:
        found.ask("C244", goes_on=is_chosen)
    turned = swapped(text)
    try:
        written_date(turned)
    except UnreadableError:
        return text
    return turned if choice == "day_first" or (pair[0] > 12 and not is_chosen) else text


def _expiry(cell: Cell, choice: str | None, found: Findings) -> tuple[int, int]:
    text = _in_order(cell("card_expiry"), choice, found)
    if not text:
        month, year = (cell(name).removesuffix(".0") for name in ("card_expiry_month", "card_expiry_year"))
        text = f"{month if month.isdigit() else _number_of(month)}/{year}"
    for pattern in _EXPIRIES:
        if match := pattern.fullmatch(text):
            return _year_and_month(match.groupdict())
    day = written_date(text)
    return _year_and_month({"year": f"{day.year:04}", "month": str(day.month)})


def _year_and_month(parts: dict[str, str]) -> tuple[int, int]:
    year = int(parts["year"])
    name = parts.get("name", "")
    month = month_number(name) if name else int(parts["month"])
    year += 0 if len(parts["year"]) == 4 else 2000
    if not 1 <= month <= 12 or not 0 < year <= 2090:
        raise UnreadableError
    return year, month


def _number_of(month: str) -> str:
    """Raises UnreadableError."""
    return str(month_number(month)) if month else ""
