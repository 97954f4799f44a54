"""What an import, or a part of it, waits for: SQLSTATEs and types of errors in words."""

from typing import Final

_WAITS_FOR: Final = {
    "42501": "the executor lacks a right that it needs in the database",
    "42": "the database and this release do not fit together",
    "0A": "the database and this release do not fit together",
    "53100": "the database's disk is full",
    "53": "the database has run out of memory or of another resource",
    "57014": "a statement takes longer than it may",
    "58": "the database's machine fails",
    "XX": "the database reports an internal error",
}
_POSTPONED_BY: Final = {
    "55P03": "a lock is held by another user of the CRM",
    "40": "another user of the CRM changes the same records",
}


def waits_for(reason: str) -> str:
    """What an import waits for an operator for, from an SQLSTATE or the type of an error."""
    return _WAITS_FOR.get(reason) or _WAITS_FOR.get(reason[:2]) or "an error that nobody expected"


def postponed_by(problem: str | None) -> str:
    """What passes by itself and keeps a part of an import waiting until then."""
    known = problem or ""
    return _POSTPONED_BY.get(known) or _POSTPONED_BY.get(known[:2]) or "the database could not be reached"
