"""The register of the Secure Upload."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.mapping.domain import Visible
from shared.contracts.definition_rules import FileFacts
from shared.postgres import Connection

# The file of an import whose rows were corrected is another one: the check keeps the content that came first.
_FILES = """
    WITH used AS (
        SELECT i.file_id, coalesce(c.file_sha256, g.sha256) AS sha256, g.made_for IS NOT NULL AS is_corrected,
            i.state IN ('completed', 'completed_with_errors') AS is_imported
        FROM import i
        JOIN secure_file g ON g.id = i.file_id
        LEFT JOIN validation.import_check c ON c.import_id = i.id
        WHERE i.biller_id = $1 AND i.undoes IS NULL
    )
    SELECT f.id, f.name, f.size, f.sha256, f.uploaded_at, f.kind_hint,
        f.sha256 IN (SELECT u.sha256 FROM used u WHERE u.is_imported) AS imported_before,
        f.id IN (SELECT u.file_id FROM used u)
            OR f.sha256 IN (SELECT u.sha256 FROM used u WHERE u.is_corrected) AS in_use
    FROM secure_file f
    WHERE f.biller_id = $1 AND f.kind_hint = ANY ($2::text[]) AND f.deleted_at IS NULL
      AND ($3 OR f.holds_bank_data IS FALSE OR (f.holds_bank_data IS NULL AND f.kind_hint <> 'unknown'))
"""
_LIST = (
    _FILES
    + """
      AND f.made_for IS NULL
      AND ($5::uuid IS NULL OR EXISTS (
          SELECT FROM secure_file a WHERE a.id = $5 AND a.biller_id = $1
            AND (f.uploaded_at, a.id) < (a.uploaded_at, f.id)
      ))
    ORDER BY f.uploaded_at DESC, f.id LIMIT $4
"""
)
# One that was sent with corrections is found by the import that it corrects.
_FIND = _FILES + "AND f.id = $4 AND (f.made_for IS NULL OR f.made_for = $5)"
_LOCK = """
    SELECT object_key FROM secure_file
    WHERE biller_id = $1 AND kind_hint = ANY ($2::text[]) AND deleted_at IS NULL AND made_for IS NULL AND id = $4
      AND ($3 OR holds_bank_data IS FALSE OR (holds_bank_data IS NULL AND kind_hint <> 'unknown'))
    FOR UPDATE
"""
_IN_A_DRAFT = """
    SELECT true FROM draft
    WHERE biller_id = $1 AND content #>> '{file,id}' = $2::uuid::text AND subject <> $3 AND import_id IS NULL LIMIT 1
"""
_FACTS = """
    SELECT sha256, size, deleted_reason FROM secure_file
    WHERE id = $1 AND biller_id = $2 AND kind_hint = ANY($3::text[])
      AND ($4 OR holds_bank_data IS FALSE OR (holds_bank_data IS NULL AND kind_hint <> 'unknown'))
"""
_COUNT = """
    SELECT kind_hint, count(*) AS files FROM secure_file
    WHERE biller_id = $1 AND deleted_at IS NULL AND made_for IS NULL
      AND ($2 OR holds_bank_data IS FALSE OR (holds_bank_data IS NULL AND kind_hint <> 'unknown'))
    GROUP BY kind_hint
"""
_COUNT_OF_EACH = """
    SELECT biller_id, kind_hint, count(*) AS files
    FROM unnest($1::bigint[], $2::boolean[]) AS asked (biller_id, with_bank_data)
    JOIN secure_file USING (biller_id)
    WHERE deleted_at IS NULL AND made_for IS NULL
      AND (with_bank_data OR holds_bank_data IS FALSE OR (holds_bank_data IS NULL AND kind_hint <> 'unknown'))
    GROUP BY biller_id, kind_hint
"""
_JUDGE = """
    UPDATE secure_file SET holds_bank_data = $2
    WHERE id = $1 AND (holds_bank_data IS NULL OR (NOT holds_bank_data AND $2))
"""
_BANK_COLUMNS = "SELECT bank_columns FROM secure_file WHERE id = $1"
_TO_REMOVE = """
    SELECT f.id, f.object_key, c.import_id, g.code AS reason
    FROM secure_file f
    JOIN secure_file checked ON checked.biller_id = f.biller_id AND checked.sha256 = f.sha256
    JOIN import i ON i.file_id = checked.id
    JOIN validation.import_check c ON c.import_id = i.id AND c.state = 'rejected'
    JOIN validation.finding g ON g.import_id = i.id AND g.code IN ('F008', 'F009')
    WHERE f.deleted_at IS NULL AND f.id <> ALL ($1::uuid[])
    LIMIT 1 FOR UPDATE OF f SKIP LOCKED
