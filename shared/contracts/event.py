"""What every event on the wire has in common."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Self
from uuid import UUID, uuid4

from pydantic import Field

from shared.contracts.contract import Contract, Id, Int4, Moment
from shared.contracts.topics import Topic


class Event(Contract):
    """A fact that one service tells the others.

    It holds ids and counts only: never a row of a file, a bank number or an email address. Unknown fields are
    ignored, so a newer producer does not stop an older consumer.
    """

    topic: ClassVar[Topic]
    keyed_by: ClassVar[str] = "the number of the biller, so that what happens at one stays in order"

    event_id: UUID = Field(default_factory=uuid4)
    occurred_at: Moment = Field(default_factory=lambda: datetime.now(UTC))
    version: Annotated[Int4, Field(ge=1)] = 1

    def to_bytes(self) -> bytes:
        """JSON in UTF-8, as it stands on the topic."""
        return self.model_dump_json().encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """The event in ``body``; raises ``pydantic.ValidationError`` where it is none."""
        return cls.model_validate_json(body)

    @property
    def key(self) -> bytes:
        """Partition key: the biller, so that what happens at one biller stays in order."""
        return b""


class ImportEvent(Event):
    """A fact about one import of one biller. ``history`` is what people read of it in the history of the import."""

    history: ClassVar[str]

    import_id: UUID
    biller_id: Id

    @property
    def key(self) -> bytes:
        return str(self.biller_id).encode()
