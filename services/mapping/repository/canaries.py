"""Canaries: with which rows an import starts, and whether the rest waits."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from shared.auth import Person
from shared.contracts.canary import Canary
from shared.contracts.lines import LineRange
from shared.postgres import Connection

_CHOOSE: Final = """
    INSERT INTO canary (import_id, rows, chosen_by) VALUES ($1, $2, $3)
    ON CONFLICT (import_id) DO UPDATE SET rows = excluded.rows, chosen_by = excluded.chosen_by, chosen_at = now()
"""
_FORGET: Final = "DELETE FROM canary WHERE import_id = $1"
_CHOSEN: Final = "SELECT rows FROM canary WHERE import_id = $1"
_IS_TO_APPLY: Final = """
    SELECT EXISTS (
        SELECT FROM validation.planned_row p JOIN unnest($2::int[], $3::int[]) AS l (first, last)
            ON p.line_no BETWEEN l.first AND l.last
        WHERE p.import_id = $1 AND p.verdict = 'apply'
    )
"""
_PAUSED: Final = """
    SELECT j.paused_at AS since, j.first_chunk FROM execution.job j
    WHERE j.import_id = $1 AND j.paused_at IS NOT NULL AND j.continued_at IS NULL AND j.state = 'running'
        AND j.finished_at IS NULL
"""


_FIRST_CHUNK: Final = "SELECT first_chunk FROM execution.job WHERE import_id = $1"


class Paused(NamedTuple):
    """An import whose first rows have their results; they are in the chunks from ``first_chunk`` on."""

    since: datetime
    first_chunk: int


async def choose(connection: Connection, import_id: UUID, canary: Canary | None, person: Person) -> None:
    """Keep with which rows the import starts; None: with all."""
    if canary is None:
        await connection.execute(_FORGET, import_id)
    else:
        await connection.execute(_CHOOSE, import_id, canary.model_dump(mode="json"), person.subject)


async def of_import(connection: Connection, import_id: UUID) -> Canary | None:
    rows = await connection.fetchval(_CHOSEN, import_id)
    return None if rows is None else Canary.model_validate(rows)


async def has_rows(connection: Connection, import_id: UUID, lines: tuple[LineRange, ...]) -> bool:
    """Whether a row on one of these lines is to be applied."""
    first, last = [one.first for one in lines], [one.last for one in lines]
    return bool(await connection.fetchval(_IS_TO_APPLY, import_id, first, last))


async def paused(connection: Connection, import_id: UUID) -> Paused | None:
    """Since when the import waits for a person to look at its first rows; None where it does not."""
    row = await connection.fetchrow(_PAUSED, import_id)
    return None if row is None else Paused(**row)


async def go_on(connection: Connection, import_id: UUID) -> bool:
    """Have the rest applied; False where the import is not paused."""
    return bool(await connection.fetchval("SELECT execution.continue_import($1)", import_id))


async def first_chunk(connection: Connection, import_id: UUID) -> int | None:
    """The first of the chunks that are applied before the others; None where all are applied at once."""
    chunk_no: int | None = await connection.fetchval(_FIRST_CHUNK, import_id)
    return chunk_no
