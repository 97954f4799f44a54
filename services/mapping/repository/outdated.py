"""Files and drafts that have been kept long enough. What an import that is still open needs stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from shared.postgres import Connection

RETENTION: Final = "retention"
"""Why a file is gone that was not refused."""

_PIECE: Final = 1_000
_IMPORTS_AT_ONCE: Final = 100

_FILE: Final = """
SELECT f.id, f.object_key
FROM secure_file f
WHERE f.deleted_at IS NULL AND f.uploaded_at < now() - $1::interval AND f.id <> ALL ($2::uuid[])
    AND NOT EXISTS (
        SELECT FROM import i
        WHERE i.file_id = f.id
            AND (i.updated_at >= now() - $1::interval OR i.state IN ('checking', 'held', 'confirmed', 'approved'))
    )
    AND NOT EXISTS (
        SELECT FROM draft d
        WHERE d.biller_id = f.biller_id AND d.content #>> '{file,id}' = f.id::text
            AND d.updated_at >= now() - $1::interval
    )
ORDER BY f.uploaded_at
LIMIT 1
FOR UPDATE SKIP LOCKED
"""
_FILE_REMOVED: Final = "UPDATE secure_file SET deleted_at = now(), deleted_reason = $2 WHERE id = $1"
_REMOVE_DRAFTS: Final = """
WITH removed AS (
    DELETE FROM draft WHERE id IN (
        SELECT d.id FROM draft d LEFT JOIN import i ON i.id = d.import_id
        WHERE d.updated_at < now() - $1::interval
            AND (i.id IS NULL OR i.state NOT IN ('checking', 'held', 'confirmed', 'approved'))
        LIMIT $2
        FOR UPDATE OF d SKIP LOCKED
    )
    RETURNING true
)
SELECT count(*) FROM removed
"""


# What was corrected goes with the results of the rows, whose period the executors know.
_REMOVE_CORRECTIONS: Final = """
WITH removed AS (
    DELETE FROM correction WHERE (import_id, line_no, column_name) IN (
        SELECT c.import_id, c.line_no, c.column_name
        FROM correction c
        JOIN execution.job j ON j.import_id = c.import_id
        WHERE j.rows_removed_at IS NOT NULL
        LIMIT $1
    )
    RETURNING true
)
SELECT count(*) FROM removed
"""
_REMOVE_UPLOAD_KEYS: Final = """
WITH removed AS (
    DELETE FROM upload_key WHERE (biller_id, uploaded_by, key) IN (
        SELECT k.biller_id, k.uploaded_by, k.key
        FROM upload_key k
        JOIN secure_file f ON f.id = k.file_id
        WHERE f.deleted_at IS NOT NULL AND f.uploaded_at < now() - $1::interval
        LIMIT $2
    )
    RETURNING true
)
SELECT count(*) FROM removed
"""
# Who got the log stays with the import.
_REMOVE_HISTORY: Final = """
WITH outdated AS MATERIALIZED (
    SELECT o.import_id
    FROM validation.outdated_import o
    WHERE o.ended_at < now() - $1::interval AND (
        EXISTS (SELECT FROM decision WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM confirmation WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM considered_answer WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM answered_check WHERE import_id = o.import_id)
        OR EXISTS (SELECT FROM canary WHERE import_id = o.import_id)
    )
    LIMIT $2
), decisions AS (
    DELETE FROM decision WHERE import_id IN (SELECT import_id FROM outdated)
), confirmations AS (
    DELETE FROM confirmation WHERE import_id IN (SELECT import_id FROM outdated)
), considered AS (
    DELETE FROM considered_answer WHERE import_id IN (SELECT import_id FROM outdated)
), answered AS (
    DELETE FROM answered_check WHERE import_id IN (SELECT import_id FROM outdated)
), canaries AS (
    DELETE FROM canary WHERE import_id IN (SELECT import_id FROM outdated)
)
SELECT count(*) FROM outdated
"""


@dataclass(frozen=True, slots=True)
class OutdatedFile:
    id: UUID
    object_key: str


async def next_file(connection: Connection, keep: timedelta, but: Sequence[UUID] = ()) -> OutdatedFile | None:
    """A file of which nothing has been made or begun for so long; no other transaction gets it meanwhile."""
    row = await connection.fetchrow(_FILE, keep, but)
    return None if row is None else OutdatedFile(row["id"], row["object_key"])


async def record_removal(connection: Connection, file: OutdatedFile) -> None:
    await connection.execute(_FILE_REMOVED, file.id, RETENTION)


async def remove_drafts(connection: Connection, keep: timedelta) -> int:
    """Remove some drafts that nobody has touched for so long; returns how many."""
    removed: int = await connection.fetchval(_REMOVE_DRAFTS, keep, _PIECE)
    return removed


async def remove_corrections(connection: Connection, _keep: timedelta) -> int:
    """Remove some corrections of rounds whose rows are gone; returns how many."""
    removed: int = await connection.fetchval(_REMOVE_CORRECTIONS, _PIECE)
    return removed


async def remove_upload_keys(connection: Connection, keep: timedelta) -> int:
    """Remove some keys of uploads of so long ago whose file is gone; returns how many."""
    removed: int = await connection.fetchval(_REMOVE_UPLOAD_KEYS, keep, _PIECE)
    return removed


async def remove_history(connection: Connection, keep: timedelta) -> int:
    removed: int = await connection.fetchval(_REMOVE_HISTORY, keep, _IMPORTS_AT_ONCE)
    return removed
