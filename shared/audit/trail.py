"""The audit trail: written in the transaction of what it tells, never changed, read by auditors."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from shared.audit.acts import Act
from shared.audit.chain import Detail, Entry
from shared.postgres import Connection

SYSTEM: Final = ""
"""The actor of what no person did, and of who is not known."""
_BACKGROUND: Final = "background"
_source: ContextVar[str] = ContextVar("audit_source", default=_BACKGROUND)

_APPEND: Final = "SELECT audit.append($1, $2, $3, $4, $5, $6::text::jsonb)"
_OLDEST_FIRST: Final = """
    SELECT number, at, act, actor, source, recorded_by, import_id, biller_id, detail::text AS detail, hash
    FROM audit.entry WHERE number > $1 ORDER BY number LIMIT $2
"""
_NEWEST_FIRST: Final = """
    SELECT number, at, act, actor, source, recorded_by, import_id, biller_id, detail::text AS detail, hash
    FROM audit.entry
    WHERE ($1::bigint IS NULL OR number < $1) AND ($2::uuid IS NULL OR import_id = $2)
        AND ($3::text IS NULL OR actor = $3) AND ($4::text IS NULL OR act = $4)
        AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)
    ORDER BY number DESC LIMIT $7
"""
_LAST: Final = "SELECT number FROM audit.chain_head"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries somebody asks for; None: all."""

    import_id: UUID | None = None
    actor: str | None = None
    act: Act | None = None
    since: datetime | None = None
    until: datetime | None = None


async def record(
    connection: Connection,
    act: Act,
    actor: str,
    *,
    import_id: UUID | None = None,
    biller_id: int | None = None,
    detail: Detail | None = None,
) -> None:
    """Append what ``actor`` does; it stands or falls with the transaction of the caller."""
    told = orjson.dumps({name: value for name, value in (detail or {}).items() if value is not None}).decode()
    await connection.execute(_APPEND, act.value, actor, _source.get(), import_id, biller_id, told)


@contextmanager
def coming_from(source: str) -> Iterator[None]:
    """Whatever is recorded inside was asked from there, such as ``API from 10.0.0.7``."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


async def newest(connection: Connection, wanted: Wanted, *, before: int | None, limit: int) -> list[Entry]:
    rows = await connection.fetch(
        _NEWEST_FIRST,
        before,
        wanted.import_id,
        wanted.actor,
        wanted.act,
        wanted.since,
        wanted.until,
        limit,
    )
    return [_entry(row) for row in rows]


async def oldest(connection: Connection, *, after: int, limit: int) -> list[Entry]:
    """In the order of the chain, for its verification."""
    return [_entry(row) for row in await connection.fetch(_OLDEST_FIRST, after, limit)]


async def last_number(connection: Connection) -> int:
    """The number of the last entry, as the chain itself says."""
    number: int = await connection.fetchval(_LAST)
    return number


def _entry(row: asyncpg.Record) -> Entry:
    return Entry(**{**row, "detail": orjson.loads(row["detail"])})
