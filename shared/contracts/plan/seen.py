"""An enrollment as the check saw it: an element of ``plan_row.seen_enrollments``.

It is kept as one text, in SQL made by ``validation.seen_enrollment_1`` and taken apart by ``seen_status_1`` and
``seen_detail_1``, which do as this class does: a test holds the two together.
"""

from dataclasses import dataclass
from typing import Final

GOES_ON: Final = ("active", "pending")
"""The statuses of an enrollment that continues; any other starts again."""

_SEPARATOR: Final = ":"


@dataclass(frozen=True, slots=True)
class SeenEnrollment:
    """Status, and what it is by: the id of an autopay's payment method, a paperless' delivery email or nothing."""

    status: str
    detail: str = ""

    @classmethod
    def parse(cls, text: str) -> "SeenEnrollment":
        status, _, detail = text.partition(_SEPARATOR)
        return cls(status, detail)

    def __str__(self) -> str:
        return f"{self.status}{_SEPARATOR}{self.detail}"

    @property
    def goes_on(self) -> bool:
        return self.status in GOES_ON
