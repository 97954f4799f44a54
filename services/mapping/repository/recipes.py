"""Recipes and their versions."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from services.mapping.recipes import RecipeContent
from services.mapping.records import Recipe
from shared.auth import Person
from shared.contracts.kinds import ImportKind
from shared.postgres import Connection

_NEWEST: Final = """
SELECT * FROM saved_recipe s
WHERE biller_id = $1 AND kind = ANY ($2::text[])
  AND version = (SELECT max(version) FROM recipe_version WHERE recipe_id = s.id)
ORDER BY saved_at DESC, id
"""
_FIND: Final = """
SELECT * FROM saved_recipe WHERE id = $1 AND ($2::int IS NULL OR version = $2) ORDER BY version DESC LIMIT 1
"""
_VERSIONS: Final = "SELECT * FROM saved_recipe WHERE id = $1 ORDER BY version DESC"
# The update of the name to itself locks the recipe, so that two who save at once get a version each.
_NAME: Final = """
INSERT INTO recipe (biller_id, kind, name) VALUES ($1, $2, $3)
ON CONFLICT (biller_id, kind, lower(name)) DO UPDATE SET name = recipe.name RETURNING id
"""
_SAVE: Final = """
INSERT INTO recipe_version (recipe_id, version, content, header, saved_by, saved_by_name)
SELECT $1::uuid, coalesce(max(version), 0) + 1, $2::jsonb, $3::text[], $4::text, $5::text
FROM recipe_version WHERE recipe_id = $1 RETURNING version
"""


async def newest(connection: Connection, biller_id: int, kinds: Collection[ImportKind]) -> list[Recipe]:
    """The newest version of each recipe of the biller, the one saved last first."""
    return [_recipe(row) for row in await connection.fetch(_NEWEST, biller_id, [kind.value for kind in kinds])]


async def find(connection: Connection, recipe_id: UUID, version: int | None = None) -> Recipe | None:
    """A version of a recipe; the newest where none is named."""
    row = await connection.fetchrow(_FIND, recipe_id, version)
    return None if row is None else _recipe(row)


async def versions(connection: Connection, recipe_id: UUID) -> list[Recipe]:
    return [_recipe(row) for row in await connection.fetch(_VERSIONS, recipe_id)]


async def save(
    connection: Connection,
    biller_id: int,
    kind: ImportKind,
    name: str,
    content: RecipeContent,
    header: Sequence[str],
    person: Person,
) -> tuple[UUID, int]:
    """Keep a new version under this name; returns the recipe and the number of the version.

    What is the same as the newest version makes no new one: a request may come again.
    """
    recipe_id: UUID = await connection.fetchval(_NAME, biller_id, kind.value, name)
    last = await find(connection, recipe_id)
    if last is not None and (last.content, last.header) == (content, tuple(header)):
        return recipe_id, last.version
    version: int = await connection.fetchval(
        _SAVE, recipe_id, content.stored(), list(header), person.subject, person.name
    )
    return recipe_id, version


def _recipe(row: Any) -> Recipe:
    return Recipe(
        **{
            **row,
            "kind": ImportKind(row["kind"]),
            "content": RecipeContent.model_validate(row["content"]),
            "header": tuple(row["header"]),
        }
    )
