"""Recipes of a biller: mappings under a name, in versions that are never overwritten."""

from uuid import UUID

from services.mapping import domain
from services.mapping.context import Context
from services.mapping.errors import InvalidRequest
from services.mapping.recipes import RecipeContent, content_problems, drift_of
from services.mapping.records import Recipe
from services.mapping.repository import billers, files, recipes
from services.mapping.sample import Sample
from services.mapping.usecases.access import biller_with_right, require_kind, sample_for
from services.mapping.views import DriftBody, RecipeDetail, RecipeItem, RecipeList
from shared.audit import Act, Detail, record
from shared.auth import Person
from shared.contracts.definition import Reading
from shared.contracts.events import RequestProblem
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import Right, allows
from shared.csvfile import secret_in_text
from shared.errors import Gone, Invalid, NotFound
from shared.logging import get_logger
from shared.postgres import Connection

log = get_logger()


async def list_recipes(context: Context, person: Person, biller_id: int, kind: ImportKind | None = None) -> RecipeList:
    async with context.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        kinds = [one for one in ImportKind if allows(right, one) and kind in (None, one)]
        found = await recipes.newest(connection, biller_id, kinds)
    return RecipeList(items=[RecipeItem.model_validate(recipe) for recipe in found])


async def newest(context: Context, biller_id: int, kind: ImportKind) -> list[Recipe]:
    async with context.database.connection() as connection:
        return await recipes.newest(connection, biller_id, [kind])


async def one_recipe(context: Context, person: Person, biller_id: int, recipe_id: UUID, version: int | None) -> Recipe:
    async with context.database.connection() as connection:
        recipe, _ = await visible_recipe(connection, person, biller_id, recipe_id, version)
    return recipe


async def show_recipe(
    context: Context, person: Person, biller_id: int, recipe_id: UUID, version: int | None = None
) -> RecipeDetail:
    async with context.database.connection() as connection:
        recipe, _ = await visible_recipe(connection, person, biller_id, recipe_id, version)
        kept = await recipes.versions(connection, recipe_id)
    item = RecipeItem.model_validate(recipe)
    return RecipeDetail(
        **item.model_dump(),
        content=recipe.content,
        header=list(recipe.header),
        versions=[RecipeItem.model_validate(one) for one in kept],
    )


async def save_recipe(
    context: Context,
    person: Person,
    biller_id: int,
    *,
    name: str,
    kind: ImportKind,
    file_id: UUID,
    content: RecipeContent,
) -> RecipeItem:
    """Keep a mapping under a name. A name that is known gets its next version; no version is ever changed.

    ``file_id`` is the file that it was made with: its columns are kept. Raises InvalidRequest.
    """
    if secret := secret_in_text(name):
        raise Invalid("F008", f"The name contains {secret}", "name", "Choose another name")
    async with context.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        require_kind(right, kind)
        types = {one.code: one.facts() for one in await billers.invoice_types(connection, biller_id)}
    found = content_problems(biller_id, kind, content, right.permission, types)
    if found:
        raise InvalidRequest(found)
    sample = await _sample(context, person, biller_id, file_id, content.options.reading)
    if missing := drift_of(content, sample.header, sample.header).missing:
        raise InvalidRequest([_not_in_file(name) for name in missing])
    async with context.database.transaction() as connection:
        recipe_id, version = await recipes.save(connection, biller_id, kind, name, content, sample.header, person)
        told: Detail = {"recipe_id": str(recipe_id), "version": version, "kind": kind}
        await record(connection, Act.RECIPE_SAVED, person.subject, biller_id=biller_id, detail=told)
        saved = await recipes.find(connection, recipe_id, version)
    log.info("recipe_saved", recipe_id=recipe_id, version=version)
    return RecipeItem.model_validate(saved)


async def show_drift(
    context: Context, person: Person, biller_id: int, recipe_id: UUID, file_id: UUID, version: int | None
) -> DriftBody:
    async with context.database.connection() as connection:
        recipe, _ = await visible_recipe(connection, person, biller_id, recipe_id, version)
    sample = await _sample(context, person, biller_id, file_id, recipe.content.options.reading)
    return DriftBody.model_validate(drift_of(recipe.content, recipe.header, sample.header))


async def visible_recipe(
    connection: Connection, person: Person, biller_id: int, recipe_id: UUID, version: int | None
) -> tuple[Recipe, Right]:
    """The recipe and the person's right. One that the person may not see looks like one that does not exist."""
    _, right = await biller_with_right(connection, person, biller_id)
    recipe = await recipes.find(connection, recipe_id, version)
    if recipe is None or recipe.biller_id != biller_id or not allows(right, recipe.kind):
        raise NotFound(
            "recipe_not_found",
            "No such recipe, or you don't have access to it",
            "recipe_id",
            "Choose one of the biller's recipes",
        )
    return recipe, right


async def _sample(context: Context, person: Person, biller_id: int, file_id: UUID, reading: Reading) -> Sample:
    async with context.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        file = await files.find(connection, biller_id, file_id, domain.visible_files(right))
    if file is None:
        raise NotFound("file_not_found", "No such file in Secure Upload", "file_id", "Choose one of its files")
    try:
        sample = await sample_for(context, person, right, biller_id, file_id, reading)
    except FileNotFoundError:
        raise Gone("file_gone", "The file is no longer in Secure Upload", "file_id") from None
    if sample.refusal is not None:
        raise Invalid(sample.refusal.code, sample.refusal.message, "file_id", sample.refusal.remedy)
    return sample


def _not_in_file(name: str) -> RequestProblem:
    return RequestProblem(
        code="F007",
        place="file_id",
        message=f'The file has no column "{name}"',
        remedy="Save the recipe with the file it was made for",
    )
