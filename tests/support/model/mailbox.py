"""The email of a row and its copy: rules email-9 to email-12."""

from tests.support.model.emails import Addresses, read_addresses, same
from tests.support.model.job import Kind
from tests.support.model.reading import Cell, Findings


def read_mailbox(cell: Cell, kind: Kind, found: Findings, *, uses_first: bool) -> tuple[str | None, str | None]:
    """The address and its copy; ``uses_first`` is the decision on C221."""
    addresses = _addresses(cell("email"), found, optional=kind == "autopay")
    takes_copy = kind != "registration"
    copies = _addresses(cell("email_cc"), found, optional=True) if takes_copy else Addresses()
    found.codes |= addresses.codes
    most = 2 if takes_copy and not cell("email_cc") else 1
    is_needed = kind != "autopay"
    uses_first |= not is_needed
    too_many = len(addresses.found) > most
    if len(copies.found) > 1 or (too_many and not is_needed):
        found.codes.add("W313")
    if too_many and is_needed:
        found.ask("C221", goes_on=uses_first)
    email = next(iter(addresses.found), None)
    others = () if cell("email_cc") else addresses.found[1:]
    copy = next(iter((*copies.found, *others)), None) if takes_copy else None
    if len(addresses.found) > 1 and most == 2 and (uses_first or not too_many):
        found.codes.add("W342")
    return email, None if same(email, copy) else copy


def _addresses(cell: str, found: Findings, *, optional: bool) -> Addresses:
    """What the cell gives; an optional one that cannot be used is dropped."""
    read = Addresses() if optional and not cell else read_addresses(cell)
    if not optional or not read.codes:
        return read
    found.codes.add("W313")
    return Addresses()
