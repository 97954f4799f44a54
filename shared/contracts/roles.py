"""What a person may be to an account, and what state a login is in."""

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
# "Shell" is a word of the CRM: a login that an import made for its email address.
LOGIN_STATES: Final = {"shell": "without a password"}
