"""S: the row is skipped on purpose; nothing is wrong with it."""

from typing import Final

from shared.contracts.codes.code import Code
from shared.contracts.fields import FieldName
from shared.contracts.outcomes import Outcome


def _skipped(number: str, title: str, *fields: FieldName, remedy: str = "") -> Code:
    return Code(number, title, remedy, Outcome.SKIPPED, fields=fields)


SKIPPED_CODES: Final = (
    _skipped("S401", "The customer wants paper", FieldName.PAPERLESS_FLAG),
    _skipped("S402", "Autopay is off, revoked or canceled", FieldName.AUTOPAY_FLAG),
    _skipped("S403", "Autopay has ended", FieldName.END_DATE),
    _skipped("S404", "Skipped on request: the line is excluded"),
    _skipped(
        "S405",
        "Not reached: the import was canceled or failed before this row",
        remedy="Try these rows again with Fix and retry; of an undo, ask for the undo again",
    ),
)