"""
_REFUSED_BEFORE = """
    SELECT deleted_reason FROM secure_file
    WHERE biller_id = $1 AND sha256 = $2 AND deleted_reason IN ('F008', 'F009') LIMIT 1
"""
_REMOVED = "UPDATE secure_file SET deleted_at = now(), deleted_reason = $2, deleted_for = $3 WHERE id = $1"
_FORGET_CORRECTIONS = """
    DELETE FROM correction WHERE import_id = $2 OR import_id IN (SELECT id FROM import WHERE file_id = $1)
"""
_REFUSED = "UPDATE secure_file SET deleted_at = now(), deleted_reason = $2 WHERE id = $1 AND deleted_at IS NULL"
_REMOVED_REASON = """
    SELECT coalesce(nullif(f.deleted_reason, 'retention'), g.code)
    FROM import i JOIN secure_file f ON f.id = i.file_id
    LEFT JOIN validation.import_check c ON c.import_id = i.id AND c.state = 'rejected'
    LEFT JOIN validation.finding g ON g.import_id = c.import_id AND g.code IN ('F008', 'F009')
    WHERE i.id = $1 ORDER BY g.code LIMIT 1
"""
_STANDING_OF = """
    WITH used AS (
        SELECT i.file_id, coalesce(c.file_sha256, g.sha256) AS sha256, g.made_for IS NOT NULL AS is_corrected,
            i.state IN ('completed', 'completed_with_errors') AS is_imported
        FROM import i
        JOIN secure_file g ON g.id = i.file_id
        LEFT JOIN validation.import_check c ON c.import_id = i.id
        WHERE i.biller_id = $1 AND i.undoes IS NULL
    )
    SELECT
        f.sha256 IN (SELECT u.sha256 FROM used u WHERE u.is_imported) AS imported_before,
        f.id IN (SELECT u.file_id FROM used u)
            OR f.sha256 IN (SELECT u.sha256 FROM used u WHERE u.is_corrected) AS in_use
    FROM secure_file f WHERE f.biller_id = $1 AND f.id = $2
"""
_ADD = """
    INSERT INTO secure_file (
        id, biller_id, name, sha256, size, object_key, kind_hint, uploaded_by, holds_bank_data, made_for
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING uploaded_at
"""
_KEEP_KEY = """
    INSERT INTO upload_key (biller_id, uploaded_by, key, file_id) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING true
"""
_OF_KEY = """
    SELECT f.id, f.name, f.size, f.sha256, f.uploaded_at, f.kind_hint, f.deleted_at IS NOT NULL AS is_gone
    FROM upload_key k JOIN secure_file f ON f.id = k.file_id
    WHERE k.biller_id = $1 AND k.uploaded_by = $2 AND k.key = $3
"""
_BECOME = """
    SELECT id, name, size, sha256, uploaded_at, kind_hint, deleted_at IS NOT NULL AS is_gone
    FROM secure_file WHERE id = $1
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
    holds_bank_data: bool | None
    made_for: UUID | None = None
    """The import or round whose rows it holds, or corrects: it is no file to choose."""


@dataclass(frozen=True, slots=True)
class FileToRemove:
    """A file that must not be kept, and the import that was refused for it."""

    id: UUID
    object_key: str
    import_id: UUID
    reason: str


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
    in_use: bool


async def list_files(
    connection: Connection, biller_id: int, visible: Visible, limit: int, after: UUID | None = None
) -> list[ListedFile]:
    rows = await connection.fetch(_LIST, biller_id, list(visible.hints), visible.with_bank_data, limit, after)
    return [ListedFile(**dict(row)) for row in rows]


async def count_by_hint(connection: Connection, biller_id: int, visible: Visible) -> dict[str, int]:
    rows = await connection.fetch(_COUNT, biller_id, visible.with_bank_data)
    return {row["kind_hint"]: row["files"] for row in rows}


async def count_of_each(connection: Connection, visible: Mapping[int, Visible]) -> dict[int, dict[str, int]]:
    with_bank_data = [one.with_bank_data for one in visible.values()]
    found: dict[int, dict[str, int]] = {biller_id: {} for biller_id in visible}
    for row in await connection.fetch(_COUNT_OF_EACH, list(visible), with_bank_data):
        if row["kind_hint"] in visible[row["biller_id"]].hints:
            found[row["biller_id"]][row["kind_hint"]] = row["files"]
    return found


async def add(connection: Connection, file: NewFile) -> datetime:
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
        file.holds_bank_data,
        file.made_for,
    )
    return uploaded_at


