"""What an import, or a batch of it, waits for: SQLSTATEs and types of errors in words."""

from typing import Final

_WAITS_FOR: Final = {
    "42501": "the executor lacks a database permission that it needs",
    "42": "the database does not match this release",
    "0A": "the database does not match this release",
    "53100": "the database disk is full",
    "53": "the database is out of memory or another resource",
    "57014": "a database statement takes too long",
    "58": "the database server has a system error",
    "XX": "the database reports an internal error",
}
_POSTPONED_BY: Final = {
    "55P03": "another user of the CRM has locked the same records",
    "40": "another user of the CRM is changing the same records",
}


def waits_for(reason: str) -> str:
    """What an import waits for an operator for, from an SQLSTATE or the type of an error."""
    return _WAITS_FOR.get(reason) or _WAITS_FOR.get(reason[:2]) or "an unexpected error"


def postponed_by(problem: str | None) -> str:
    """What passes by itself and keeps a batch waiting until then."""
    known = problem or ""
    return _POSTPONED_BY.get(known) or _POSTPONED_BY.get(known[:2]) or "the database could not be reached"
