"""Errors: why something is not done, for whoever asked; and what may be said of one that nobody foresaw. Pure.

Use cases raise these; `shared/http.py` is the one place that says which HTTP status each becomes.
"""

from typing import Final

_MOST_CAUSES: Final = 5  # deeper than this tells nothing more


class DomainError(Exception):
    """What is wrong, in words for the caller."""

    def __init__(self, code: str, title: str, place: str = "", remedy: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.title = title
        self.place = place
        self.remedy = remedy


class Forbidden(DomainError):
    """The person may not do it."""


class NotFound(DomainError):
    """It does not exist, or the person may not know that it does."""


class Conflict(DomainError):
    """It does not fit how things stand now."""


class Gone(DomainError):
    """It was there once."""


class Invalid(DomainError):
    """What was given is no answer to what was asked."""


class TooLarge(DomainError):
    """It is above a limit."""


class TooMany(DomainError):
    """The person has as many as one may have."""


class Unavailable(DomainError):
    """Something it needs does not answer now."""


def error_types(error: BaseException | None) -> list[str]:
    """The types of an exception and its causes: what may be said of it without what it says."""
    names: list[str] = []
    while error is not None and len(names) < _MOST_CAUSES:
        names.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return names