async def judge(connection: Connection, file_id: UUID, *, holds_bank_data: bool) -> None:
    """Note what a file was seen to hold: one uploaded before anybody looked, or shown by reading it in another way."""
    await connection.execute(_JUDGE, file_id, holds_bank_data)


async def bank_columns(connection: Connection, file_id: UUID) -> list[int]:
    return await connection.fetchval(_BANK_COLUMNS, file_id) or []


async def facts(connection: Connection, biller_id: int, file_id: UUID, visible: Visible) -> FileFacts | None:
    """What the register says of a file, if it is this biller's and visible."""
    row = await connection.fetchrow(_FACTS, file_id, biller_id, list(visible.hints), visible.with_bank_data)
    return None if row is None else FileFacts(row["sha256"], row["size"], row["deleted_reason"])


async def refused_before(connection: Connection, biller_id: int, sha256: str) -> str | None:
    code: str | None = await connection.fetchval(_REFUSED_BEFORE, biller_id, sha256)
    return code


async def next_to_remove(connection: Connection, but: Sequence[UUID] = ()) -> FileToRemove | None:
    """A file whose content a check refused for what must never be kept; no other transaction gets it meanwhile."""
    row = await connection.fetchrow(_TO_REMOVE, but)
    return None if row is None else FileToRemove(**dict(row))


async def record_removal(connection: Connection, file: FileToRemove) -> None:
    """What must not be kept stays in no copy either."""
    await connection.execute(_REMOVED, file.id, file.reason, file.import_id)
    await connection.execute(_FORGET_CORRECTIONS, file.id, file.import_id)


async def record_refusal(connection: Connection, file_id: UUID, code: str) -> None:
    await connection.execute(_REFUSED, file_id, code)


async def why_removed(connection: Connection, import_id: UUID) -> str | None:
    """The code for which the import's file was removed, or is about to be; None where it stays."""
    reason: str | None = await connection.fetchval(_REMOVED_REASON, import_id)
    return reason


async def find(
    connection: Connection, biller_id: int, file_id: UUID, visible: Visible, corrects: UUID | None = None
) -> ListedFile | None:
    rows = await connection.fetch(_FIND, biller_id, list(visible.hints), visible.with_bank_data, file_id, corrects)
    return ListedFile(**dict(rows[0])) if rows else None


async def standing(connection: Connection, biller_id: int, file_id: UUID) -> tuple[bool, bool]:
    row = await connection.fetchrow(_STANDING_OF, biller_id, file_id)
    return (False, False) if row is None else (row["imported_before"], row["in_use"])


async def lock_to_delete(connection: Connection, biller_id: int, file_id: UUID, visible: Visible) -> str | None:
    """Where its content is; no import can begin to use it meanwhile. None where there is no such file to see."""
    key: str | None = await connection.fetchval(_LOCK, biller_id, list(visible.hints), visible.with_bank_data, file_id)
    return key


async def is_in_draft_of_another(connection: Connection, biller_id: int, file_id: UUID, subject: str) -> bool:
    return bool(await connection.fetchval(_IN_A_DRAFT, biller_id, file_id, subject))


@dataclass(frozen=True, slots=True)
class UploadedBefore:
    """What an upload with the same key became."""

    id: UUID
    name: str
    size: int
    sha256: str
    uploaded_at: datetime
    kind_hint: str
    is_gone: bool


class KeyTaken(Exception):
    """Another upload with the same key was faster."""


async def keep_key(connection: Connection, file: NewFile, key: UUID) -> None:
    """Let the key be this file's; raises KeyTaken."""
    if not await connection.fetchval(_KEEP_KEY, file.biller_id, file.uploaded_by, key, file.id):
        raise KeyTaken


async def uploaded_before(connection: Connection, biller_id: int, subject: str, key: UUID) -> UploadedBefore | None:
    row = await connection.fetchrow(_OF_KEY, biller_id, subject, key)
    return None if row is None else UploadedBefore(**row)


async def become(connection: Connection, file_id: UUID) -> UploadedBefore | None:
    row = await connection.fetchrow(_BECOME, file_id)
    return None if row is None else UploadedBefore(**row)
