"""The kinds of import: the one table of what each of them is called, needs and is allowed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Permission = Literal["paperless", "all"]


class ImportKind(StrEnum):
    """The three kinds of data that can be imported."""

    AUTOPAY = "autopay"
    PAPERLESS = "paperless"
    REGISTRATION = "registration"

    @property
    def spec(self) -> "KindSpec":
        return KINDS[self]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """What a kind needs that enrolls customers in invoice types: these types, and a statement that they agreed.

    ``record`` is what the CRM keeps of the customers' permission. ``step`` is the page that asks for both,
    ``statement`` the text it proposes. ``starts_on_a_day``: no payment before the definition's date.
    """

    record: Literal["mandate", "consent"]
    step: str
    statement: str
    starts_on_a_day: bool = False


@dataclass(frozen=True, slots=True)
class KindSpec:
    """One kind of import.

    ``permissions`` are those that allow it. ``conflict`` is the code of rows of one account that disagree. The columns
    it takes and needs stand in ``shared/contracts/fields/``.
    """

    label: str
    summary: str
    permissions: frozenset[Permission]
    conflict: str
    enrollment: Enrollment | None = None


KINDS: Final[Mapping[ImportKind, KindSpec]] = {
    ImportKind.AUTOPAY: KindSpec(
        label="Autopay",
        summary="Adds a payment method to the account owner's login and enrolls the account in autopay.",
        permissions=frozenset({"all"}),
        conflict="R131",
        enrollment=Enrollment(
            record="mandate",
            step="Autopay settings",
            statement="{biller} states that each row of the file is a current authorization that the customer has not "
            "revoked, and that it also covers payments collected through this system.",
            starts_on_a_day=True,
        ),
    ),
    ImportKind.PAPERLESS: KindSpec(
        label="Paperless",
        summary="Sets the email of the account owner's login and enrolls its accounts in paperless billing.",
        permissions=frozenset({"paperless", "all"}),
        conflict="R132",
        enrollment=Enrollment(
            record="consent",
            step="Paperless settings",
            statement="{biller} states that these customers agreed to receive their bills by email instead of on "
            "paper.",
        ),
    ),
    ImportKind.REGISTRATION: KindSpec(
        label="Customer Registration",
        summary="Creates owner logins. Customers activate them from an invitation.",
        permissions=frozenset({"all"}),
        conflict="R133",
    ),
}
