"""The record a topic has: who may write and read it, how it is kept."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Party = Literal["mapping", "validation", "executor", "notifier", "crm"]


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic carries one event type in one major version; a breaking change is a new topic."""

    name: str
    producers: tuple[Party, ...]
    consumers: tuple[Party, ...]
    partitions: int = 6
    retention: timedelta = timedelta(days=7)
