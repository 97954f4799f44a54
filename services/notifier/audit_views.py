"""The audit trail as auditors see it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from services.notifier.views import Answer
from shared.audit import Entry, Value


class AuditEntry(Answer):
    """An entry of the audit trail. The hash is of the entry and of the hash before it."""

    number: int = Field(description="its place in the trail, from 1, without a gap")
    at: datetime
    act: str
    actor: str = Field(description="ID of the person; empty: the system, or nobody known")
    source: str = Field(description="how and from where")
    recorded_by: str = Field(description="the database role of the service that recorded it")
    import_id: UUID | None
    biller_id: int | None
    detail: Mapping[str, Value]
    hash: str = Field(description="SHA-256 in hexadecimal digits")

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            number=entry.number,
            at=entry.at,
            act=entry.act,
            actor=entry.actor,
            source=entry.source,
            recorded_by=entry.recorded_by,
            import_id=entry.import_id,
            biller_id=entry.biller_id,
            detail=entry.detail,
            hash=entry.hash.hex(),
        )


class AuditPage(Answer):
    """A page of the audit trail, newest first."""

    items: list[AuditEntry]
    next: int | None = Field(description="`before` of the next page; null on the last page")


class AuditChain(Answer):
    """A piece of the audit trail in its own order, to verify it."""

    items: list[AuditEntry]
    last_number: int = Field(description="the number of the last entry, as the trail itself says")
