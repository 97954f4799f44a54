"""How long, in which memory and how much at most: what applies unless the settings say otherwise."""

from dataclasses import dataclass
from typing import Final

CHECK_SECONDS: Final = 3600
SILENCE_SECONDS: Final = 60
MEMORY_MEGABYTES: Final = 128


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a biller's imports of so many days may do together before a second person has to agree."""

    payment_methods: int = 5_000
    owners: int = 10
    days: float = 7
