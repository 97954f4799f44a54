"""SQL of the pages that the API does not need."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.postgres import Connection

_BILLERS: Final = """
SELECT b.id, b.name FROM crm.biller b
WHERE EXISTS (SELECT FROM crm.operator_right r WHERE r.subject = $1 AND (r.biller_id = b.id OR r.biller_id IS NULL))
ORDER BY b.name LIMIT 500
"""
_RECIPE: Final = """
SELECT r.id, r.name, i.recipe_version AS version
FROM mapping.import i JOIN mapping.recipe r ON r.id = i.recipe_id WHERE i.id = $1
"""


@dataclass(frozen=True, slots=True)
class RecipeOfImport:
    """The recipe that an import was made from."""

    id: UUID
    name: str
    version: int


async def recipe_of(connection: Connection, import_id: UUID) -> RecipeOfImport | None:
    """The recipe of an import, if it was made from one."""
    rows = await connection.fetch(_RECIPE, import_id)
    return RecipeOfImport(**rows[0]) if rows else None


async def billers_of(connection: Connection, subject: str) -> list[tuple[int, str]]:
    """Billers at which the person has a right, for the filter."""
    return [(row["id"], row["name"]) for row in await connection.fetch(_BILLERS, subject)]
