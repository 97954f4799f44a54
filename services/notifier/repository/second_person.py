"""What a second person said of an import."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.postgres import Connection

_APPROVED: Final = """
SELECT approved_by AS by, coalesce(approved_by_name, approved_by) AS name, decided_by AS asked_by, approved_at AS at
FROM mapping.decision WHERE import_id = $1 AND code = 'C207' AND approved_at IS NOT NULL
"""
_RETURNED: Final = """
SELECT returned_by AS by, returned_by_name AS name, asked_by, returned_at AS at
FROM mapping.returned WHERE import_id = $1 ORDER BY returned_at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered whom; ``asked_by`` is None where a former release kept nobody."""

    by: str
    name: str
    asked_by: str | None
    at: datetime


async def approval_of(connection: Connection, import_id: UUID) -> Answer | None:
    """The approval that stands."""
    return await _answer(connection, _APPROVED, import_id)


async def return_of(connection: Connection, import_id: UUID) -> Answer | None:
    """The newest return; its note is read on the page alone."""
    return await _answer(connection, _RETURNED, import_id)


async def _answer(connection: Connection, statement: str, import_id: UUID) -> Answer | None:
    row = await connection.fetchrow(statement, import_id)
    return None if row is None else Answer(**row)
