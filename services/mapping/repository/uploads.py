"""Uploads that come in parts, and the parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from shared.postgres import Connection

# Whoever writes a part for longer than this is gone.
LONGEST_WRITE: Final = timedelta(hours=1)
_MOST_WRITERS: Final = 8  # of one upload; connections that are lost in silence count until then
_MOST_OBJECTS: Final = 10_001  # parts, and the file that they become
_PIECE: Final = 1_000

_UPLOADS: Final = """
    SELECT id, biller_id, begun_by, name, kind_hint, made_for, metadata, length, received, sha256, state, refusal,
        file_id, touched_at
    FROM upload
"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('mapping.upload', $1))"
_OPEN: Final = """
    SELECT count(*) FILTER (WHERE begun_by = $2) AS own, coalesce(sum(length), 0)::bigint AS bytes
    FROM upload WHERE biller_id = $1 AND state = 'open'
"""
_BEGIN: Final = """
    INSERT INTO upload (id, biller_id, begun_by, key, name, kind_hint, made_for, metadata, length, sha256)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_FIND: Final = _UPLOADS + "WHERE biller_id = $1 AND begun_by = $2 AND id = $3"
_OF_KEY: Final = _UPLOADS + "WHERE biller_id = $1 AND begun_by = $2 AND key = $3 AND state IN ('open', 'complete')"
_RELEASE_KEY: Final = "UPDATE upload SET key = NULL WHERE id = $1"
_LIST: Final = _UPLOADS + "WHERE biller_id = $1 AND begun_by = $2 AND state = 'open' ORDER BY touched_at DESC, id"
_LOCK_UPLOAD: Final = "SELECT FROM upload WHERE id = $1 FOR NO KEY UPDATE"
_BEGIN_PART: Final = """
    INSERT INTO upload_part (id, upload_id, starts_at)
    SELECT $1, $2, $3
    WHERE $4 > (SELECT count(*) FROM upload_part WHERE upload_id = $2)
        AND $5 > (
            SELECT count(*) FROM upload_part WHERE upload_id = $2 AND size IS NULL AND begun_at > now() - $6::interval
        )
    RETURNING true
"""
_MOVE_ON: Final = """
    UPDATE upload SET received = received + $3, touched_at = now()
    WHERE id = $1 AND state = 'open' AND received = $2 AND received + $3 < length RETURNING true
"""
_COUNT_PART: Final = "UPDATE upload_part SET size = $2, sha256 = $3 WHERE id = $1"
_COMPLETE: Final = """
    UPDATE upload SET received = length, state = 'complete', file_id = $3, touched_at = now()
    WHERE id = $1 AND state = 'open' AND received = $2 RETURNING true
"""
_END: Final = """
    UPDATE upload SET state = $2, refusal = $3, touched_at = now() WHERE id = $1 AND state = 'open' RETURNING true
"""
_PARTS: Final = """
    SELECT id, starts_at, size, sha256 FROM upload_part WHERE upload_id = $1 AND size IS NOT NULL ORDER BY starts_at
"""
_GIVE_UP_PART: Final = "UPDATE upload_part SET begun_at = '-infinity' WHERE id = $1 AND size IS NULL"
_FORGET_PART: Final = "DELETE FROM upload_part WHERE id = $1"
_LEFT: Final = """
    SELECT p.id, u.biller_id
    FROM upload u JOIN upload_part p ON p.upload_id = u.id
    WHERE u.state <> 'open' AND (p.size IS NOT NULL OR p.begun_at < now() - $1::interval)
        AND p.id <> ALL ($2::uuid[]) AND ($3::uuid IS NULL OR u.id = $3)
    LIMIT 1
    FOR UPDATE OF p SKIP LOCKED
"""
_EXPIRE: Final = """
WITH outdated AS (
    SELECT id FROM upload WHERE state = 'open' AND touched_at < now() - $1::interval LIMIT $2 FOR UPDATE SKIP LOCKED
), expired AS (
    UPDATE upload u SET state = 'expired', touched_at = now() FROM outdated o WHERE u.id = o.id RETURNING true
)
SELECT count(*) FROM expired
"""
# A key belongs to its file as long as that is there.
_FORGET: Final = """
WITH removed AS (
    DELETE FROM upload WHERE id IN (
        SELECT u.id FROM upload u LEFT JOIN secure_file f ON f.id = u.file_id
        WHERE u.state <> 'open' AND u.touched_at < now() - $1::interval
            AND (u.key IS NULL OR f.id IS NULL OR f.deleted_at IS NOT NULL)
            AND NOT EXISTS (SELECT FROM upload_part p WHERE p.upload_id = u.id)
        LIMIT $2
        FOR UPDATE OF u SKIP LOCKED
    )
    RETURNING true
)
SELECT count(*) FROM removed
"""


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file that somebody begins to send."""

    id: UUID
    biller_id: int
    begun_by: str
    key: UUID | None
    name: str
    kind_hint: str
    made_for: UUID | None
    metadata: str
    length: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Upload:
    """How far it has come. ``received`` is ``length`` once it is a file, and not before."""

    id: UUID
    biller_id: int
    begun_by: str
    name: str
    kind_hint: str
    made_for: UUID | None
    metadata: str
    length: int
    received: int
    sha256: str | None
    state: str
    refusal: str | None
    file_id: UUID | None
    touched_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Part:
    """One that counts."""

    id: UUID
    starts_at: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LeftPart:
    """One whose upload has ended."""

    id: UUID
    biller_id: int


