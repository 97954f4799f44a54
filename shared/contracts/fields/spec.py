"""What is said of each field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from shared.contracts.kinds import ImportKind


class Holds(Enum):
    """What the cells of a column look like: what suggestions go by, and how evidence and log keep them."""

    TEXT = "any text"
    NAME = "a name"
    STATE = "a state"
    ZIP = "a ZIP code"
    EMAIL = "an email address"
    DATE = "a date"
    MOMENT = "a date, or a date and a time"
    AMOUNT = "an amount"
    DAY_OF_MONTH = "a day of the month"
    MONTH = "a month"
    YEAR = "a year"
    ROUTING_NUMBER = "a routing number"
    BANK_ACCOUNT_NUMBER = "a bank account number"
    BANK_ACCOUNT_TYPE = "a bank account type"
    METHOD_KIND = "a payment type"
    CARD_TOKEN = "a token"
    CARD_EXPIRY = "a card's expiration date"
    LAST_DIGITS = "last digits of a card"
    AUTOPAY_FLAG = "autopay or not"
    PAPERLESS_FLAG = "paperless or paper"
    ROLE = "a role"


class GoesTo(Enum):
    """Where the values end up."""

    PLAN = "the CRM"
    EVIDENCE = "the evidence kept with the customer's consent"
    LOG = "the log"
    CHECK = "the check only"  # they decide about rows and are kept nowhere


class Privacy(Enum):
    """What may be shown of the values."""

    HARMLESS = "shown in full"
    EMAIL = "shortened addresses in emails"
    PERSONAL = "first letters in emails"
    SECRET = "last four characters"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field.

    ``headers`` are names that exports give the column; ``opposite_headers`` those under which a yes means the contrary.
    ``fills`` are the staged columns of a field that goes to the plan, where these have other names than the field.
    ``instead`` are fields that together hold the same. ``log_name`` is the column of the log, where it has another name
    than the field. ``makes_account_numbers`` is false where the column must never be part of the biller's account
    number. ``meanings`` are what a word of the file can be explained as, with its words for people; each is itself a
    word that the field knows.
    """

    label: str
    kinds: frozenset[ImportKind]
    goes_to: GoesTo = GoesTo.PLAN
    privacy: Privacy = Privacy.PERSONAL
    holds: Holds = Holds.TEXT
    headers: str = ""
    opposite_headers: str = ""
    fills: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    log_name: str = ""
    makes_account_numbers: bool = True
    meanings: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_day_or_amount(self) -> bool:
        """Whether only cells without digits can be explained as something else."""
        return self.holds in (Holds.DATE, Holds.DAY_OF_MONTH, Holds.AMOUNT)
