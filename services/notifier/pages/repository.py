"""SQL of the pages that the API does not need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.postgres import Connection

_BILLERS: Final = """
SELECT b.id, b.name FROM crm.biller b
WHERE EXISTS (SELECT FROM crm.operator_right r WHERE r.subject = $1 AND (r.biller_id = b.id OR r.biller_id IS NULL))
ORDER BY b.name LIMIT 500
"""


# Chunks that failed and wait for their next try; the index on pending chunks holds few rows.
_TROUBLES: Final = """
SELECT import_id, chunk_no, attempts, postponed, last_problem, not_before FROM execution.chunk
WHERE import_id = ANY ($1::uuid[]) AND state = 'pending' AND (attempts > 0 OR postponed > 0)
    AND not_before < 'infinity' ORDER BY import_id, chunk_no LIMIT 50
"""
_RECIPE: Final = """
SELECT r.id, r.name, i.recipe_version AS version
FROM mapping.import i JOIN mapping.recipe r ON r.id = i.recipe_id WHERE i.id = $1
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A part of an import that could not be applied and is tried again."""

    import_id: UUID
    chunk_no: int
    attempts: int
    postponed: int
    last_problem: str | None
    not_before: datetime


@dataclass(frozen=True, slots=True)
class RecipeOfImport:
    """The recipe that an import was made from."""

    id: UUID
    name: str
    version: int


async def troubles_of(connection: Connection, import_ids: Sequence[UUID]) -> dict[UUID, list[Trouble]]:
    """Parts that could not be applied and are tried again, by import."""
    found: dict[UUID, list[Trouble]] = {}
    for row in await connection.fetch(_TROUBLES, list(import_ids)):
        found.setdefault(row["import_id"], []).append(Trouble(**row))
    return found


async def recipe_of(connection: Connection, import_id: UUID) -> RecipeOfImport | None:
    """The recipe of an import, if it was made from one."""
    rows = await connection.fetch(_RECIPE, import_id)
    return RecipeOfImport(**rows[0]) if rows else None


async def billers_of(connection: Connection, subject: str) -> list[tuple[int, str]]:
    """Billers at which the person has a right, for the filter."""
    return [(row["id"], row["name"]) for row in await connection.fetch(_BILLERS, subject)]
