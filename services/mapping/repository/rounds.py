"""Rounds of an import: which rows can be tried again, and what a person corrected in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.mapping.corrections import Correction
from shared.contracts.definition import ImportDefinition
from shared.contracts.outcomes import Outcome
from shared.postgres import Connection

_PARTS: Final = """
    SELECT i.id, coalesce(i.round, 1) AS round, i.definition, f.object_key,
        f.deleted_at IS NOT NULL OR j.rows_removed_at IS NOT NULL AS is_gone,
        coalesce(c.bank_columns, '{}') AS bank_columns
    FROM import i
    JOIN secure_file f ON f.id = i.file_id
    JOIN execution.job j ON j.import_id = i.id
    LEFT JOIN validation.import_check c ON c.import_id = i.id
    WHERE (i.id = $1 OR i.retries = $1) AND j.finished_at IS NOT NULL AND j.kind IS NOT NULL
    ORDER BY 2
"""
_LOCK_FAMILY: Final = """
    SELECT FROM import WHERE id = (SELECT mapping.first_import($1)) FOR UPDATE
"""
# The family of an import: the first one, its rounds, their undos, the undos of these and so on. What was cancelled
# while it ran is under way until its last chunk has ended.
_UNDER_WAY: Final = """
    WITH RECURSIVE family AS (
        SELECT mapping.first_import($1) AS id
        UNION ALL
        SELECT i.id FROM family f JOIN import i ON i.undoes = f.id OR i.retries = f.id
    )
    SELECT i.id, i.undoes IS NOT NULL AS is_undo
    FROM import i
    LEFT JOIN execution.job j ON j.import_id = i.id
    WHERE i.id IN (SELECT id FROM family) AND i.id <> $1
        AND j.finished_at IS NULL AND (i.state NOT IN ('rejected', 'cancelled') OR j.kind IS NOT NULL)
    ORDER BY i.created_at
    LIMIT 1
"""
_APPLIED: Final = """
    SELECT i.id, i.round
    FROM import i
    JOIN execution.chunk c ON c.import_id = i.id
    JOIN import undone ON undone.id = $1
    WHERE i.retries = coalesce(undone.retries, undone.id) AND i.round > coalesce(undone.round, 1)
    GROUP BY i.id, i.round
    HAVING sum((c.counts ->> 'applied')::int - c.undone) > 0
    ORDER BY i.round DESC
    LIMIT 1
"""
_NEXT: Final = "SELECT coalesce(max(round), 1) + 1 FROM import WHERE retries = $1"
# The newest result of each row: that of the last round it was in. What was said of one row of an account or a login may
# hold for the others, so those that were not applied come along.
_CHOSEN: Final = """
    WITH part AS (
        SELECT * FROM unnest($1::uuid[]) WITH ORDINALITY AS of_import (id, place)
    ), newest AS NOT MATERIALIZED (
        SELECT r.line_no, r.outcome, r.codes, r.account_number, r.login_id, r.import_id, r.undone_by
        FROM part p
        JOIN execution.row_result r ON r.import_id = p.id
        WHERE NOT EXISTS (
            SELECT
            FROM part later
            JOIN execution.row_result o ON o.import_id = later.id AND o.line_no = r.line_no
            WHERE later.place > p.place
        )
    ), named AS MATERIALIZED (
        SELECT * FROM newest WHERE line_no = ANY ($2::int[])
        UNION
        SELECT * FROM newest
        WHERE outcome IN ('failed', 'held', 'skipped')
            AND (outcome = ANY ($3::text[]) AND NOT 'S404' = ANY (codes) OR codes && $4::text[])
    )
    SELECT line_no, outcome, codes, import_id, undone_by FROM named
    UNION
    SELECT n.line_no, n.outcome, n.codes, n.import_id, n.undone_by
    FROM newest n
    WHERE n.outcome IN ('failed', 'held', 'skipped') AND NOT 'S404' = ANY (n.codes)
        AND (
            n.account_number IN (SELECT account_number FROM named) OR n.login_id IN (SELECT login_id FROM named)
        )
    ORDER BY line_no
"""
_PAGE_TO_FIX: Final = """
    WITH part AS (
        SELECT * FROM unnest($1::uuid[]) WITH ORDINALITY AS of_import (id, place)
    )
    SELECT r.line_no, r.outcome, r.codes, r.import_id
    FROM part p
    JOIN execution.row_result r ON r.import_id = p.id
    WHERE r.outcome <> 'applied' AND r.outcome IN ('failed', 'held', 'skipped')
        AND NOT EXISTS (
            SELECT
            FROM part later
            JOIN execution.row_result o ON o.import_id = later.id AND o.line_no = r.line_no
            WHERE later.place > p.place
        )
        AND r.line_no > $2 AND ($3::text IS NULL OR $3 = ANY (r.codes))
    ORDER BY r.line_no
    LIMIT $4
"""
_CODES_TO_FIX: Final = """
    WITH part AS (
        SELECT * FROM unnest($1::uuid[]) WITH ORDINALITY AS of_import (id, place)
    )
    SELECT of_row.code, count(*) AS rows
    FROM part p
    JOIN execution.row_result r ON r.import_id = p.id
    CROSS JOIN LATERAL unnest(r.codes) AS of_row (code)
    WHERE r.outcome <> 'applied' AND r.outcome IN ('failed', 'held', 'skipped')
        AND of_row.code NOT LIKE 'W%'
        AND NOT EXISTS (
            SELECT
            FROM part later
            JOIN execution.row_result o ON o.import_id = later.id AND o.line_no = r.line_no
            WHERE later.place > p.place
        )
    GROUP BY of_row.code
    ORDER BY 2 DESC, 1
