"""The earlier import of a biller whose rows are most like those of another one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.postgres import Connection

# The smallest hashes of a file's rows are a fair sample of them, and two files that share rows share some of these.
_KEYS: Final = 64
_NEWEST: Final = 20
# A few look-ups by key in what was imported, never a read of it; where nothing is shared, the newest is the best guess.
# Rounds and undos have rows of another import.
_FIND: Final = """
    WITH this AS (
        SELECT c.biller_id, c.kind, c.file_sha256, c.row_keys[:$2] AS keys, c.checked_at, i.created_at
        FROM validation.import_check c JOIN import i ON i.id = c.import_id
        WHERE c.import_id = $1
    ), alike AS (
        SELECT o.import_id, true AS is_same_file, 0 AS keys
        FROM this t
        JOIN validation.import_check o
            ON o.biller_id = t.biller_id AND o.kind = t.kind AND o.file_sha256 = t.file_sha256
        UNION ALL
        SELECT k.import_id, false, 1
        FROM this t
        CROSS JOIN LATERAL unnest(t.keys) AS mine (key)
        CROSS JOIN LATERAL (
            SELECT o.import_id FROM validation.imported_key o WHERE o.biller_id = t.biller_id AND o.key = mine.key
            OFFSET 0
        ) AS k
        UNION ALL
        SELECT n.import_id, false, 0
        FROM this t
        CROSS JOIN LATERAL (
            SELECT o.import_id
            FROM validation.import_check o
            WHERE o.biller_id = t.biller_id AND o.checked_at < t.checked_at
            ORDER BY o.checked_at DESC
            LIMIT $3
        ) AS n
    ), found AS (
        SELECT import_id, bool_or(is_same_file) AS is_same_file, sum(keys) AS keys FROM alike GROUP BY import_id
    )
    SELECT e.id, f.name AS file_name, c.finished_at, c.rows_read AS rows, a.is_same_file,
        CASE WHEN a.is_same_file THEN 1 ELSE coalesce(a.keys::float / nullif(cardinality(t.keys), 0), 0) END AS share
    FROM found a
    CROSS JOIN this t
    JOIN import e ON e.id = a.import_id
    JOIN validation.import_check c ON c.import_id = e.id
    JOIN secure_file f ON f.id = e.file_id
    WHERE e.id <> $1 AND e.created_at < t.created_at AND e.undoes IS NULL AND e.retries IS NULL
        AND c.kind = t.kind AND c.state = 'finished' AND f.deleted_at IS NULL
    ORDER BY a.is_same_file DESC, a.keys DESC, e.created_at DESC
    LIMIT 1
"""
_NAMED: Final = """
    SELECT e.id, f.name AS file_name, c.finished_at, c.rows_read AS rows, c.file_sha256 = t.file_sha256 AS is_same_file,
        NULL::float AS share
    FROM import e
    JOIN import i ON i.id = $1
    JOIN validation.import_check t ON t.import_id = i.id
    JOIN validation.import_check c ON c.import_id = e.id
    JOIN secure_file f ON f.id = e.file_id
    WHERE e.id = $2 AND e.id <> i.id AND e.biller_id = i.biller_id AND e.kind = i.kind AND e.undoes IS NULL
        AND e.retries IS NULL AND c.state = 'finished'
"""


@dataclass(frozen=True, slots=True)
class AlikeImport:
    """An import that has ended. ``share``: about how many of the other one's rows it has; None where nobody looked."""

    id: UUID
    file_name: str
    finished_at: datetime
    rows: int
    is_same_file: bool
    share: float | None


async def most_alike(connection: Connection, import_id: UUID) -> AlikeImport | None:
    """The one of the same kind that came before and shares most rows; where none shares more, the newest."""
    row = await connection.fetchrow(_FIND, import_id, _KEYS, _NEWEST)
    return None if row is None else AlikeImport(**dict(row))


async def named(connection: Connection, import_id: UUID, other_id: UUID) -> AlikeImport | None:
    """The other import, if it is one of the same biller and kind that has ended."""
    row = await connection.fetchrow(_NAMED, import_id, other_id)
    return None if row is None else AlikeImport(**dict(row))
