"""What a person may be to an account."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """How a login is linked to an account, the highest first."""

    OWNER = "owner"
    OVERSIGHT = "oversight"
    GUEST = "guest"

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS: Final = {Role.OWNER: "owner", Role.OVERSIGHT: "oversight user", Role.GUEST: "guest"}
