"""The record a topic has: who may write and read it, how it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

Party = Literal["mapping", "validation", "executor", "notifier", "crm"]
SCHEMA_OF: Final[Mapping[Party, str]] = {
    "mapping": "mapping",
    "validation": "validation",
    "executor": "execution",
    "notifier": "notification",
}
"""The schema of each party that is a service; the CRM has no outbox and no inbox."""

_ROOM_FOR_ENVELOPE: Final = 48_588  # key, headers, and what a batch of records says about itself


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic carries one event type in one major version; a breaking change is a new topic."""

    name: str
    producers: tuple[Party, ...]
    consumers: tuple[Party, ...]
    partitions: int = 6
    retention: timedelta = timedelta(days=7)
    largest_message: int = 1_048_588  # bytes, `max.message.bytes` of the topic: Kafka's default, said aloud

    @property
    def largest_event(self) -> int:
        """The most bytes of an event that fits into a message of the topic."""
        return self.largest_message - _ROOM_FOR_ENVELOPE
