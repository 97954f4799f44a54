"""The kinds of import."""

from enum import StrEnum


class ImportKind(StrEnum):
    """The three kinds of data that can be imported."""

    AUTOPAY = "autopay"
    PAPERLESS = "paperless"
    REGISTRATION = "registration"
