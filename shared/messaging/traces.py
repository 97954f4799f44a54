"""The trace of an import, for work that is claimed from a table and not heard of by a message."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

from shared import tracing
from shared.contracts.event import Event
from shared.postgres import Connection, Database

_REMEMBER: Final = """
INSERT INTO import_trace (import_id, traceparent) VALUES ($1, $2)
ON CONFLICT (import_id) DO UPDATE SET traceparent = excluded.traceparent, heard_at = now()
"""
_RECALL: Final = "SELECT traceparent FROM import_trace WHERE import_id = $1"


async def remember(connection: Connection, event: Event) -> None:
    """Keep where in its trace this event of an import is heard, if there is one."""
    traceparent, import_id = tracing.traceparent(), getattr(event, "import_id", None)
    if traceparent is not None and import_id is not None:
        await connection.execute(_REMEMBER, import_id, traceparent)


@asynccontextmanager
async def import_span(
    source: Connection | Database, name: str, import_id: UUID | None, **attributes: str | int
) -> AsyncIterator[None]:
    """A span of work for an import, in the trace of what this service last heard of it.

    ``attributes`` are told as `import.…`.
    """
    if import_id is None or not tracing.is_on():
        yield
        return
    parent = await _recall(source, import_id)
    told = {"import.id": str(import_id), **{f"import.{name}": value for name, value in attributes.items()}}
    with tracing.span(name, parent=parent, attributes=told):
        yield


async def _recall(source: Connection | Database, import_id: UUID) -> str | None:
    if isinstance(source, Database):
        async with source.connection() as connection:
            return await _recall(connection, import_id)
    traceparent: str | None = await source.fetchval(_RECALL, import_id)
    return traceparent