"""
_CORRECT: Final = """
    INSERT INTO correction (import_id, line_no, column_name, before, after, place) VALUES ($1, $2, $3, $4, $5, $6)
"""
_FORGET: Final = """
    UPDATE secure_file f SET deleted_at = now(), deleted_reason = 'retention'
    WHERE f.id = $1 AND f.deleted_at IS NULL AND NOT EXISTS (SELECT FROM import i WHERE i.file_id = f.id)
        AND NOT EXISTS (SELECT FROM draft d WHERE d.biller_id = f.biller_id AND d.content #>> '{file,id}' = f.id::text)
    RETURNING true
"""
_DISCARD: Final = """
    UPDATE secure_file f SET deleted_at = now(), deleted_reason = 'retention'
    WHERE f.id = $1 AND f.made_for = $2 AND f.deleted_at IS NULL
        AND NOT EXISTS (SELECT FROM import i WHERE i.file_id = f.id)
    RETURNING true
"""
_UPLOADER: Final = "SELECT uploaded_by FROM secure_file WHERE id = $1"
_FILE_OF: Final = """
    SELECT f.name, f.holds_bank_data FROM import i JOIN secure_file f ON f.id = i.file_id WHERE i.id = $1
"""


@dataclass(frozen=True, slots=True)
class Part:
    """The import itself or one of its rounds that has ended."""

    id: UUID
    round: int
    definition: ImportDefinition
    object_key: str
    is_gone: bool
    bank_columns: Sequence[int]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A round or an undo in the family of an import that has not ended yet."""

    id: UUID
    is_undo: bool


@dataclass(frozen=True, slots=True)
class RoundThatApplied:
    id: UUID
    round: int


@dataclass(frozen=True, slots=True)
class KnownRow:
    """How a row ended last, in which part, and what undid it."""

    line_no: int
    outcome: Outcome
    codes: Sequence[str]
    import_id: UUID
    undone_by: UUID | None


@dataclass(frozen=True, slots=True)
class RowToFix:
    """A row that was not applied, and why."""

    line_no: int
    outcome: Outcome
    codes: Sequence[str]
    import_id: UUID


@dataclass(frozen=True, slots=True)
class FileOfImport:
    name: str
    holds_bank_data: bool | None


async def parts(connection: Connection, import_id: UUID) -> list[Part]:
    """The import and its rounds that have run, in order; empty where it has not."""
    found = [
        Part(**{**dict(row), "definition": ImportDefinition.model_validate(row["definition"])})
        for row in await connection.fetch(_PARTS, import_id)
    ]
    return found if found and found[0].id == import_id else []


async def under_way(connection: Connection, import_id: UUID) -> UnderWay | None:
    """What has to end before another round or undo of the import or of one of its family."""
    row = await connection.fetchrow(_UNDER_WAY, import_id)
    return None if row is None else UnderWay(**row)


async def lock_family(connection: Connection, import_id: UUID) -> None:
    """Whoever starts something in the family of an import does it one after the other, by locking the first one."""
    await connection.execute(_LOCK_FAMILY, import_id)


async def applied_last(connection: Connection, import_id: UUID) -> RoundThatApplied | None:
    """The newest round after this import, or after this round of it, of which rows stand."""
    row = await connection.fetchrow(_APPLIED, import_id)
    return None if row is None else RoundThatApplied(**row)


async def next_round(connection: Connection, import_id: UUID) -> int:
    number: int = await connection.fetchval(_NEXT, import_id)
    return number


async def chosen(
    connection: Connection,
    part_ids: Sequence[UUID],
    lines: Iterable[int],
    outcomes: Iterable[Outcome],
    codes: Iterable[str],
) -> list[KnownRow]:
    """These rows, and those not applied that ended so or have one of the codes; and others of their accounts.

    What a person has left out is among them only where its line or its code is named.
    """
    given = (list(part_ids), list(lines), [one.value for one in outcomes], list(codes))
    return [KnownRow(**{**row, "outcome": Outcome(row["outcome"])}) for row in await connection.fetch(_CHOSEN, *given)]


async def rows_to_fix(
    connection: Connection, part_ids: Sequence[UUID], *, code: str | None, after: int, limit: int
) -> list[RowToFix]:
    rows = await connection.fetch(_PAGE_TO_FIX, list(part_ids), after, code, limit)
    return [RowToFix(row["line_no"], Outcome(row["outcome"]), row["codes"], row["import_id"]) for row in rows]


async def codes_to_fix(connection: Connection, part_ids: Sequence[UUID]) -> dict[str, int]:
    return {row["code"]: row["rows"] for row in await connection.fetch(_CODES_TO_FIX, list(part_ids))}


async def keep(connection: Connection, round_id: UUID, corrections: Sequence[Correction]) -> None:
    await connection.executemany(
        _CORRECT, [(round_id, one.line, one.column, one.before, one.after, one.place) for one in corrections]
    )


async def uploader_of(connection: Connection, file_id: UUID) -> str:
    subject: str = await connection.fetchval(_UPLOADER, file_id)
    return subject


async def forget(connection: Connection, file_id: UUID) -> bool:
    """Take a file from the register that nothing needs any more; False where an import or a draft has it."""
    return bool(await connection.fetchval(_FORGET, file_id))


async def discard(connection: Connection, file_id: UUID, made_for: UUID) -> bool:
    return bool(await connection.fetchval(_DISCARD, file_id, made_for))


async def file_of(connection: Connection, import_id: UUID) -> FileOfImport:
    [row] = await connection.fetch(_FILE_OF, import_id)
    return FileOfImport(**row)
