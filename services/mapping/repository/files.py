"""The register of the Secure Upload."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.definition_rules import FileFacts
from shared.postgres import Connection

_FILES = """
    WITH imported AS (
        SELECT g.sha256 FROM import i JOIN secure_file g ON g.id = i.file_id
        WHERE i.biller_id = $1 AND i.state IN ('completed', 'completed_with_errors')
    )
    SELECT id, name, size, sha256, uploaded_at, kind_hint, sha256 IN (SELECT sha256 FROM imported) AS imported_before
    FROM secure_file
    WHERE biller_id = $1 AND kind_hint = ANY($2::text[])
"""
_LIST = _FILES + "ORDER BY uploaded_at DESC, id LIMIT $3"
_FIND = _FILES + "AND id = $3"
_WAS_IMPORTED = """
    SELECT true FROM import i JOIN secure_file g ON g.id = i.file_id
    WHERE i.biller_id = $1 AND g.sha256 = $2 AND i.state IN ('completed', 'completed_with_errors') LIMIT 1
"""
_ADD = """
    INSERT INTO secure_file (id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING uploaded_at
"""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that was just stored."""

    id: UUID
    biller_id: int
    name: str
    sha256: str
    size: int
    object_key: str
    kind_hint: str
    uploaded_by: str


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a Secure Upload."""

    id: UUID
    name: str
    size: int
    sha256: str
    uploaded_at: datetime
    kind_hint: str
    imported_before: bool


async def list_files(connection: Connection, biller_id: int, hints: Sequence[str], limit: int) -> list[ListedFile]:
    """Files of the biller with one of these hints, newest first."""
    rows = await connection.fetch(_LIST, biller_id, list(hints), limit)
    return [ListedFile(**dict(row)) for row in rows]


async def count_by_hint(connection: Connection, biller_id: int) -> dict[str, int]:
    """How many files of each hint the biller's Secure Upload holds."""
    rows = await connection.fetch(
        "SELECT kind_hint, count(*) AS files FROM secure_file WHERE biller_id = $1 GROUP BY kind_hint", biller_id
    )
    return {row["kind_hint"]: row["files"] for row in rows}


async def add(connection: Connection, file: NewFile) -> datetime:
    """Enter a file in the register; returns when."""
    uploaded_at: datetime = await connection.fetchval(
        _ADD,
        file.id,
        file.biller_id,
        file.name,
        file.sha256,
        file.size,
        file.object_key,
        file.kind_hint,
        file.uploaded_by,
    )
    return uploaded_at


async def facts(connection: Connection, biller_id: int, file_id: UUID) -> FileFacts | None:
    """What the register says of a file, if it is this biller's."""
    row = await connection.fetchrow(
        "SELECT sha256, size FROM secure_file WHERE id = $1 AND biller_id = $2", file_id, biller_id
    )
    return None if row is None else FileFacts(row["sha256"], row["size"])


async def find(connection: Connection, biller_id: int, file_id: UUID, hints: Sequence[str]) -> ListedFile | None:
    """A file of the biller with one of these hints."""
    rows = await connection.fetch(_FIND, biller_id, list(hints), file_id)
    return ListedFile(**dict(rows[0])) if rows else None


async def was_imported(connection: Connection, biller_id: int, sha256: str) -> bool:
    """Whether an import of the same content has completed at the biller."""
    return bool(await connection.fetchval(_WAS_IMPORTED, biller_id, sha256))
