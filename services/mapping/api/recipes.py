"""Recipes of a biller: mappings under a name, in versions that are never overwritten."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.mapping import domain
from services.mapping.api.bodies import NewRecipe, ProblemBody, RefusalBody
from services.mapping.api.dependencies import Services
from services.mapping.context import Context
from services.mapping.errors import InvalidRequest
from services.mapping.recipes import RecipeContent, content_problems, drift_of
from services.mapping.repository import billers, files, recipes
from services.mapping.repository.recipes import Recipe
from services.mapping.sampling import Sample
from services.mapping.usecases.access import biller_with_right, require_kind, sample_for
from services.mapping.views import DriftBody, RecipeDetail, RecipeItem, RecipeList
from shared.auth import Person
from shared.bearer import SignedIn
from shared.contracts.codes import CODES
from shared.contracts.contract import Count, Id
from shared.contracts.definition import Reading
from shared.contracts.events import RequestProblem
from shared.contracts.kinds import ImportKind
from shared.contracts.rights import Right, allows
from shared.csvfile import find_card_in_text
from shared.http import Problem
from shared.logging import get_logger
from shared.postgres import Connection

router = APIRouter(tags=["recipes"], responses={401: {"model": ProblemBody}, 403: {"model": ProblemBody}})
_NOT_FOUND: dict[int | str, dict[str, object]] = {404: {"model": ProblemBody}}
_NO_FILE = _NOT_FOUND | {410: {"model": ProblemBody, "description": "the file is no longer in the Secure Upload"}}
Version = Annotated[Count | None, Query(ge=1, description="the newest where none is named")]

log = get_logger()


@router.get("/billers/{biller_id}/recipes")
async def list_recipes(
    services: Services, person: SignedIn, biller_id: Id, kind: ImportKind | None = None
) -> RecipeList:
    """The recipes for the kinds of import that you may run, the one saved last first."""
    async with services.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        kinds = [one for one in ImportKind if allows(right, one) and kind in (None, one)]
        found = await recipes.newest(connection, biller_id, kinds)
    return RecipeList(items=[RecipeItem.model_validate(recipe) for recipe in found])


@router.get("/billers/{biller_id}/recipes/{recipe_id}", responses=_NOT_FOUND)
async def show_recipe(
    services: Services, person: SignedIn, biller_id: Id, recipe_id: UUID, version: Version = None
) -> RecipeDetail:
    """One version of a recipe, and which versions there are."""
    async with services.database.connection() as connection:
        recipe, _ = await visible_recipe(connection, person, biller_id, recipe_id, version)
        kept = await recipes.versions(connection, recipe_id)
    item = RecipeItem.model_validate(recipe)
    return RecipeDetail(
        **item.model_dump(),
        content=recipe.content,
        header=list(recipe.header),
        versions=[RecipeItem.model_validate(one) for one in kept],
    )


@router.post("/billers/{biller_id}/recipes", status_code=201, responses=_NO_FILE | {422: {"model": RefusalBody}})
async def save_recipe(services: Services, person: SignedIn, biller_id: Id, new: NewRecipe) -> RecipeItem:
    """Keep a mapping under a name. A name that is known gets its next version; no version is ever changed."""
    if find_card_in_text(new.name):
        raise Problem(422, "F008", "The name holds a card number", "name", CODES["F008"].remedy)
    content = RecipeContent.model_validate(new.model_dump(include=set(RecipeContent.model_fields)))
    async with services.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        require_kind(right, new.kind)
        types = {one.code: one.facts() for one in await billers.invoice_types(connection, biller_id)}
    found = content_problems(biller_id, new.kind, content, right.permission, types)
    if found:
        raise InvalidRequest(found)
    sample = await _sample(services, person, biller_id, new.file_id, content.options.reading)
    if missing := drift_of(content, sample.header, sample.header).missing:
        raise InvalidRequest([_not_in_file(name) for name in missing])
    async with services.database.transaction() as connection:
        recipe_id, version = await recipes.save(
            connection, biller_id, new.kind, new.name, content, sample.header, person
        )
        saved = await recipes.find(connection, recipe_id, version)
    log.info("recipe_saved", recipe_id=recipe_id, version=version)
    return RecipeItem.model_validate(saved)


@router.get("/billers/{biller_id}/recipes/{recipe_id}/drift", responses=_NO_FILE)
async def show_drift(
    services: Services, person: SignedIn, biller_id: Id, recipe_id: UUID, file_id: UUID, version: Version = None
) -> DriftBody:
    """How a file's columns differ from those that the recipe knows: look at it before you use the recipe."""
    async with services.database.connection() as connection:
        recipe, _ = await visible_recipe(connection, person, biller_id, recipe_id, version)
    sample = await _sample(services, person, biller_id, file_id, recipe.content.options.reading)
    return DriftBody.model_validate(drift_of(recipe.content, recipe.header, sample.header))


async def visible_recipe(
    connection: Connection, person: Person, biller_id: int, recipe_id: UUID, version: int | None
) -> tuple[Recipe, Right]:
    """The recipe and the person's right. One that the person may not see looks like one that does not exist."""
    _, right = await biller_with_right(connection, person, biller_id)
    recipe = await recipes.find(connection, recipe_id, version)
    if recipe is None or recipe.biller_id != biller_id or not allows(right, recipe.kind):
        raise Problem(
            404,
            "recipe_not_found",
            "There is no such recipe, or you have no right to see it",
            "recipe_id",
            "Look at the recipes of the biller",
        )
    return recipe, right


async def _sample(services: Context, person: Person, biller_id: int, file_id: UUID, reading: Reading) -> Sample:
    async with services.database.connection() as connection:
        _, right = await biller_with_right(connection, person, biller_id)
        file = await files.find(connection, biller_id, file_id, domain.visible_files(right))
    if file is None:
        raise Problem(
            404, "file_not_found", "The Secure Upload holds no such file", "file_id", "Choose one of its files"
        )
    try:
        sample = await sample_for(services, right, biller_id, file_id, reading)
    except FileNotFoundError:
        raise Problem(410, "file_gone", "The file is no longer in the Secure Upload", "file_id") from None
    if sample.refusal is not None:
        raise Problem(422, sample.refusal.code, sample.refusal.message, "file_id", sample.refusal.remedy)
    return sample


def _not_in_file(name: str) -> RequestProblem:
    return RequestProblem(
        code="F007",
        place="file_id",
        message=f"The file has no column {name}",
        remedy="Save the recipe with the file that it was made for",
    )