async def lock_and_measure(connection: Connection, biller_id: int, subject: str) -> tuple[int, int]:
    """How many are open of this person, and how many bytes all open ones of the biller have; nobody begins another."""
    await connection.execute(_LOCK, biller_id)
    row = await connection.fetchrow(_OPEN, biller_id, subject)
    return (0, 0) if row is None else (row["own"], row["bytes"])


async def begin(connection: Connection, new: NewUpload) -> None:
    await connection.execute(
        _BEGIN,
        new.id,
        new.biller_id,
        new.begun_by,
        new.key,
        new.name,
        new.kind_hint,
        new.made_for,
        new.metadata,
        new.length,
        new.sha256,
    )


async def find(connection: Connection, biller_id: int, subject: str, upload_id: UUID) -> Upload | None:
    row = await connection.fetchrow(_FIND, biller_id, subject, upload_id)
    return None if row is None else Upload(**row)


async def of_key(connection: Connection, biller_id: int, subject: str, key: UUID) -> Upload | None:
    row = await connection.fetchrow(_OF_KEY, biller_id, subject, key)
    return None if row is None else Upload(**row)


async def release_key(connection: Connection, upload_id: UUID) -> None:
    await connection.execute(_RELEASE_KEY, upload_id)


async def list_open(connection: Connection, biller_id: int, subject: str) -> list[Upload]:
    return [Upload(**row) for row in await connection.fetch(_LIST, biller_id, subject)]


async def begin_part(connection: Connection, upload_id: UUID, part_id: UUID, starts_at: int) -> bool:
    """Enter a part before it is written; False where there are too many, or too many are being written."""
    await connection.execute(_LOCK_UPLOAD, upload_id)  # those who begin at once count each other
    limits = (_MOST_OBJECTS, _MOST_WRITERS, LONGEST_WRITE)
    return bool(await connection.fetchval(_BEGIN_PART, part_id, upload_id, starts_at, *limits))


async def count_part(connection: Connection, upload_id: UUID, part: Part) -> bool:
    """Let the upload go on behind this part; False where it is elsewhere by now. The last part completes it instead."""
    if not await connection.fetchval(_MOVE_ON, upload_id, part.starts_at, part.size):
        return False
    await connection.execute(_COUNT_PART, part.id, part.size, part.sha256)
    return True


async def complete(connection: Connection, upload_id: UUID, last: Part, file_id: UUID) -> bool:
    """Let the upload be this file; False where it is elsewhere by now."""
    if not await connection.fetchval(_COMPLETE, upload_id, last.starts_at, file_id):
        return False
    await connection.execute(_COUNT_PART, last.id, last.size, last.sha256)
    await forget_part(connection, file_id)  # its object is a file of its own now
    return True


async def end(connection: Connection, upload_id: UUID, state: str, refusal: str | None = None) -> bool:
    return bool(await connection.fetchval(_END, upload_id, state, refusal))


async def parts(connection: Connection, upload_id: UUID) -> list[Part]:
    return [Part(**row) for row in await connection.fetch(_PARTS, upload_id)]


async def give_up_part(connection: Connection, part_id: UUID) -> None:
    """Nobody writes it any longer: its record stays for what may be stored, and holds no writer's place."""
    await connection.execute(_GIVE_UP_PART, part_id)


async def forget_part(connection: Connection, part_id: UUID) -> None:
    await connection.execute(_FORGET_PART, part_id)


async def next_left(connection: Connection, but: Sequence[UUID] = (), upload_id: UUID | None = None) -> LeftPart | None:
    """A part of an upload that has ended, of this one if it is named; no other transaction gets it meanwhile."""
    row = await connection.fetchrow(_LEFT, LONGEST_WRITE, but, upload_id)
    return None if row is None else LeftPart(**row)


async def expire(connection: Connection, keep: timedelta) -> int:
    expired: int = await connection.fetchval(_EXPIRE, keep, _PIECE)
    return expired


async def forget(connection: Connection, keep: timedelta) -> int:
    removed: int = await connection.fetchval(_FORGET, keep, _PIECE)
    return removed
