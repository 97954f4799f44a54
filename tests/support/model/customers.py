"""The person of a row, and the customer that it would create: rules value-4 to value-6, customer-4 and person-*."""

import re
from dataclasses import replace

from tests.support.model.people import FirstLast, customer_name, is_no_phone, names_nobody, split_name
from tests.support.model.reading import Cell, Findings
from tests.support.model.state import Customer
from tests.support.model.text import UnreadableError, read_state, read_zip


def read_customer(cell: Cell, biller: int, account: str, found: Findings) -> tuple[FirstLast, Customer]:
    """First and last name, and the customer as one that is created now."""
    name = cell("customer_name")
    first, last = cell("first_name"), cell("last_name")
    phone = cell("phone")
    if names_nobody(name):
        name = ""
        found.codes.add("W317")
    if names_nobody(first, last):
        first = last = ""
        found.codes.add("W317")
    if re.fullmatch("([0-9]{7}|1?[0-9]{10})[.]0", phone):
        phone = phone[:-2]
        found.codes.add("W301")
    if is_no_phone(phone):
        phone = ""
        found.codes.add("W317")
    place = [cell(part) for part in ("address1", "address2", "city")]
    if any(map(names_nobody, place)):
        place = ["" if names_nobody(part) else part for part in place]
        found.codes.add("W317")
    customer = Customer(
        biller,
        account,
        customer_name(name, first or None, last or None),
        address1=place[0] or None,
        address2=place[1] or None,
        city=place[2] or None,
        phone=phone or None,
        origin="import",
    )
    return split_name(name, first, last), _with_address(customer, cell, found)


def _with_address(customer: Customer, cell: Cell, found: Findings) -> Customer:
    state = code = None
    try:
        state = read_state(cell("state"))
    except UnreadableError:
        found.codes.add("W312")
    try:
        code, is_repaired = read_zip(cell("zip"))
    except UnreadableError:
        found.codes.add("W312")
    else:
        found.codes.update({"W301"} if is_repaired else ())
    return replace(customer, state=state, zip=code)
