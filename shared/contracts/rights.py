"""What somebody may do at a biller. `shared/rights.py` reads it."""

from dataclasses import dataclass
from typing import Literal

from shared.contracts.kinds import ImportKind


@dataclass(frozen=True, slots=True)
class Right:
    """What somebody may do at one biller."""

    permission: Literal["paperless", "all"]
    may_approve: bool = False
    may_replace_owner: bool = False


def allows(right: Right | None, kind: ImportKind) -> bool:
    """Whether a kind of import may be run with this right. What is not permitted is denied."""
    match right:
        case Right(permission="all"):
            return True
        case Right(permission="paperless"):
            return kind is ImportKind.PAPERLESS
        case _:
            return False
