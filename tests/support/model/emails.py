"""The addresses in a cell."""

import re
from dataclasses import dataclass, field
from functools import cache

from email_validator import EmailNotValidError, validate_email

_NOBODY = {"noemail", "none", "unknown", "declined", "refused", "noreply", "no", "na", "test", "email"}
_PLACEHOLDERS = {"na@na", "x@x.com"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a cell gives: addresses in order, or the codes that say why not."""

    found: tuple[str, ...] = ()
    codes: frozenset[str] = field(default=frozenset())


_MISSPELT = {
    *("gmial.com", "gmai.com", "gmail.con", "gmail.co", "gmal.com", "yaho.com", "yahoo.con", "yahooo.com"),
    *("hotmial.com", "hotmail.con", "hotmai.com", "outlok.com", "outlook.con", "aol.con", "iclod.com", "icloud.con"),
    "comcast.nte",
}


def domain_warnings(email: str, own_domain: str | None) -> set[str]:
    """What the domain of an address gives rise to."""
    domain = email.rpartition("@")[2].lower()
    found = {"W343"} if domain in _MISSPELT else set()
    if own_domain and f".{domain}".endswith(f".{own_domain.lower()}"):
        found.add("W341")
    return found


def same(one: str | None, other: str | None) -> bool:
    """Addresses are compared whole and case-insensitively; nothing equals nothing."""
    return one is not None and other is not None and one.lower() == other.lower()


def read_addresses(cell: str) -> Addresses:
    """The addresses of a cleaned cell."""
    if not cell:
        return Addresses(codes=frozenset({"R141"}))
    pieces = _pieces(cell)
    codes = {code for piece in pieces if (code := _problem(piece))}
    if not pieces:
        codes = {"R142"}
    return Addresses(codes=frozenset(codes)) if codes else Addresses(found=pieces)


def _pieces(cell: str) -> tuple[str, ...]:
    words = re.split(r"[;,/|\s]+", cell.replace("<", " ").replace(">", " "))
    words = [word for word in words if word and word.lower() not in {"and", "or"}]
    if "<" in cell:
        words = [word for word in words if "@" in word]
    addresses: dict[str, str] = {}
    for word in words:
        if address := _unwrapped(word):
            addresses.setdefault(address.lower(), address)
    return tuple(addresses.values())


def _unwrapped(word: str) -> str:
    if word.lower().startswith("mailto:"):
        word = word[len("mailto:") :]
    local, at, domain = word.rstrip(".").rpartition("@")
    return local + at + domain.lower() if at else domain


@cache
def _problem(address: str) -> str | None:
    local, at, domain = address.rpartition("@")
    if at and (local.lower() in _NOBODY or address.lower() in _PLACEHOLDERS):
        return "R143"
    if "." not in domain:
        return "R142"
    try:
        validate_email(address, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        return "R142"
    return None
