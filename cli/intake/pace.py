"""Whoever sends is waited for as long as what they send is worth it, and no longer."""

from dataclasses import dataclass
from typing import Final

_FREE_SECONDS: Final = 120.0
_BYTES_A_SECOND: Final = 10_000
_MOST_SECONDS: Final = 4 * 3600.0
FILE_BYTES: Final = 5 << 30  # more than the system takes


class TooMuchError(ValueError):
    """More is sent than can be meant."""


@dataclass(slots=True)
class Pace:
    """Of one response or file. Only the time counts in which somebody is waited for."""

    most: int = FILE_BYTES
    waited: float = 0  # seconds
    received: int = 0  # bytes

    def add(self, seconds: float, received: int) -> None:
        """Raises TimeoutError where it is too slow, TooMuchError where it has no end."""
        self.waited += seconds
        self.received += received
        if self.waited > min(_MOST_SECONDS, _FREE_SECONDS + self.received / _BYTES_A_SECOND):
            raise TimeoutError
        if self.received > self.most:
            raise TooMuchError
